"""docs/cards say what goes over the wire: every command that is sent is in its page, and every one in a page is sent; files likewise."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.card import card_text, common, jpki, juki, municipal, operator
from hardware.interfaces import CardConnection
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import LICENCE, Application, Details, Identity, Kind, applications
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_maker import INVENTED_CODE, Identities
from hardware.simulated.card_reader import SimulatedReader
from hardware.simulated.card_terminal import make_terminal_ca

PAGES = Path(__file__).parents[3] / "docs" / "cards"
PLAIN, NO_SHORT_IDS = Faults(), Faults(no_short_ids=0x6A86)
LONG_FACTS = card_text.BasicFacts("見本　花子", "見本県見本市見本町　" * 20, "19800101", "2")
CA = make_terminal_ca()
TERMINAL = CA.admit("counter 3")
# What `<…>` may stand for; anything else is one byte or more. The first bit of an offset is clear: set, it would be a short id.
PLACES = {
    "offset": "[0-7][0-9A-F] [0-9A-F]{2}",
    "n": "[0-9A-F]{2}",
    "number": "[0-9A-F]{2}",
    "area": "0[1-3]",
    "id": "[0-9A-F]{2} [0-9A-F]{2}",
}


def pin(digits: str) -> bytearray:
    return bytearray(digits.encode("ascii"))


# -- everything that each driver does ---------------------------------------------------------------------------------


def all_of_jpki(card: CardConnection) -> None:
    jpki.identify(card)
    jpki.certificates_held(card)
    for credential, secret, new in ((jpki.USER_AUTHENTICATION, "1234", "4321"), (jpki.SIGNING, "ABC123", "XYZ789")):
        credential.tries_left(card)
        credential.verify(card, pin(secret))
        credential.read_certificate(card)
        credential.sign(card, bytes(32))
        credential.change_pin(card, pin(secret), pin(new))


def all_of_card_text(card: CardConnection) -> None:
    card_text.select(card)
    card_text.tries_left(card)
    card_text.change_pin(card, pin("1234"), pin("4321"))
    card_text.read_basic_facts(card)
    common.read_number(card)


def all_of_juki(card: CardConnection) -> None:
    juki.select(card)
    juki.expires(card)
    juki.has_photo(card)
    juki.authenticate(card, TERMINAL, bytes(16), lambda _: True)
    juki.JUKI.tries_left(card)
    juki.JUKI.change_pin(card, pin("1234"), pin("4321"))
    juki.read_resident_code(card)
    juki.JUKI.sign(card, bytes(32))


def all_of_municipal(card: CardConnection) -> None:
    for area in municipal.AREAS.values():
        municipal.select(card, area)
        if area.pin:
            municipal.open_with_pin(card, pin("1234"))
        else:
            municipal.open_with_key(card, bytes(16))
        municipal.free(card)
        municipal.write(card, 7, b"reader 12345")
        municipal.read(card, 7)
        municipal.erase(card, 7)


def all_of_operator(card: CardConnection) -> None:
    operator.select(card)
    operator.OPERATOR.read_certificate(card)
    operator.OPERATOR.tries_left(card)
    operator.OPERATOR.change_pin(card, pin("1234"), pin("4321"))
    operator.OPERATOR.sign(card, bytes(32))


RUNS: dict[str, tuple[Callable[[CardConnection], None], Kind, tuple[Faults, ...]]] = {
    "jpki": (all_of_jpki, Kind.MY_NUMBER, (PLAIN, NO_SHORT_IDS)),
    "card-text": (all_of_card_text, Kind.MY_NUMBER, (PLAIN, NO_SHORT_IDS)),
    "juki": (all_of_juki, Kind.JUKI, (PLAIN,)),
    "municipal": (all_of_municipal, Kind.MY_NUMBER, (PLAIN,)),
    "operator": (all_of_operator, Kind.OPERATOR, (PLAIN,)),
}


def details() -> Details:
    return Details(facts=LONG_FACTS, resident_code=INVENTED_CODE, terminal_ca=CA.key.public_key(), areas=tuple(municipal.AREAS))


@pytest.mark.parametrize("page", RUNS)
def test_the_page_is_the_wire(make: Callable[..., SimulatedCard], page: str) -> None:
    run, kind, makers = RUNS[page]
    sent: set[str] = set()
    for faults in makers:
        reader = SimulatedReader()
        reader.before_command = lambda command: sent.add(command.hex(" ").upper())
        reader.insert(make(kind, faults=faults, details=details()))
        run(reader.connect())
    rows = {row: re.compile(pattern(row)) for row in commands_in(page)}
    assert {command for command in sent if not any(row.fullmatch(command) for row in rows.values())} == set(), "sent, and not in the page"
    assert {row for row, known in rows.items() if not any(known.fullmatch(command) for command in sent)} == set(), "in the page, never sent"


def commands_in(page: str) -> Iterator[str]:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    return (quoted for quoted in re.findall(r"`([^`]+)`", text) if re.match(r"(?:[0-9A-F]{2} ){3}([0-9A-F]{2}|<)|00 B0 <", quoted))


def pattern(row: str) -> str:
    return re.sub("<([^>]+)>", lambda place: PLACES.get(place[1], "[0-9A-F]{2}(?: [0-9A-F]{2})*"), row)


# -- names and files --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(identities: Identities) -> dict[str, Application]:
    """Every application of every kind of card; the fullest where two kinds have the same."""
    found: dict[str, Application] = {}
    auth, sign = identities.auth, identities.sign
    assert isinstance(auth, Identity)
    for kind in Kind:
        for application in applications(kind, auth, sign, details()):
            known = found.get(application.title)
            if known is None or len(known.files) < len(application.files):
                found[application.title] = application
    return found


@pytest.mark.parametrize(
    ("page", "titles"),
    [
        ("jpki", ["jpki"]),
        ("card-text", ["face", "common"]),
        ("juki", ["juki"]),
        ("operator", ["operator"]),
        ("municipal", list(municipal.AREAS)),
    ],
)
def test_the_files_are_those_of_the_card(made: dict[str, Application], page: str, titles: list[str]) -> None:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    told = {int(number, 16) for number in re.findall(r"^\| ([0-9A-F]{4}) \|", text, re.MULTILINE)}
    assert told == {number for title in titles for number in made[title].files}


def test_the_names_are_those_of_the_code(made: dict[str, Application]) -> None:
    names = {application.name.hex().upper() for application in made.values()} - {LICENCE.hex().upper()}
    pages = {path.stem: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    told = {page: set(re.findall(r"`([0-9A-F]{16,32})`", text)) for page, text in pages.items()}
    assert told["README"] == names
    assert set().union(*told.values()) == names
    for page in RUNS:
        assert told[page], page


def test_the_room_of_each_area_is_told() -> None:
    text = (PAGES / "municipal.md").read_text(encoding="utf-8")
    for area in municipal.AREAS.values():
        row = next(line for line in text.splitlines() if line.startswith(f"| {area.title} |"))
        assert area.application.hex().upper() in row
        assert f"| {area.room} bytes |" in row
        assert ("PIN" in row) is area.pin
