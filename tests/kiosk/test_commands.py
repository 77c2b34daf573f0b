"""The commands of `kiosk`, as a person types them: right ones do it, wrong ones say what would be right and never show a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hardware.printer.models import load_model
from hardware.simulated.decoder import decode

ANSWERS = Path(__file__).parents[1] / "answers"


def kiosk(*words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "kiosk", *words], capture_output=True, text=True, timeout=timeout, check=False)


@pytest.mark.parametrize("model", ["custom-vkp80", "epson-tm"])
def test_render_makes_a_picture_and_the_bytes_that_print_it(tmp_path, model):
    png, job = tmp_path / "paper.png", tmp_path / "job.bin"
    done = kiosk("render", "--answer", str(ANSWERS / "one_person.json"), "--png", str(png), "--job", str(job), "--model", model)
    assert done.returncode == 0, done.stderr
    sheets = decode(job.read_bytes(), load_model(model))
    with Image.open(png) as picture:
        (sheet,) = sheets
        margin = 32  # 4 mm of the paper on each side
        assert picture.size == (sheet.width + 2 * margin, sheet.height + 2 * margin)
        printed = picture.crop((margin, margin, margin + sheet.width, margin + sheet.height))
        assert bytes(0xFF ^ byte for byte in printed.tobytes()) == sheet.rows


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("paper", ["receipt", "slip", "report", "disclosure", "move_out", "move_in"])
def test_render_makes_the_other_papers_too(tmp_path, paper, language):
    png = tmp_path / "paper.png"
    sample = ANSWERS / "papers" / f"{paper}.json"
    done = kiosk("render", "--paper", paper, "--language", language, "--answer", str(sample), "--png", str(png))
    assert done.returncode == 0, done.stderr
    with Image.open(png) as picture:
        assert (picture.mode, picture.width) == ("1", 640)


def test_render_takes_the_town_s_own_form(tmp_path):
    form = tmp_path / "form.toml"
    form.write_text('title = "住民票の写し"\nnotes = []\n', encoding="utf-8")
    heights = []
    for own in ((), ("--form", str(form))):
        png = tmp_path / "paper.png"
        done = kiosk("render", "--answer", str(ANSWERS / "one_person.json"), "--png", str(png), *own)
        assert done.returncode == 0, done.stderr
        with Image.open(png) as picture:
            heights.append(picture.height)
    assert heights[1] < heights[0]  # without the note


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "--settings", "/nowhere.toml"), "/nowhere.toml"),
        (("run", "--headless"), "--script"),
        (("run", "--settings", "/nowhere.toml"), "/nowhere.toml"),
        (("render", "--answer", "/nowhere.json", "--png", "/tmp/x.png"), "/nowhere.json"),
        (("render", "--answer", str(ANSWERS / "one_person.json"), "--png", "/dev/null", "--model", "typewriter"), "typewriter"),
        (("render", "--answer", str(ANSWERS / "undrawable.json"), "--png", "/dev/null"), "font"),
        (("render", "--answer", str(ANSWERS / "one_person.json"), "--png", "/dev/null", "--paper", "slip"), "one_person.json"),
        (("render", "--answer", str(ANSWERS / "one_person.json"), "--png", "/dev/null", "--form", "/nowhere.toml"), "/nowhere.toml"),
    ],
)
def test_wrong_commands_say_what_is_wrong(words, says):
    done = kiosk(*words)
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_script_that_is_none_says_its_line(tmp_path):
    script = tmp_path / "script.txt"
    script.write_text("tap attract.start\njump\n", encoding="utf-8")
    done = kiosk("run", "--headless", "--script", str(script))
    assert done.returncode == 1
    assert f"{script}:2" in done.stderr
