from io import BytesIO

import zxingcpp
from PIL import Image

from hardware.printer.page import Page, Rule
from kiosk.document.render import page_png, preview_png


def test_a_dot_is_a_pixel(answer, composer) -> None:
    page = composer.copy(*answer("one_person"), 0)[0]
    image = Image.open(BytesIO(page_png(page)))
    assert image.size == (page.width, page.height)
    assert bytes(0xFF ^ byte for byte in image.convert("1").tobytes()) == page.pixels().rows


def test_the_seal_is_read_from_the_paper(answer, composer) -> None:
    for name in ("one_person", "five_persons"):
        extract, issue = answer(name)
        image = Image.open(BytesIO(page_png(composer.copy(extract, issue, 0)[0]))).convert("L")
        (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
        assert code.text == issue.copies[0].seal


def test_a_preview_shows_all_sheets_one_below_the_other() -> None:
    pages = [Page(576, 800, (Rule(0, 0, 576, 400),)), Page(576, 600, (Rule(0, 0, 576, 600),))]
    image = Image.open(BytesIO(preview_png(pages, 288)))
    assert image.size == (288, 712)
    assert [image.getpixel((10, y)) for y in (100, 300, 405, 500)] == [0, 255, 208, 0]
