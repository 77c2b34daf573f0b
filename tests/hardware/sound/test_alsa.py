"""The real library on a card of ALSA's own making: what would be heard goes into a file, or into a pipe at the reader's pace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.errors import SoundLost
from hardware.sound.alsa import PERIOD, RATE, AlsaSound

CONFIGURATION = """
pcm.{name} {{
    type plug
    slave {{
        pcm {{ type file; slave.pcm {{ type null }}; file "{file}"; format raw }}
        rate 24000
        channels 1
        format S16_LE
    }}
}}
"""
# ALSA reads its configuration once a process.
SPEAK = """
import sys
from hardware.sound.alsa import AlsaSound
sound = AlsaSound("recorded")
for word in sys.argv[1:]:
    sound.write(word.encode() * 960) if len(word) == 2 else getattr(sound, word)()
sound.close()
"""


@pytest.mark.parametrize(
    ("deeds", "words"),
    [
        (["ab"], b"ab"),
        (["ab", "drop", "cd"], b"abcd"),  # silenced, it speaks again
        (["ab", "close", "cd"], b"cd"),  # let go, it is opened anew; ALSA begins the file anew too
    ],
)
def test_samples_come_out_as_they_went_in(tmp_path: Path, deeds: list[str], words: bytes) -> None:
    heard = tmp_path / "heard"
    configuration = tmp_path / "asound.conf"
    configuration.write_text(CONFIGURATION.format(name="recorded", file=heard))
    environment = os.environ | {"ALSA_CONFIG_PATH": str(configuration)}
    subprocess.run([sys.executable, "-c", SPEAK, *deeds], env=environment, check=True, timeout=60)
    assert heard.read_bytes() == b"".join(words[i : i + 2] * 960 for i in range(0, len(words), 2))


def test_no_such_card() -> None:
    sound = AlsaSound("hw:CARD=NoSuchCard")
    with pytest.raises(SoundLost):
        sound.write(bytes(200))
    sound.drop()
    sound.close()


def test_the_buffer_is_short_enough_to_be_silenced_in_a_tenth_of_a_second() -> None:
    assert 1000 * PERIOD / RATE == 20
