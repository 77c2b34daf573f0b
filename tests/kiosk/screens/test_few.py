"""Few words and few choices on each screen: 80 words in a language that counts words, six choices of a kind."""

from collections import Counter
from dataclasses import replace

from kiosk.screens.gallery import all_cases
from kiosk.screens.window import Window

MOST_WORDS, MOST_CHOICES = 80, 6
MOST_SERVICES = 7  # the four that every town may have, and its own three
# Keys of a pad, the languages, the people of a household with what chooses all of them, the days of a month, towns: as many as they are.
AS_MANY = {"pin", "language", "persons", "day", "town"}


def test_few_words_and_few_choices(window: Window) -> None:
    from kiosk.screens.widgets import Lines

    for serial, (state, name, view) in enumerate(all_cases(), start=1):
        window.show(replace(view, serial=serial, language="en"))
        window.frame()
        top = window.gate.warning or window.gate.screen
        assert top is not None
        said = [widget.words for widget in top.walk(restrict=True) if isinstance(widget, Lines) and widget.parent.opacity]
        assert sum(len(words.split()) for words in said) <= MOST_WORDS, (state, name)
        kinds = Counter(action.partition(".")[0] for action in window.visible_actions() if "." in action and not action.startswith("open."))
        assert {
            kind: count
            for kind, count in kinds.items()
            if kind not in AS_MANY and count > (MOST_SERVICES if kind == "service" else MOST_CHOICES)
        } == {}, (state, name)
