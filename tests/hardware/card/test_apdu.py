"""Command and response bytes, status words, and how an answer of T=0 is fetched."""

import pytest

from hardware.card.apdu import Command, Ins, StatusWord, decode_response, pin_command, wipe


@pytest.mark.parametrize(
    ("command", "bytes_"),
    [
        (Command(Ins.VERIFY, 0, 0x80), "00200080"),  # case 1: the question for the tries left is four bytes
        (Command(Ins.READ_BINARY, 0x01, 0x02, le=256), "00B0010200"),
        (Command(Ins.READ_BINARY, 0, 0, le=4), "00B0000004"),
        (Command(Ins.SELECT, 2, 0x0C, b"\x00\x0a"), "00A4020C02000A"),
        (Command(Ins.PERFORM_SECURITY_OPERATION, 0, 0x80, b"\x30\x31", 256), "002A008002303100"),
        (Command(0xCA, 0xDF, 0x30, le=256, cla=0x80), "80CADF3000"),
    ],
)
def test_a_command_as_bytes(command: Command, bytes_: str) -> None:
    assert command.encode() == bytes.fromhex(bytes_)


@pytest.mark.parametrize("wrong", [{"data": bytes(256)}, {"le": 0}, {"le": 257}])
def test_what_no_short_command_can_say(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at most|is 1 to"):
        Command(Ins.SELECT, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "ok", "tries", "locked", "more", "right_le"),
    [
        (0x9000, True, None, False, None, None),
        (0x63C3, False, 3, False, None, None),
        (0x63C0, False, 0, False, None, None),
        (0x63CF, False, 15, False, None, None),
        (0x6300, False, None, False, None, None),
        (0x6984, False, None, True, None, None),
        (0x6983, False, None, True, None, None),
        (0x6982, False, None, False, None, None),
        (0x6A82, False, None, False, None, None),
        (0x6110, False, None, False, 16, None),
        (0x6100, False, None, False, 256, None),
        (0x6C33, False, None, False, None, 51),
        (0x6C00, False, None, False, None, 256),
        (0x6F00, False, None, False, None, None),
    ],
)
def test_status_words(status: int, ok: bool, tries: int | None, locked: bool, more: int | None, right_le: int | None) -> None:
    word = StatusWord(status)
    assert (word.ok, word.tries, word.locked, word.more, word.right_le) == (ok, tries, locked, more, right_le)


def test_a_status_word_shows_as_it_is_written() -> None:
    assert repr(StatusWord(0x63C2)) == "63C2"


def test_a_response_is_data_and_status() -> None:
    response = decode_response(bytes.fromhex("01029000"))
    assert (response.data, response.status) == (b"\x01\x02", 0x9000)
    with pytest.raises(ValueError, match="at least 2 bytes"):
        decode_response(b"\x90")


def test_a_pin_command_can_be_wiped() -> None:
    command = pin_command(Ins.VERIFY, 0, 0x80, bytearray(b"1234"))
    assert command == [0x00, 0x20, 0x00, 0x80, 4, 0x31, 0x32, 0x33, 0x34]
    wipe(command)
    assert command == [0] * 9


@pytest.mark.parametrize("pin", [b"", b"12345678901234567"])
def test_a_pin_of_wrong_length_is_not_in_the_error(pin: bytes) -> None:
    with pytest.raises(ValueError, match="1 to 16") as caught:
        pin_command(Ins.VERIFY, 0, 0x80, pin)
    assert "1234" not in str(caught.value)
