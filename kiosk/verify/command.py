"""`kiosk verify PICTURE|TEXT --directory FILE`: answers for a clerk, and an exit status for a program.

    0   good: the facts are shown, to be compared with the paper
    1   not good: what is wrong and what to do; no facts, for nobody stands behind them
    2   could not be read: picture, text or directory

Writes to standard output alone. What the seal says is personal; it goes into no file and no log.
"""

import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jukinet.seal import PREFIX, Opened, WrongSeal, open_seal
from jukinet.seal_keys import DirectoryFileError, SealDirectory, read_seal_directory
from kiosk.verify.picture import NoPicture, codes_in
from kiosk.verify.table import shown, table_of
from kiosk.words import Words

STANDARD_INPUT = "-"
_LEAST_WIDTH = 100  # columns; where nobody looks through a window, the longest address stays on one line
_DAY = len("2026-11-28")
_LONGEST_TEXT = 8192  # characters; a QR code holds fewer


class Verdict(IntEnum):
    GOOD = 0
    NOT_GOOD = 1
    UNREAD = 2


class Unread(Exception):
    """Words by key for what could not be read."""

    def __init__(self, key: str, **placeholders: object) -> None:
        super().__init__(key)
        self.key, self.placeholders = key, placeholders


def verify(source: str, directory: Path, centre_key: Path | None, words: Words, say: Console) -> Verdict:
    """`source`: a seal's text, "-" for one on standard input, or the path of a picture. Raises SettingsError for `centre_key`."""
    try:
        known = _directory(directory, centre_key)
        text = text_from(source)
    except Unread as unread:
        _tell(say, words.text(unread.key, **unread.placeholders))
        return Verdict.UNREAD
    try:
        opened = open_seal(text, known.owners)
    except WrongSeal as wrong:
        _tell(say, f"× {words.text(f'verify.wrong.{wrong.reason}')}", words.text(f"verify.wrong.{wrong.reason}.do"))
        _tell(say, _checked_with(known, words))
        return Verdict.NOT_GOOD
    _show(say, words, opened)
    _tell(say, _checked_with(known, words))
    return Verdict.GOOD


def text_from(source: str, standard_input: Callable[[int], str] = sys.stdin.read) -> str:
    """The text of a seal, or of whatever code there is. Raises Unread."""
    if source == STANDARD_INPUT:
        return _trimmed(standard_input(_LONGEST_TEXT))
    if source.startswith(PREFIX):
        return _trimmed(source)
    file = Path(source)
    if not file.is_file():
        raise Unread("verify.unread.source", source=shown(source))
    try:
        codes = codes_in(file)
    except NoPicture:
        raise Unread("verify.unread.picture", source=shown(source)) from None
    seals = [code for code in codes if code.startswith(PREFIX)]
    if not codes:
        raise Unread("verify.unread.none")
    if len(seals) > 1:
        raise Unread("verify.unread.several")
    return (seals or codes)[0]


def _trimmed(text: str) -> str:
    """Without the ends of lines; a space is a character of the seal, though never its last."""
    return "".join(text.splitlines()).strip()


def _directory(file: Path, centre_key: Path | None) -> SealDirectory:
    try:
        return read_seal_directory(file, centre_key)
    except DirectoryFileError as error:
        raise Unread(f"verify.directory.{error.reason}") from None


def _show(say: Console, words: Words, opened: Opened) -> None:
    facts = opened.facts
    verdict = words.text("verify.good", town=shown(opened.owner.name))
    _tell(say, f"○ {verdict}", words.text("verify.good.do"))
    table = Table.grid(padding=(0, 2))
    for line in table_of(facts, words):
        if not line.value:
            table.add_row()
        table.add_row(Text(line.label, "" if line.value else "bold"), Text(line.value))
    say.print(table)
    say.print()
    if facts.rest is not None:
        _tell(say, words.text("verify.rest"))
    _tell(say, words.text("verify.numbers"), words.text("verify.offline"))


def _checked_with(known: SealDirectory, words: Words) -> str:
    details = {"version": known.version, "issued": shown(known.issued[:_DAY]), "centre": known.centre}
    return words.text("verify.checked.pinned", **details) if known.pinned else words.text("verify.checked.bundle", **details)


def _tell(say: Console, *sentences: str) -> None:
    for sentence in sentences:
        say.print(Text(sentence))
    say.print()


def console() -> Console:
    """Standard output, in plain text where it is no terminal."""
    return Console(width=max(Console().width, _LEAST_WIDTH), highlight=False, emoji=False, markup=False)
