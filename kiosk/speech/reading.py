"""View -> items: what of a screen is said, and in which order its buttons are walked.

The same words as on the screen, in the order of the screen: what is read first, then what can be pressed, back, stop, languages and
display last.
"""

from collections.abc import Iterator

from kiosk.session import view as show
from kiosk.session.ease import is_chosen
from kiosk.session.layers import BEHIND, CLOSE, SHARED
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.speech.line import Given, Item, Line, Part, Phrase, line, phrase
from kiosk.speech.texts import SAYS, spoken

# What can be pressed, in the order of the screens. A name that ends in a point stands for all that begin so and are not named themselves.
ORDER = (
    "attract.start",
    "language.",  # where they lie open
    "more_time",
    "service.",
    "info.",
    "persons.all",
    "persons.self",
    "persons.",
    "items.",
    "day.",
    "town.",
    "slots.",
    "opinion.yes",
    "opinion.maybe",
    "opinion.no",
    "rating.",
    "copies.less",
    "copies.more",
    "pin.shuffle",
    "pin.erase",
    "pin.done",
    "looks.newer",
    "looks.older",
    "looks.print",
    "done.print",
    "confirm.preview",
    "receipt.yes",
    "receipt.no",
    "slip.print",
    "",  # what nobody has put anywhere
    "persons.next",
    "items.next",
    "days.next",
    "towns.next",
    "move.carry_on",
    "move.new",
    "move.again",
    "move.yes",
    "copies.next",
    "slots.book",
    "opinion.send",
    "card.register",
    "confirm.yes",
    "paper.taken",
    "ok",
    "back",
    "stop",
)
# Keys "1" to "9".
NUMBERED = ("service.", "persons.", "items.", "day.", "town.", "slots.", "rating.")
MOST_NUMBERED = 9
# What the voice itself can be told, on the layer of help.
VOICE = ("speech.repeat", "speech.slower", "speech.faster", "speech.softer", "speech.louder", "speech.blank")


def reading(view: View, layer: str = "", speaking: bool = True) -> tuple[Item, ...]:
    """All of a screen, or of the layer that lies over it (`open.help` …). `speaking` False: for keys without speech, no settings of it."""
    if view.countdown is not None:
        return (Item(line("warning.title")), Item(line("warning.lead")), *_offers(view, ("more_time", "stop")))
    if layer:
        return tuple(_layer(view, layer, speaking))
    texts = [Item(text) for text in SAYS[type(view.shown)](view)]
    return (*texts, *_offers(view, tuple(sorted(_on_screen(view), key=rank))))


def rank(action: str) -> int:
    if action in ORDER:
        return ORDER.index(action)
    return next(
        (place for place, beginning in enumerate(ORDER) if beginning.endswith(".") and action.startswith(beginning)), ORDER.index("")
    )


def _on_screen(view: View) -> list[str]:
    """Without the digits, which are keys, and without what lies on a layer."""
    over = tuple(beginning for beginning, opener in BEHIND.items() if opener not in _open(view))
    return [action for action in view.actions if not action.startswith(over) and not action.removeprefix("pin.").isdigit()]


def _open(view: View) -> tuple[str, ...]:
    """Layers that lie open: on the screen that waits, who cannot read it must not have to look for the languages."""
    return ("open.language",) if view.state is State.ATTRACT else ()


def layers(view: View) -> list[str]:
    """What can be laid over the screen, as eyes find it there: where there is something in it, and help with any other."""
    offered = [opener for beginning, opener in BEHIND.items() if any(action.startswith(beginning) for action in view.actions)]
    found = [opener for opener in offered if opener not in _open(view)]
    return found if "open.help" in found or not (found or view.number) else [*found, "open.help"]


def _offers(view: View, actions: tuple[str, ...]) -> Iterator[Item]:
    number = 0
    for action in actions:
        if action not in view.actions:
            continue
        numbered = action.startswith(NUMBERED) and action not in ("persons.all", "persons.self", "persons.next", "items.next", "slots.book")
        number += numbered
        key = number if numbered and number <= MOST_NUMBERED else 0
        yield Item(_numbered(offer(view, action), key), action, key)
    if view.countdown is None:
        for opener in layers(view):
            if opener != "open.help":  # it has a key of its own
                yield Item(line(f"frame.{opener.removeprefix('open.')}"), opener)


def _numbered(said: Line, number: int) -> Line:
    if not number:
        return said
    first = phrase("speech.number", number=number)
    return Line((first, *said.parts), None if said.aloud is None else (first, *said.aloud))


def offer(view: View, action: str) -> Line:
    """What a button says."""
    shown, (kind, _, what) = view.shown, action.partition(".")
    match shown:
        case show.PersonsShown() if what.isdigit():
            return _person(next(person for person in shown.persons if person.number == int(what)))
        case show.ItemsShown() if kind == "items" and what != "next":
            chosen = any(choice.item == what and choice.chosen for choice in shown.items)
            return line(f"item.{what}", f"item.{what}.what", *_chosen(chosen))
        case show.DaysShown() if kind == "day":
            day = next(choice for choice in shown.days if choice.day == int(what))
            return _own(line(Given(day.date)), day.chosen)
        case show.TownsShown() if kind == "town":
            town = next(choice for choice in shown.towns if choice.code == what)
            return _own(line(Given(town.name)), town.chosen)
        case show.BookingsShown() if kind == "slots" and what != "book":
            slot = next(slot for slot in shown.slots if slot.id == what)
            return _own(line(Given(spoken(slot.booking))), slot.chosen)
        case show.OpinionShown() if kind == "rating":
            return _own(line(phrase("opinion.mark", number=int(what))), int(what) == shown.rating)
        case show.OpinionShown() if kind == "opinion" and what != "send":
            return _own(line(action), what == shown.use)
        case show.InformationShown() if kind == "info":
            return line(f"{action}.title", *_chosen(what == shown.topic))
        case show.ServicesShown() if kind == "service" and what in shown.discussed:
            return line(f"{action}.name", "service.discussed")
    if kind == "language":
        return line(Phrase(action, language=what), *_chosen(what == view.language))
    if kind == "ease":
        of = [f"ease.{what.partition('.')[0]}"] if "." in what else []
        return line(*of, action, *_chosen(is_chosen(action, view.ease)))
    if action == "pin.shuffle":
        return line("enter_pin.shuffle", *_chosen(view.ease.shuffle))
    if kind == "info":
        return line("info.open")
    if kind == "service":
        return line(f"{action}.name", f"{action}.text")
    return line(_WORDS.get(action, action))


# The words of a button, where its action is not their key.
_WORDS = {
    "more_time": "warning.more",
    "persons.all": "choose_persons.all",
    "persons.self": "choose_persons.self",
    "persons.next": "frame.next",
    "items.next": "frame.next",
    "days.next": "frame.next",
    "towns.next": "frame.next",
    "move.yes": "move_confirm.yes",
    "move.carry_on": "move_where.carry_on",
    "move.new": "move_where.new",
    "move.again": "refused.again",
    "copies.next": "frame.next",
    "slots.book": "card_bookings.book",
    "card.register": "card_offer.register",
    "copies.less": "choose_copies.less",
    "copies.more": "choose_copies.more",
    "pin.erase": "enter_pin.erase",
    "pin.done": "enter_pin.done",
    "receipt.yes": "receipt_ask.yes",
    "receipt.no": "receipt_ask.no",
    "slip.print": "refused.slip",
    "paper.taken": "take_paper.taken",
    "looks.print": "done.print",
    "ok": "frame.ok",
    "back": "frame.back",
    "stop": "frame.stop",
    CLOSE: "frame.close",
}


def _chosen(chosen: bool) -> tuple[str, ...]:
    return ("speech.chosen",) if chosen else ()


def _own(said: Line, chosen: bool) -> Line:
    """The room does not hear which was chosen."""
    return Line((*said.parts, *(Phrase(key) for key in _chosen(chosen))), said.parts)


def _person(person: show.PersonChoice) -> Line:
    """By name to headphones; the room hears which of them, and not whether the paper is for that one."""
    parts: list[Part] = [Given(person.kana or person.name)]
    if person.holder:
        parts.append(Phrase("choose_persons.holder"))
    return Line((*parts, *(Phrase(key) for key in _chosen(person.chosen))), (phrase("speech.person", number=person.number),))


def _layer(view: View, layer: str, speaking: bool) -> Iterator[Item]:
    beginning = next(beginning for beginning, opener in BEHIND.items() if opener == layer)
    if layer == "open.help":
        yield Item(line("help.title"))
        yield Item(line(f"help.{SHARED.get(view.state, view.state)}"))
        yield Item(line("speech.keys"))
        yield Item(line("help.coming" if view.staff_called else "help.call"))
        if view.number:
            yield Item(line(phrase("help.number", number=f"{view.number:04d}")))
    else:
        name = beginning.removesuffix(".")
        yield Item(line(f"{name}.title"))
        if layer == "open.ease":
            yield Item(line("ease.lead"))
    for action in view.actions:
        if action.startswith(beginning):
            yield Item(offer(view, action), action)
    if layer == "open.help" and speaking:
        for action in VOICE:
            yield Item(line(action), action)
    yield Item(offer(view, CLOSE), CLOSE)
