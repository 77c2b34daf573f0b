"""Every card that a resident may put in, and every moment at which it may leave: the state, the words on the screen, and the way on.

The words are those that the field's screens ask for when they draw the terminal's view.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hardware.card.apdu import Ins
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_file import load_card
from hardware.simulated.card_reader import SimulatedReader
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.limits import LIMITS
from kiosk.session.states import Reason, State
from kiosk.session.view import View
from kiosk.words import LANGUAGES, Words

TO_CARD = "see attract\ntap attract.start\ntap service.copy\nsee insert_card\n"
HOME = "tap ok\nsee take_card_back\npull\nsee goodbye"


class Drawn:
    """Keys that a window asks for to draw a view, in the language of the visit."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._serial = 0
        self._window = Window(Look(540, 960, 2.0), lambda event: None, offscreen=True, words=self._words)

    def keys(self, view: View) -> set[str]:
        self._keys.clear()
        self._serial += 1
        self._window.show(replace(view, serial=self._serial))
        return set(self._keys)

    def close(self) -> None:
        self._window.close()

    def _words(self, language: str) -> Words:
        asked = self._keys

        class Asked(Words):
            def text(self, key: str, /, **placeholders: object) -> str:
                asked.add(key)
                return super().text(key, **placeholders)

        return Asked(language)


@pytest.fixture(scope="module")
def drawn() -> Iterator[Drawn]:
    made = Drawn()
    yield made
    made.close()


@dataclass(frozen=True)
class End:
    """What a card comes to. `pin`: typed when it is asked for; `on`: what the resident does next, to the end."""

    case: str
    state: State
    words: tuple[str, ...]
    pin: str = ""
    on: str = HOME


def refused(case: str, reason: Reason, pin: str = "") -> End:
    """What happened, and what to do now."""
    return End(case, State.REFUSED, (f"refused.{reason}.title", f"refused.{reason}.now"), pin)


PIN_ASKED = ("enter_pin.title", "pin_name.user_authentication")  # which of the four PINs is named

ENDS = (
    # good, and the PIN
    End("hanako", State.ENTER_PIN, PIN_ASKED, on="tap stop\nsee take_card_back\npull\nsee goodbye"),
    End("hanako", State.CHOOSE_PERSONS, ("choose_persons.title",), pin="1234", on="tap stop\nsee take_card_back\npull\nsee goodbye"),
    End("last_try_card", State.ENTER_PIN, (*PIN_ASKED, "enter_pin.last"), on="tap stop\nsee take_card_back\npull\nsee goodbye"),
    refused("last_try_card", Reason.PIN_LOCKED, pin="9999"),
    refused("locked_card", Reason.PIN_LOCKED),
    # no card of ours
    End("turned_card", State.INSERT_CARD, ("insert_card.turned.title", "insert_card.turned.lead"), on="pull\ntap stop\nsee goodbye"),
    refused("licence_card", Reason.CARD_NOT_OURS),
    refused("juki_card", Reason.CARD_JUKI_ENDED),
    # the certificate, as the kiosk sees it
    refused("no_certificate", Reason.CARD_NO_CERTIFICATE),
    refused("expired_card", Reason.CARD_EXPIRED),
    refused("not_yet_card", Reason.CARD_NOT_YET),
    refused("foreign_ca_card", Reason.CARD_FOREIGN),
    refused("test_ca_card", Reason.CARD_TEST),
    # the certificate, as only the centre knows it
    refused("revoked_card", Reason.CARD_REVOKED, pin="1234"),
    refused("moved_card", Reason.CARD_MOVED, pin="1234"),
    refused("renamed_card", Reason.CARD_RENAMED, pin="1234"),
    refused("superseded_card", Reason.CARD_SUPERSEDED, pin="1234"),
    refused("held_card", Reason.CARD_HELD, pin="1234"),
    refused("ceased_card", Reason.CARD_CEASED, pin="1234"),
    refused("suspended_card", Reason.CARD_SUSPENDED, pin="1234"),
    # the holder
    refused("child", Reason.UNDER_AGE, pin="1234"),
    refused("moved", Reason.GONE, pin="1234"),
)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: f"{end.case}-{end.pin or 'no-pin'}")
def test_what_a_card_comes_to(bench, drawn, end):
    bench.follow(TO_CARD + f"card {end.case}\n")
    if end.pin:
        bench.follow(f"see enter_pin\npin {end.pin}\n")
    bench.until(end.state)
    bench.when(lambda: drawn.keys(bench.terminal.conductor.view) >= set(end.words))
    assert bench.record is None, "nothing was issued"
    assert bench.papers == []
    bench.follow(end.on)
    bench.wait(6)
    bench.follow("see attract")


# What is the matter, the PIN typed, the limit that ends it, the reason told.
STRANGE = (
    (Faults(hangs_at=Ins.READ_BINARY), "", LIMITS[State.READING], Reason.CARD_SLOW),
    (Faults(hangs_at=Ins.PERFORM_SECURITY_OPERATION), "1234", LIMITS[State.PROVING], Reason.CARD_SLOW),
    (Faults(no_short_ids=0x6F42), "", None, Reason.CARD_FAULT),
)


@pytest.mark.parametrize(("faults", "pin", "limit", "reason"), STRANGE)
def test_a_strange_card(bench, network, drawn, faults, pin, limit, reason):
    """One that falls silent, and one that says what no card does. The terminal serves the next."""
    slot = bench.devices.need_hands().slot
    bench.follow(TO_CARD)
    slot.insert(load_card(network.folder / "cards" / "taro", faults))
    if pin:
        bench.follow(f"see enter_pin\npin {pin}\n")
    if limit is not None:
        bench.when(lambda: bench.state in (State.READING, State.PROVING))
        bench.wait(limit.seconds + 1)
    bench.until(State.REFUSED)
    assert drawn.keys(bench.terminal.conductor.view) >= {f"refused.{reason}.title", f"refused.{reason}.now"}
    bench.follow(HOME)
    bench.wait(6)
    bench.follow(TO_CARD + "card hanako\nsee enter_pin\npin 1234\nsee choose_persons")


def test_every_reason_of_a_card_has_its_row():
    """But for one: a mute card is told while it lies there, so it is refused only when it falls mute between two looks."""
    told = {word for end in ENDS for word in end.words} | {f"refused.{reason}.title" for *_, reason in STRANGE}
    missing = {reason for reason in Reason if reason.startswith(("card_", "pin_")) and f"refused.{reason}.title" not in told}
    assert missing == {Reason.CARD_TURNED}


def test_the_page_tells_each_end():
    """docs/cards/outcomes.md, by the last part of each key's name."""
    page = (Path(__file__).parents[3] / "docs" / "cards" / "outcomes.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    for end in ENDS:
        if end.state is State.REFUSED:
            reason = end.words[0].split(".")[1]
            assert any(f"`{end.state}`" in row and f"`{reason}`" in row for row in rows), reason
    assert all(any(f"`{words}`" in row for row in rows) for words in ("insert_card.turned", "insert_card.several", "enter_pin.last"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_end_has_words_of_its_own(language):
    """No two ends say the same, but for those that ask for the same next step."""
    words = Words(language)
    both = [tuple(words.text(key) for key in end.words) for end in ENDS if end.state is State.REFUSED and end.case != "locked_card"]
    assert len(set(both)) == len(both)


def test_a_wrong_pin_is_told_with_what_is_left(bench, drawn):
    bench.follow(TO_CARD + "card taro\nsee enter_pin\npin 9999\nsee proving\nsee enter_pin")
    assert drawn.keys(bench.terminal.conductor.view) >= {"enter_pin.tries.wrong", *PIN_ASKED}
    bench.follow("pin 9999\nsee proving\nsee enter_pin")
    assert drawn.keys(bench.terminal.conductor.view) >= {"enter_pin.last.wrong", *PIN_ASKED}


# -- two cards --------------------------------------------------------------------------------------------------------

SEVERAL = {"insert_card.several.title", "insert_card.several.lead"}


def test_two_cards_are_one_too_many(bench, drawn):
    """Before the card is read: which is meant nobody can know. Taking one out is enough."""
    slot = bench.devices.need_hands().slot
    bench.follow(TO_CARD)
    slot.insert_beside()
    bench.follow("card taro")
    bench.when(lambda: drawn.keys(bench.terminal.conductor.view) >= SEVERAL)
    assert bench.state is State.INSERT_CARD
    slot.pull_beside()
    bench.follow("see enter_pin")


def test_a_second_card_while_the_pin_is_typed(bench, drawn):
    slot = bench.devices.need_hands().slot
    bench.follow(TO_CARD + "card taro\nsee enter_pin\ntap pin.1")
    slot.insert_beside()
    bench.when(lambda: drawn.keys(bench.terminal.conductor.view) >= SEVERAL)
    slot.pull_beside()
    bench.follow("see enter_pin")
    assert bench.shown.entered == 0


def test_a_second_card_after_the_proof_ends_the_visit(bench):
    bench.follow(TO_CARD + "card taro\nsee enter_pin\npin 1234\nsee choose_persons")
    bench.devices.need_hands().slot.insert_beside()
    bench.follow("see goodbye")
    assert bench.record is None


# -- pulled -----------------------------------------------------------------------------------------------------------


class Puller:
    """Hands that pull the card at the `at`th command of an insertion, before the card hears it or before we hear the card."""

    def __init__(self, reader: SimulatedReader) -> None:
        self._reader = reader
        self.fired = False
        self._at = 0

    def arm(self, moment: str, at: int) -> None:
        self.fired, self._at = False, at + self._reader.exchanged
        setattr(self._reader, moment, self._look)

    def disarm(self) -> None:
        self._reader.before_command = self._reader.after_command = None

    def _look(self, _: bytes) -> None:
        if self._reader.exchanged == self._at:
            self.fired = True
            self._reader.pull()


@pytest.fixture
def puller(bench) -> Iterator[Puller]:
    slot = bench.devices.need_hands().slot
    assert isinstance(slot, SimulatedReader)
    made = Puller(slot)
    yield made
    made.disarm()


def commands(bench, steps: str) -> int:
    """How many the card gets meanwhile."""
    hands = bench.devices.need_hands()
    before = hands.apdus
    bench.follow(steps)
    return hands.apdus - before


@pytest.mark.parametrize("moment", ["before_command", "after_command"])
def test_a_card_pulled_at_each_command_may_come_back(bench, puller, drawn, moment):
    """One resident with an unsteady hand: asked for the card again each time, no try lost, and served in the end."""
    bench.follow(TO_CARD)
    reading = commands(bench, "card taro\nsee enter_pin\n")
    proving = commands(bench, "pin 1234\nsee choose_persons\n")
    bench.follow("tap stop\nsee take_card_back\npull\nsee goodbye")
    bench.wait(6)
    assert (reading, proving) >= (5, 2)
    bench.follow(TO_CARD)
    for at in range(1, reading + proving + 1):
        puller.arm(moment, at)
        bench.follow("card taro\n")
        if at > reading:
            bench.follow("see enter_pin\npin 1234\n")
        bench.when(lambda: puller.fired and bench.state is State.INSERT_CARD)
        puller.disarm()
        assert "insert_card.title" in drawn.keys(bench.terminal.conductor.view)
    bench.follow("card taro\nsee enter_pin\n")
    assert bench.shown.tries_left is None, "no try was lost"
    bench.follow("pin 1234\nsee choose_persons")


def test_a_card_pulled_after_the_proof_ends_the_visit(bench):
    bench.follow(TO_CARD + "card taro\nsee enter_pin\npin 1234\nsee choose_persons\npull\nsee goodbye")
    assert bench.record is None


def test_a_card_pulled_while_the_pin_is_typed(bench):
    bench.follow(TO_CARD + "card taro\nsee enter_pin\ntap pin.1\ntap pin.2\npull\nsee insert_card\ncard taro\nsee enter_pin")
    assert bench.shown.entered == 0
