"""What the reference page costs on the wire, against python-escpos' picture of it. `make bench-paper` has the seconds."""

from PIL import Image

from hardware.printer.encode import encode_job
from hardware.printer.flash import key_of, stored_picture
from hardware.printer.job import question
from hardware.printer.library import import_library
from hardware.printer.models import load_model
from hardware.printer.page import Art, Page, Symbol
from kiosk.document.answer import load_answer
from kiosk.document.certificate import Composer
from tests.bench.paper import ANSWER

MOST = 20_000  # bytes with all questions: what a line of 115,200 baud carries while the paper moves 260 mm


def reference() -> Page:
    (page,) = Composer().copy(*load_answer(ANSWER), 0)
    return page


def python_escpos(page: Page) -> int:
    dots = page.pixels()
    printer = import_library().Dummy()
    printer.profile.profile_data = {**printer.profile.profile_data, "media": {"width": {"pixels": dots.width}}}
    printer.image(Image.frombytes("1", (dots.width, dots.height), dots.rows, "raw", "1;I"), center=False)
    return len(printer.output)


def test_the_reference_page_is_cheap() -> None:
    page, model = reference(), load_model("epson-tm")
    flash = frozenset(key_of(stored_picture(item)) for item in page.items if isinstance(item, Art))
    bands = encode_job([page], model, flash)
    sent = sum(len(band.data) + len(question(model.completion, number)) for number, band in enumerate(bands))
    assert [item.matrix.width for item in page.items if isinstance(item, Symbol)] == [85]  # version 17
    assert sent <= MOST
    assert python_escpos(page) >= 8 * sent


def test_without_flash_it_still_is_cheaper_than_any_picture() -> None:
    page = reference()
    for name in ("epson-tm", "sii-like", "custom-vkp80"):
        assert python_escpos(page) > 7 * sum(len(band.data) for band in encode_job([page], load_model(name)))


def test_no_seal_is_ever_kept_in_a_printer() -> None:
    """The black seal and the digital one come with each job; what may be kept is the form's own."""
    composer = Composer()
    stored = {key_of(picture) for picture in composer.art}
    arts = [item for item in reference().items if isinstance(item, Art)]
    assert {key_of(stored_picture(item)) for item in arts} <= stored
    assert {item.name for item in arts} <= {"band", "line", "title", "words"}
