"""A hundred thousand commands that nobody would send, at each kind of card: every one gets a status word, and the card works as before."""

from collections.abc import Callable
from random import Random

import pytest

from hardware.card.apdu import Ins
from hardware.card.municipal import AREAS
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Details, Kind
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_maker import INVENTED_CODE, INVENTED_FACTS
from hardware.simulated.card_memory import Memory
from hardware.simulated.card_terminal import make_terminal_ca

COMMANDS = 100_000
SEED = 20260401
CARDS = {
    "mynumber": (Kind.MY_NUMBER, Faults()),
    "juki": (Kind.JUKI, Faults()),
    "T=0": (Kind.MY_NUMBER, Faults(t0=True)),
    "no short ids": (Kind.MY_NUMBER, Faults(no_short_ids=0x6A82, most_read=7, ends_with_warning=True)),
}
NAMES = ["D392F000260100000001", "D3921000310001010100", "D3921000310001010401", "D3921000310001010408"]
JPKI = bytes.fromhex("00A4040C0A" + NAMES[0])
# A signature takes as long as a hundred other commands: the key is selected now and then, and signs seldom.
MEANINGFUL = [
    *(f"00A4040C0A{name}" for name in NAMES),
    *(f"00A4040C08{area.application.hex()}" for area in AREAS.values()),
    *(f"00A4020C02{file:04X}" for file in (1, 2, 3, 4, 6, 8, 10, 11, 0x11, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C)),
    *(
        "00B0000000",
        "00B08A0000",
        "00B2010400",
        "00B2010C00",
        "00200080",
        "002000800431323334",
        "002000800430303030",
        "0020009B06414243313233",
    ),
    *("002401800431323334", "0084000010", "0088009610" + "00" * 16, "0082009910" + "00" * 16, "0082009940" + "01" * 64),
    *("002A00BE057F21020000", "00CA01FF00", "00CA010100", "00DA010103616263", "00DA0101", "00C0000000"),
]


def chance(random: Random) -> bytes:
    """Three kinds: meaningful, nearly so, and noise."""
    kind = random.random()
    if kind < 0.3:
        return bytes.fromhex(random.choice(MEANINGFUL))
    if kind < 0.5:  # one byte off, or cut, or longer
        command = bytearray(bytes.fromhex(random.choice(MEANINGFUL)))
        command[random.randrange(len(command))] = random.randrange(256)
        return bytes(command[: random.choice((len(command), random.randrange(len(command)))) or 1]) + random.randbytes(
            random.choice((0, 0, 3))
        )
    if kind < 0.8:
        ins = random.choice(list(Ins))
        head = bytes((random.choice((0, 0, 0, 0x80, 1)), ins, *random.randbytes(2)))
        body = random.randbytes(random.choice((0, 1, 2, 4, 16, 64)))
        return head + (bytes((len(body),)) + body if body else b"") + random.choice((b"", b"\0"))
    return random.randbytes(random.choice((1, 2, 3, 4, 5, 6, 20, 300)))


@pytest.fixture(scope="module")
def details() -> Details:
    ca = make_terminal_ca().key.public_key()
    return Details(facts=INVENTED_FACTS, resident_code=INVENTED_CODE, terminal_ca=ca, areas=tuple(AREAS))


@pytest.mark.parametrize("name", CARDS)
def test_every_command_gets_a_status_word(make: Callable[..., SimulatedCard], details: Details, name: str) -> None:
    kind, faults = CARDS[name]
    random = Random(f"{SEED}/{name}")
    card = make(kind, faults=faults, details=details)
    card.power(True)
    seen: set[int] = set()
    for count in range(COMMANDS):
        if count % 500 == 0:  # locked PINs would make for a dull card
            card = make(kind, faults=faults, details=details)
            card.power(True)
            card.command(JPKI)
        command = chance(random)
        answer = card.command(command)
        assert 2 <= len(answer) <= 258, command.hex()
        status = answer[-2] << 8 | answer[-1]
        assert answer[-2] in range(0x61, 0x70) or status == 0x9000, command.hex()
        seen.add(status)
    assert {0x9000, 0x6982, 0x6A82, 0x6D00, 0x6E00, 0x6700, 0x63C2} <= seen, "the commands reached too little"
    card.power(False)
    card.power(True)
    assert card.command(JPKI)[-2:] == b"\x90\x00"
    assert isinstance(card.memory(), Memory)
