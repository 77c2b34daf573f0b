"""What is said of every state that the gallery knows."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from kiosk.screens.gallery import all_cases
from kiosk.session.states import State
from kiosk.session.view import (
    BookingsShown,
    ConfirmShown,
    DaysShown,
    DoneShown,
    MoveShown,
    OpinionShown,
    PersonsShown,
    PinShown,
    TownsShown,
    View,
)
from kiosk.speech.line import Given, Item, Part
from kiosk.speech.reading import layers, offer, reading
from kiosk.speech.saying import text
from kiosk.speech.texts import SAYS, spoken

CASES = [pytest.param(view, id=f"{state}-{name}") for state, name, view in all_cases()]


def heard(items: Iterable[Item], headphones: bool = True, language: str = "ja") -> str:
    return " ".join(text(part, language) for item in items for part in item.line.to(headphones))


def parts(view: View, headphones: bool) -> list[Part]:
    return [part for layer in ("", *layers(view)) for item in reading(view, layer) for part in item.line.to(headphones)]


@pytest.mark.parametrize("view", CASES)
def test_the_first_words_are_the_title(view: View) -> None:
    if view.countdown is not None:
        title = "warning.title"
    elif view.state in (State.REFUSED, State.NOT_TODAY):
        title = f"refused.{view.shown.reason}.title"  # type: ignore[union-attr]
    elif isinstance(view.shown, DoneShown):
        title = f"done.{view.shown.service}.{view.shown.result}.title"
    elif view.state == "information":
        title = f"info.{getattr(view.shown, 'topic', '')}.title"
    elif view.state is State.INSERT_CARD:
        shown = view.shown
        title = f"insert_card.{'several.' if shown.several else 'turned.' if shown.turned else ''}title"  # type: ignore[union-attr]
    elif isinstance(view.shown, DaysShown):
        title = f"choose_day.{'in' if view.shown.arrives else 'out'}.title"
    elif isinstance(view.shown, TownsShown) and not view.shown.of_towns:
        title = "choose_town.prefecture"
    elif isinstance(view.shown, MoveShown) and view.state is State.MOVE_CONFIRM:
        title = f"move_confirm.{view.shown.what}.title"
    else:
        title = {State.RECEIPT: "receipt_ask.title"}.get(view.state, f"{view.state}.title")
    said = [getattr(part, "key", "") for item in reading(view) for part in item.line.parts]
    assert title in said[:2]  # attract names the town first


@pytest.mark.parametrize("headphones", [True, False])
@pytest.mark.parametrize("view", CASES)
def test_every_press_on_offer_can_be_stopped_at_and_says_something(view: View, headphones: bool) -> None:
    found = {item.action: item for layer in ("", *layers(view)) for item in reading(view, layer)}
    digits = {f"pin.{digit}" for digit in range(10)}
    if view.countdown is not None:
        found = {item.action: item for item in reading(view)}
        assert {"more_time"} <= set(found) <= {"more_time", "stop", ""}
    else:
        assert set(view.actions) - digits <= set(found)
    for action, item in found.items():
        assert heard([item], headphones).strip() or not action
        if action in view.actions and not item.number:
            assert item.line == offer(view, action)


def test_digits_of_a_pin_are_keys_and_no_items() -> None:
    view = next(view for state, _, view in all_cases() if state is State.ENTER_PIN)
    assert not [item for item in reading(view) if item.action.removeprefix("pin.").isdigit()]
    assert "speech.enter_pin.keys" in [getattr(part, "key", "") for item in reading(view) for part in item.line.parts]


@pytest.mark.parametrize("view", CASES)
def test_nothing_personal_is_for_the_room(view: View) -> None:
    """Names, kana, home town, and whom the paper is for; nor how far a PIN is entered."""
    shown = view.shown
    room = " ".join(text(part, "ja") for part in parts(view, headphones=False))
    secrets: list[str] = []
    if isinstance(shown, PersonsShown):
        secrets = [shown.town_name, *(person.name for person in shown.persons), *(person.kana for person in shown.persons)]
        other = replace(shown, persons=tuple(replace(person, chosen=not person.chosen) for person in shown.persons))
        assert parts(replace(view, shown=other), False) == parts(view, False)
        assert view.countdown is not None or parts(replace(view, shown=other), True) != parts(view, True)
    if isinstance(shown, ConfirmShown):
        secrets = [*shown.persons, *shown.kana]
    if isinstance(shown, DoneShown | MoveShown):
        secrets = [words for _, words in shown.facts if len(words) > 2]  # a number of persons or of a counter is many things
    if isinstance(shown, DaysShown):
        secrets = [words for words in (shown.town,) if words]
        other = replace(shown, days=tuple(replace(day, chosen=not day.chosen) for day in shown.days))
        assert parts(replace(view, shown=other), False) == parts(view, False)
    if isinstance(shown, BookingsShown):
        secrets = [spoken(booking) for booking in shown.bookings]
        other = replace(shown, slots=tuple(replace(slot, chosen=not slot.chosen) for slot in shown.slots))
        assert parts(replace(view, shown=other), False) == parts(view, False)
    if isinstance(shown, OpinionShown):
        other = replace(shown, use="no", rating=1)
        assert parts(replace(view, shown=other), False) == parts(view, False)
        assert parts(replace(view, shown=other), True) != parts(view, True)
    if isinstance(shown, PinShown):
        less = replace(shown, entered=0)
        assert parts(replace(view, shown=less), False) == parts(view, False)
    assert [secret for secret in secrets if secret in room] == []


def test_names_are_read_in_kana_and_by_their_signs_where_there_is_none() -> None:
    view = next(view for state, name, view in all_cases() if (state, name) == (State.CHOOSE_PERSONS, "family"))
    assert isinstance(view.shown, PersonsShown)
    bare = replace(view.shown, persons=tuple(replace(person, kana="") for person in view.shown.persons))
    assert Given("ヤマダ　ハナコ") in parts(view, True)
    assert Given("山田　花子") in parts(replace(view, shown=bare), True)


def test_what_cannot_be_seen_needs_no_reading() -> None:
    """The seconds of the warning change without a word: the voice would begin anew each second."""
    view = next(view for _, _, view in all_cases() if view.countdown is not None)
    assert reading(view) == reading(replace(view, countdown=view.countdown - 1))  # type: ignore[operator]


def test_choices_have_numbers_and_the_way_on_has_none() -> None:
    view = next(view for state, _, view in all_cases() if state is State.CHOOSE_ITEMS)
    assert [(item.action, item.number) for item in reading(view) if item.action.startswith("items.")] == [
        *((action, number) for number, action in enumerate((a for a in view.actions if a.startswith("items.") and a != "items.next"), 1)),
        ("items.next", 0),
    ]


def test_of_a_crowd_the_first_nine_have_numbers() -> None:
    view = next(view for state, name, view in all_cases() if (state, name) == (State.CHOOSE_PERSONS, "crowd"))
    assert [item.number for item in reading(view) if item.number] == list(range(1, 10))


def test_every_kind_of_view_says_something() -> None:
    assert {type(view.shown) for _, _, view in all_cases()} == set(SAYS)


def test_the_voices_own_settings_lie_with_the_help_and_only_while_it_speaks() -> None:
    view = next(view for state, _, view in all_cases() if state is State.INSERT_CARD)
    assert "speech.faster" in [item.action for item in reading(view, "open.help")]
    assert not [item for item in reading(view, "open.help", speaking=False) if item.action.startswith("speech.")]
