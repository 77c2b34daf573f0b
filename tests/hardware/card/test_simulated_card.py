"""The simulated card is as strict as a real one: what it refuses, counts, forgets and keeps."""

import threading
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.apdu import Ins
from hardware.card.files import digest_info
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Kind
from hardware.simulated.card_faults import Delays, Faults
from hardware.simulated.card_maker import Identities
from hardware.simulated.card_memory import NOBODY, KeyFile

Ask = Callable[[str], str]
Make = Callable[..., SimulatedCard]

JPKI = "00A4040C0AD392F000260100000001"
COMMON = "00A4040C0AD3921000310001010100"
PIN_FILE, KEY_FILE, SIGN_PIN_FILE = "00A4020C020018", "00A4020C020017", "00A4020C02001B"
VERIFY_RIGHT, VERIFY_WRONG = "002000800431323334", "002000800430303030"
VERIFY_PASSWORD = "0020008006414243313233"
TRIES = "00200080"
SIGN = "802A008003010203 00".replace(" ", "")


def tell(ask: Ask, *commands: str) -> list[str]:
    return [ask(command)[-4:] for command in commands]


# -- any bytes --------------------------------------------------------------------------------------------------------

known = st.sampled_from(
    [JPKI, COMMON, PIN_FILE, KEY_FILE, SIGN_PIN_FILE, VERIFY_RIGHT, VERIFY_WRONG, TRIES, SIGN, "00B0000000", "00B2010400"]
)
likely = st.builds(
    lambda ins, p1, p2, rest: bytes((0x80 if ins == 0x2A else 0, ins, p1, p2)) + rest,
    st.sampled_from(list(Ins)),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=20),
)
commands = st.one_of(known.map(bytes.fromhex), likely, st.binary(min_size=1, max_size=300))


@pytest.mark.parametrize("faults", [Faults(), Faults(t0=True)], ids=["T=1", "T=0"])
def test_any_bytes_get_an_answer(make: Make, faults: Faults) -> None:
    card = make(faults=faults)
    card.power(True)

    @given(st.lists(commands, min_size=1, max_size=8))
    def every(sequence: list[bytes]) -> None:
        for command in sequence:
            answer = card.command(command)
            assert 2 <= len(answer) <= 258
            assert answer[-2] & 0xF0 in (0x60, 0x90)
            assert answer[-2:] == b"\x90\x00" or len(answer) == 2 or faults.t0

    every()


@given(st.binary(min_size=1, max_size=40))
def test_a_card_without_power_says_only_that(make: Make, command: bytes) -> None:
    assert make().command(command) == b"\x6f\x00"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00A4", "6700"),
        ("00A4040CFF01", "6700"),
        ("00B00000000100", "6700"),  # extended length
        ("01A4040C0AD392F000260100000001", "6881"),  # logical channel
        ("80A4040C0AD392F000260100000001", "6E00"),
        ("002A008003010203", "6A86"),
        ("00CADF30 00", "6D00"),  # what OpenSC asks of every card
        ("00CB3FFF 00", "6D00"),
        ("00A40000023F00", "6A86"),
        ("00A4040C07A0000002471001", "6A82"),
        ("00A4040C04D392F000", "6A82"),  # shorter than a provider's id
        ("00A4020C02000A", "6A82"),  # no application yet
        ("00B0000000", "6986"),
        (TRIES, "6986"),
    ],
)
def test_what_a_fresh_card_refuses(ask: Ask, command: str, status: str) -> None:
    assert ask(command.replace(" ", "")) == status


def test_a_prefix_may_reach_another_application(ask: Ask) -> None:
    """Why a kiosk sends whole names: this one could have meant any of three."""
    assert ask("00A4040C09D39210003100010101") == "9000"


# -- reading ----------------------------------------------------------------------------------------------------------


def test_reading_goes_by_pages_and_ends(ask: Ask, identities: Identities) -> None:
    assert identities.auth is not None
    ask(JPKI)
    assert ask("00A4020C02000A") == "9000"
    whole = bytearray()
    while (answer := bytes.fromhex(ask(f"00B0{len(whole):04X}00")))[-2:] == b"\x90\x00":
        whole += answer[:-2]
    assert answer == b"\x6b\x00"
    assert whole.startswith(identities.auth.certificate)
    assert set(whole[len(identities.auth.certificate) :]) == {0xFF}


def test_a_short_file_id_spares_the_select(ask: Ask, identities: Identities) -> None:
    assert identities.auth is not None
    ask(JPKI)
    assert bytes.fromhex(ask("00B08A0004"))[:4] == identities.auth.certificate[:4]
    assert ask("0020009804 31323334".replace(" ", "")) == "9000"
    assert len(ask("802A009703010203")) == 2 * 258


def test_the_token_tells_the_kind(ask: Ask) -> None:
    ask(JPKI)
    ask("00A4020C020006")
    assert bytes.fromhex(ask("00B0000020"))[:-2] == b"JPKIAPICCTOKEN2".ljust(32)
    assert len(bytes.fromhex(ask("00B0000000"))) == 162
    ask("00A4020C020008")
    assert ask("00B0000000") == "8F8F009000"


def test_a_key_cannot_be_read(ask: Ask) -> None:
    ask(JPKI)
    assert tell(ask, KEY_FILE, "00B0000000") == ["9000", "6981"]


def test_the_name_is_behind_the_password(ask: Ask) -> None:
    ask(JPKI)
    assert tell(ask, "00A4020C020001", "00B0000004") == ["9000", "6982"]
    assert tell(ask, SIGN_PIN_FILE, VERIFY_PASSWORD, "00A4020C020001", "00B0000004") == ["9000"] * 4


def test_the_card_number_is_a_record(ask: Ask) -> None:
    ask(COMMON)
    ask("00A4020C020001")
    record = bytes.fromhex(ask("00B2010400"))
    assert record[:2] == b"\x01\x1c"
    assert record[2:-2].isdigit()
    assert len(record) == 32
    assert ask("00B2020400") == "6A83"


# -- PINs -------------------------------------------------------------------------------------------------------------


def test_the_counter(ask: Ask) -> None:
    ask(JPKI)
    wrong = tell(ask, PIN_FILE, TRIES, VERIFY_WRONG, VERIFY_WRONG, TRIES, VERIFY_WRONG, VERIFY_WRONG, VERIFY_RIGHT, TRIES)
    assert wrong == ["9000", "63C3", "63C2", "63C1", "63C1", "63C0", "6984", "6984", "63C0"]


def test_the_counter_is_told_even_when_verified(ask: Ask) -> None:
    """OpenSC refuses a card that says 9000 here."""
    ask(JPKI)
    assert tell(ask, PIN_FILE, VERIFY_RIGHT, TRIES) == ["9000", "9000", "63C3"]


def test_two_pins_count_apart(ask: Ask) -> None:
    ask(JPKI)
    assert tell(ask, PIN_FILE, VERIFY_WRONG, SIGN_PIN_FILE, TRIES, VERIFY_PASSWORD) == ["9000", "63C2", "9000", "63C5", "9000"]


@pytest.mark.parametrize("command", ["0020008000", "0020008011" + "31" * 17, "002000801131" + "31" * 16])
def test_a_verify_of_wrong_length_costs_no_try(ask: Ask, command: str) -> None:
    ask(JPKI)
    assert tell(ask, PIN_FILE, command, TRIES) == ["9000", "6700", "63C3"]


def test_a_wrong_pin_takes_back_what_was_verified(ask: Ask) -> None:
    ask(JPKI)
    assert tell(ask, PIN_FILE, VERIFY_RIGHT, VERIFY_WRONG, KEY_FILE, SIGN) == ["9000", "9000", "63C2", "9000", "6982"]


def test_another_pin_takes_effect_after_the_old_one(ask: Ask) -> None:
    ask(JPKI)
    change = "002401800435363738"
    assert tell(ask, PIN_FILE, change, VERIFY_RIGHT, change, VERIFY_RIGHT) == ["9000", "6982", "9000", "9000", "63C2"]
    assert ask("002000800435363738") == "9000"


# -- what lasts how long ----------------------------------------------------------------------------------------------


def test_another_application_forgets_the_pin_the_same_one_does_not(ask: Ask) -> None:
    ask(JPKI)
    assert tell(ask, PIN_FILE, VERIFY_RIGHT, JPKI, KEY_FILE, SIGN)[-1] == "9000"
    assert tell(ask, COMMON, JPKI, KEY_FILE, SIGN)[-1] == "6982"


def test_a_reset_keeps_the_pin_and_power_off_does_not(ask: Ask, card: SimulatedCard) -> None:
    ask(JPKI)
    assert tell(ask, PIN_FILE, VERIFY_RIGHT) == ["9000", "9000"]
    card.reset()
    assert tell(ask, SIGN, JPKI, KEY_FILE, SIGN) == ["6986", "9000", "9000", "6982"]  # selecting from nothing is another application


def test_the_power_forgets_everything_but_the_counters(ask: Ask, card: SimulatedCard) -> None:
    ask(JPKI)
    tell(ask, PIN_FILE, VERIFY_WRONG)
    card.power(False)
    card.power(True)
    assert tell(ask, TRIES, JPKI, PIN_FILE, TRIES) == ["6986", "9000", "9000", "63C2"]


# -- signing ----------------------------------------------------------------------------------------------------------


def test_the_key_signs_what_came_with_raw_padding(ask: Ask, identities: Identities) -> None:
    assert identities.auth is not None
    ask(JPKI)
    tell(ask, PIN_FILE, VERIFY_RIGHT, KEY_FILE)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"message")
    info = "3031300d060960864801650304020105000420" + digest.finalize().hex()
    signature = bytes.fromhex(ask(f"802A008033{info}00"))[:-2]
    identities.auth.key.public_key().verify(signature, b"message", padding.PKCS1v15(), hashes.SHA256())


def test_both_ways_to_sign_are_one(identities: Identities) -> None:
    """What the library signs for us is what raw padding gives: undone with the public key, the DigestInfo stands there."""
    assert identities.auth is not None
    key = KeyFile(identities.auth.key, NOBODY)
    numbers = identities.auth.key.public_key().public_numbers()
    for message in (digest_info(bytes(range(32))), digest_info(bytes(32))[:-1], b"\x01\x02\x03", bytes(245)):
        block = pow(int.from_bytes(key.raw(message), "big"), numbers.e, numbers.n).to_bytes(256, "big")
        assert block == b"\0\1" + b"\xff" * (253 - len(message)) + b"\0" + message


def test_what_no_key_signs(ask: Ask) -> None:
    ask(JPKI)
    tell(ask, PIN_FILE, VERIFY_RIGHT, KEY_FILE)
    longest, too_long = "00" * 245, "00" * 246
    assert tell(ask, f"802A0080F5{longest}00", f"802A0080F6{too_long}00", "802A0080", "802A010003010203", "0088008003010203") == [
        "9000",
        "6700",
        "6700",
        "6A86",
        "6D00",
    ]


# -- faults -----------------------------------------------------------------------------------------------------------


def test_a_card_of_t0_keeps_its_answer_for_get_response(make: Make) -> None:
    card = make(faults=Faults(t0=True))
    card.power(True)

    def ask(text: str) -> str:
        return card.command(bytes.fromhex(text)).hex().upper()

    tell(ask, JPKI, PIN_FILE, VERIFY_RIGHT, KEY_FILE)
    assert ask(SIGN) == "6100"
    assert ask("00C0000040")[-4:] == "61C0"
    assert ask("00C0000000") == "6CC0"
    assert len(ask("00C00000C0")) == 2 * (0xC0 + 2)
    assert ask("00C0000000") == "6985"
    ask("00A4020C020008")
    assert ask("00B0000000") == "6C03"
    assert ask("00B0000003") == "8F8F009000"


def test_a_dizzy_card_comes_to_itself(make: Make) -> None:
    card = make(faults=Faults(dizzy=True))
    card.power(True)
    assert [card.command(bytes.fromhex(JPKI)).hex() for _ in range(2)] == ["6f00", "9000"]


def test_a_slow_card_is_let_go_when_it_is_pulled(make: Make) -> None:
    card = make(delays=Delays(command=30))
    card.power(True)
    hands = threading.Timer(0.05, card.power, (False,))
    hands.start()
    assert card.command(bytes.fromhex(JPKI)) == b"\x6f\x00"
    hands.join()


def test_a_card_of_2003_answers_challenges_by_another_key(make: Make) -> None:
    card = make(Kind.JUKI)
    card.power(True)

    def ask(text: str) -> str:
        return card.command(bytes.fromhex(text)).hex().upper()

    challenge = "0088008010" + 16 * "00"
    steps = ["00A4040C0AD3921000310001010401", "00A4020C02001C", VERIFY_RIGHT, KEY_FILE, SIGN, challenge, "00A4020C020016", challenge]
    assert tell(ask, *steps) == ["9000", "9000", "9000", "9000", "9000", "6D00", "9000", "6982"]
