"""Recorded phrases on disk: LANGUAGE/ID.wav, one channel, 16 bit, and LANGUAGE/voice.json, which says of what words each was made.

A clip whose words have changed since is not played: a town that words something anew must not hear the old wording. Clips are made by
`make speech`, or put there by whoever recorded a native speaker under the same names.
"""

import hashlib
import json
import os
import wave
from pathlib import Path

from kiosk.speech.saying import Clip

RATE = 24_000


def folder_of(setting: str) -> Path:
    """Where the settings say, or the user's cache."""
    if setting:
        return Path(setting)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "juki-kiosk" / "speech"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Clips:
    """Of one folder. Files are read when they are said."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, dict[str, str]] = {}

    def has(self, clip: Clip) -> bool:
        return self.made(clip.language).get(clip.id) == digest(clip.text)

    def speaks(self, language: str) -> bool:
        """Whether anything can be said in it."""
        return bool(self.made(language))

    def made(self, language: str) -> dict[str, str]:
        """Id -> digest of its words."""
        if language not in self._made:
            try:
                voice = json.loads((self._folder / language / "voice.json").read_text(encoding="utf-8"))
                self._made[language] = {str(name): str(value) for name, value in voice["clips"].items()}
            except (OSError, ValueError, KeyError, AttributeError, TypeError):  # none, or not ours: as if there were no clips
                self._made[language] = {}
        return self._made[language]

    def samples(self, clip: Clip) -> bytes | None:
        """16-bit samples, RATE a second; None when there is no such clip of these words."""
        if not self.has(clip):
            return None
        try:
            with wave.open(str(self.path(clip)), "rb") as file:
                if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                    return None
                return file.readframes(file.getnframes())
        except (OSError, EOFError, wave.Error):
            return None

    def path(self, clip: Clip) -> Path:
        return self._folder / clip.language / f"{clip.id}.wav"

    # -- making -------------------------------------------------------------------------------------------------------

    def keep(self, clip: Clip, samples: bytes) -> None:
        """Writes the file; `note` makes it count."""
        path = self.path(clip)
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples)
        self.made(clip.language)[clip.id] = digest(clip.text)

    def note(self, language: str, voice: str) -> None:
        """Whose voice it is, and of what words: whole, or as it was before."""
        folder = self._folder / language
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / "voice.json.new"
        text = json.dumps({"voice": voice, "clips": self.made(language)}, ensure_ascii=False, indent=0, sort_keys=True)
        new.write_text(text, encoding="utf-8")
        new.replace(folder / "voice.json")

    def drop(self, language: str, wanted: set[str]) -> int:
        """Removes clips of keys that nobody asks for any more. Says how many. `note` makes that last."""
        made = self.made(language)
        gone = [name for name in made if name not in wanted and not name.startswith("given.")]
        for name in gone:
            del made[name]
            (self._folder / language / f"{name}.wav").unlink(missing_ok=True)
        return len(gone)
