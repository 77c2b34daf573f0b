"""Checkpoints as signed notes: C2SP's own example is read, ours are signed, cosigned, and refused when touched."""

import base64
from pathlib import Path

import pytest

from jukinet.errors import SettingsError
from jukinet.notes import Checkpoint, LogKey, Verifier, WrongNote

# The example of Go's sumdb/note package (golang.org/x/mod), which defined the format.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ORIGIN = "jukinet/21361/exchanges"
ROOT = bytes(range(32))


@pytest.fixture
def key(tmp_path: Path) -> LogKey:
    return LogKey.make("jukinet/21361", tmp_path / "log.key")


@pytest.fixture
def witness(tmp_path: Path) -> LogKey:
    return LogKey.make("jukinet/21", tmp_path / "witness.key")


def test_a_published_key_is_read_and_written_again() -> None:
    verifier = Verifier.read(GO_KEY)
    assert verifier.owner == "PeterNeumann"
    assert verifier.text == GO_KEY


def test_a_key_is_kept_in_a_file_for_its_owner_alone(tmp_path: Path, key: LogKey) -> None:
    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600
    assert LogKey.load(key.owner, tmp_path / "log.key").public == key.public


@pytest.mark.parametrize("content", [None, b"short"])
def test_no_key_is_a_matter_of_settings(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError):
        LogKey.load("jukinet/21361", path)


def test_a_note_says_what_was_signed(key: LogKey) -> None:
    note = key.sign(Checkpoint(ORIGIN, 4711, ROOT))
    assert Verifier.read(key.public.text).checkpoint(note, ORIGIN) == Checkpoint(ORIGIN, 4711, ROOT)
    assert note.startswith(f"{ORIGIN}\n4711\n{base64.b64encode(ROOT).decode()}\n\n— jukinet/21361 ")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("4711", "4712", "signature"),
        ("4711", "04711", "checkpoint"),
        ("4711", "-1", "checkpoint"),
        ("\n\n", "\n", "form"),
        ("— ", "- ", "form"),
        ("— jukinet/21361 ", "— jukinet/21202 ", "unsigned"),
        ("21361/exchanges", "21361/operations", "origin"),
    ],
)
def test_a_note_that_was_touched_is_refused(key: LogKey, old: str, new: str, why: str) -> None:
    note = key.sign(Checkpoint(ORIGIN, 4711, ROOT))
    with pytest.raises(WrongNote, match=why):
        key.public.checkpoint(note.replace(old, new, 1), ORIGIN)


def test_another_key_of_the_same_name_is_not_the_key(tmp_path: Path, key: LogKey) -> None:
    other = LogKey.make(key.owner, tmp_path / "other.key")
    with pytest.raises(WrongNote, match="unsigned"):
        key.public.checkpoint(other.sign(Checkpoint(ORIGIN, 1, ROOT)), ORIGIN)


def test_a_witness_signs_with_its_time(key: LogKey, witness: LogKey) -> None:
    checkpoint = Checkpoint(ORIGIN, 4711, ROOT)
    note = key.sign(checkpoint)
    assert witness.public.witnessed(note) is None
    both = note + witness.cosign(checkpoint, 1_795_000_000)
    assert key.public.checkpoint(both, ORIGIN) == checkpoint
    assert witness.public.witnessed(both) == 1_795_000_000


def test_a_witness_of_other_lines_is_none(key: LogKey, witness: LogKey) -> None:
    note = key.sign(Checkpoint(ORIGIN, 4711, ROOT)) + witness.cosign(Checkpoint(ORIGIN, 4712, ROOT), 1)
    with pytest.raises(WrongNote, match="signature"):
        witness.public.witnessed(note)


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AAAA", GO_KEY.replace("c74f", "c74e")])
def test_no_key(text: str) -> None:
    with pytest.raises(WrongNote, match="key"):
        Verifier.read(text)
