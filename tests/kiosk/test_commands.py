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
        black = picture.convert("L").point(lambda grey: 255 * (grey < 128)).convert("1")
        (sheet,) = sheets
        assert black.size == (sheet.width, sheet.height)
        assert black.tobytes() == sheet.rows


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "--settings", "/nowhere.toml"), "/nowhere.toml"),
        (("run", "--headless"), "--script"),
        (("run", "--settings", "/nowhere.toml"), "/nowhere.toml"),
        (("render", "--answer", "/nowhere.json", "--png", "/tmp/x.png"), "/nowhere.json"),
        (("render", "--answer", str(ANSWERS / "one_person.json"), "--png", "/dev/null", "--model", "typewriter"), "typewriter"),
        (("render", "--answer", str(ANSWERS / "undrawable.json"), "--png", "/dev/null"), "font"),
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
