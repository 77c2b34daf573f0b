"""The pictures in docs/pictures are what `kiosk render` makes of the samples, and other readers than ours read them: zxing the seal,
tesseract the text.

To make them again: `kiosk render --answer tests/answers/NAME.json --png docs/pictures/NAME.png`, and for the other papers
`kiosk render --paper PAPER --language LANGUAGE --answer tests/answers/papers/PAPER.json --png docs/pictures/PAPER.LANGUAGE.png`.
"""

import os
import re
import shutil
import subprocess
import unicodedata
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.printer.page import Art, Page, Picture, Symbol, size
from kiosk.document.answer import Paper
from kiosk.document.certificate import Composer
from kiosk.document.files import render_paper
from tests.kiosk.document.conftest import written

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
ANSWERS = Path(__file__).parents[2] / "answers"
COPIES = ["one_person", "five_persons", "foreign", "rare_names", "all_items", "longest_address"]
OTHERS = [
    (Paper.RECEIPT, "en"),
    (Paper.SLIP, "en"),
    (Paper.REPORT, "ja"),
    (Paper.DISCLOSURE, "ja"),
    (Paper.MOVE_OUT, "ja"),
    (Paper.MOVE_IN, "en"),
]
MARGIN = 32  # dots of the paper around the page
TESSERACT = shutil.which("tesseract")

# What a reader of print may take for each other. Tesseract knows neither the rare forms of the register (read as the form they come
# from) nor full-width asterisks (read as 米); kana of one shape in both scripts or sizes, and O for 0, are guessed from what is beside.
_SAME = str.maketrans("𠮷髙﨑邊辺濱德ョャュッォベペヘリ0", "吉高崎邉邉濵徳ヨヤユツオべぺへりO")
_NOT_READ = re.compile("[*米玉※。、.,・:\\s\U000e0100-\U000e01ef]")


def picture(name: str) -> Image.Image:
    with Image.open(PICTURES / f"{name}.png") as image:
        assert image.mode == "1"
        return image.convert("L")


@pytest.mark.parametrize("name", COPIES)
def test_a_picture_of_a_copy_is_what_is_printed_now(name: str, tmp_path: Path) -> None:
    png = tmp_path / "paper.png"
    render_paper(Paper.COPY, ANSWERS / f"{name}.json", "ja", None, png, None, "custom-vkp80")
    with Image.open(png) as image:
        assert image.convert("L").tobytes() == picture(name).tobytes()


@pytest.mark.parametrize(("paper", "language"), OTHERS)
def test_a_picture_of_another_paper_is_what_is_printed_now(paper: Paper, language: str, tmp_path: Path) -> None:
    png = tmp_path / "paper.png"
    render_paper(paper, ANSWERS / "papers" / f"{paper}.json", language, None, png, None, "custom-vkp80")
    with Image.open(png) as image:
        assert image.convert("L").tobytes() == picture(f"{paper}.{language}").tobytes()


def test_pictures_are_small() -> None:
    assert all((PICTURES / f"{name}.png").stat().st_size < 32_000 for name in COPIES)


@pytest.mark.parametrize("name", COPIES)
def test_zxing_reads_the_seal_byte_for_byte(name: str, answer) -> None:
    codes = zxingcpp.read_barcodes(picture(name), formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.bytes for code in codes] == [answer(name)[1].copies[0].seal.encode("ascii")]


def has_japanese() -> bool:
    if TESSERACT is None:
        return False
    return "jpn" in subprocess.run([TESSERACT, "--list-langs"], capture_output=True, text=True, check=False).stdout.split()


@pytest.mark.skipif(not has_japanese(), reason="tesseract with Japanese is not installed")
@pytest.mark.parametrize("name", COPIES)
def test_character_recognition_finds_what_the_copy_says(name: str, answer, composer: Composer, eye, every_text, tmp_path: Path) -> None:
    extract, issue = answer(name)
    (page,) = composer.copy(extract, issue, 0)
    said = plain("".join(eye.lines(page, every_text(extract, issue))))
    seen = plain(recognised(without_art(picture(name), page), tmp_path / "page.png"))
    found = sum(block.size for block in SequenceMatcher(None, said, seen, autojunk=False).get_matching_blocks())
    assert len(said) > 250
    assert found / len(said) >= 0.95
    assert len(seen) <= 1.05 * len(said)


def without_art(image: Image.Image, page: Page) -> Image.Image:
    """The picture with white paper where art and seals are: a reader of text would take them for it."""
    for item in page.items:
        if isinstance(item, Art | Picture | Symbol) and not written(item):
            width, height = size(item)
            left, top = MARGIN + item.x, MARGIN + item.y
            image.paste(255, (left, top, left + width, top + height))
    return image


def recognised(image: Image.Image, place: Path) -> str:
    """Twice as large, as recognition wants it; on one core, so that its time is no more than it seems."""
    image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS).save(place)
    command = [str(TESSERACT), str(place), "-", "-l", "jpn", "--psm", "6"]
    only_one = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=only_one).stdout


def plain(text: str) -> str:
    return _NOT_READ.sub("", unicodedata.normalize("NFKC", text)).translate(_SAME)
