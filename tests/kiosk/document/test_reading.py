"""Another reader than ours reads the paper: character recognition, where it is installed."""

import shutil
import subprocess
import unicodedata
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from PIL import Image

from hardware.printer.page import Cell, Page, Rule
from kiosk.document.certificate import Composer
from kiosk.document.render import page_png

TESSERACT = shutil.which("tesseract")


def has_japanese() -> bool:
    if TESSERACT is None:
        return False
    return "jpn" in subprocess.run([TESSERACT, "--list-langs"], capture_output=True, text=True, check=False).stdout.split()


@pytest.mark.skipif(not has_japanese(), reason="tesseract with Japanese is not installed")
def test_character_recognition_reads_what_the_cells_say(answer, composer: Composer, eye, every_text, tmp_path: Path) -> None:
    extract, issue = answer("one_person")
    page = composer.copy(extract, issue, 0)[0]
    body = Page(page.width, page.height, tuple(item for item in page.items if isinstance(item, Rule | Cell)))
    said = plain("".join(eye.lines(body, every_text(extract, issue))))
    seen = plain(recognised(body, tmp_path / "page.png"))
    assert SequenceMatcher(None, said, seen, autojunk=False).ratio() >= 0.95


def recognised(page: Page, place: Path) -> str:
    """Twice as large and with a margin, as recognition wants it."""
    place.write_bytes(page_png(page))
    with Image.open(place) as dots:
        framed = Image.new("L", (page.width + 80, page.height + 80), 255)
        framed.paste(dots.convert("L"), (40, 40))
    framed.resize((framed.width * 2, framed.height * 2), Image.Resampling.LANCZOS).save(place)
    command = [str(TESSERACT), str(place), "-", "-l", "jpn", "--psm", "6"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
