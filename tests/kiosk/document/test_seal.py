import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.page import Bitmap, enlarged
from kiosk.document.fonts import Fonts
from kiosk.document.seal import SIDE, stamp, symbol, symbol_modules

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def picture(bitmap: Bitmap) -> Image.Image:
    ink = Image.frombytes("1", (bitmap.width, bitmap.height), bytes(0xFF ^ byte for byte in bitmap.rows)).convert("L")
    framed = Image.new("L", (bitmap.width + 64, bitmap.height + 64), 255)
    framed.paste(ink, (32, 32))
    return framed


@settings(max_examples=15)
@given(st.text(alphabet=BASE45, min_size=1, max_size=1400))
def test_a_reader_reads_the_text_exactly(text: str) -> None:
    codes = zxingcpp.read_barcodes(picture(enlarged(symbol(text), 4)), formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in codes] == [text]


@pytest.mark.parametrize("characters", [1, 20, 21, 221, 222, 528, 529, 734, 735, 1326, 3391])
def test_the_size_is_known_before_the_text(characters: int) -> None:
    assert symbol_modules(characters) == segno.make_qr("A" * characters, error="m", boost_error=False, mask=0).symbol_size(border=0)[0]


def test_what_no_code_holds_is_refused() -> None:
    assert symbol_modules(5000) == 177
    with pytest.raises(ValueError, match="too large"):
        symbol("A" * 3392)


@pytest.mark.parametrize("title", ["岐阜県不破郡垂井町長", "東京都架空区長", "北海道架空郡見本町長職務代理者", "岐阜県大垣市長"])
def test_the_stamp_is_a_square_within_25_mm(fonts: Fonts, title: str) -> None:
    seal = stamp(title, ["印", "之印"], fonts)
    assert seal.width == seal.height == SIDE <= 200
    full = (1 << SIDE) - 1
    assert seal.lines[0] == seal.lines[-1] == full
    assert all(line >> (SIDE - 1) and line & 1 for line in seal.lines)
    # Black enough to be a seal, white enough to be read.
    assert 0.2 < sum(line.bit_count() for line in seal.lines) / SIDE**2 < 0.6


def test_two_towns_have_two_seals(fonts: Fonts) -> None:
    assert stamp("岐阜県大垣市長", ["印"], fonts) != stamp("岐阜県大垣町長", ["印"], fonts)


def test_the_paper_holds_the_code_of_a_large_household() -> None:
    """With its quiet zone, at 0.5 mm a module."""
    assert (symbol_modules(1839) + 2 * 4) * 4 <= 576
