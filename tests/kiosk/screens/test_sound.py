"""The sound that calls somebody back: it is what our script makes, and no kiosk needs a sound card."""

import subprocess
import sys
from importlib.resources import files

import pytest

from kiosk.screens.earcon import PEAK, samples, volume, wav
from kiosk.screens.opening import has_display
from kiosk.screens.window import Window


def test_the_file_is_what_the_script_makes() -> None:
    assert files("assets").joinpath("sounds", "come_back.wav").read_bytes() == wav()


def test_it_begins_and_ends_softly_and_never_clips() -> None:
    waves = samples()
    assert (waves[0], abs(waves[-1]) < 100) == (0, True)
    assert 0.4 * PEAK < max(map(abs, waves)) / 32767 <= PEAK


def test_each_call_is_louder_until_it_cannot() -> None:
    assert [volume(times) for times in (1, 2, 3, 4)] == [0.5, 0.75, 1.0, 1.0]


def test_a_chime_is_no_matter_of_the_screen(window: Window) -> None:
    for times in (1, 2, 3):
        window.chime(times)


def test_without_a_sound_card_it_is_silent() -> None:
    """SDL takes one driver a process, so this is another process."""
    code = "import os; os.environ |= {'SDL_AUDIODRIVER': 'none', 'KIVY_AUDIO': 'sdl2', 'KIVY_NO_ARGS': '1', 'KIVY_NO_CONFIG': '1'}\n"
    code += "from kiosk.screens.earcon import Earcon; Earcon().play(1)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"SDL_VIDEODRIVER": "KMSDRM"}, True),
        ({"SDL_VIDEODRIVER": "offscreen", "DISPLAY": ":0"}, False),
        ({"SDL_VIDEODRIVER": "dummy"}, False),
    ],
)
def test_a_display_is_where_somebody_sees_it(environment: dict[str, str], seen: bool) -> None:
    assert has_display(environment) is seen
