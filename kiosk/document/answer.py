"""What a paper says, kept in a file, for rendering without a network: an answer {"extract": …, "issue": …} as the messages spell it, or
what one of the small papers is made from.
"""

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from jukinet.messages import Extract, Issue
from kiosk.document.disclosure import Disclosure
from kiosk.document.move_in import MoveIn
from kiosk.document.move_out import MoveOut
from kiosk.document.receipt import Receipt, Slip
from kiosk.document.report import ReadinessReport

T = TypeVar("T")


class Paper(StrEnum):
    COPY = "copy"
    RECEIPT = "receipt"
    SLIP = "slip"
    REPORT = "report"
    DISCLOSURE = "disclosure"
    MOVE_OUT = "move_out"
    MOVE_IN = "move_in"


class AnswerError(Exception):
    """The file cannot be read or holds no such thing. `str()` names file and place."""


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    extract: Extract
    issue: Issue


def load_answer(path: Path) -> tuple[Extract, Issue]:
    """Raises AnswerError."""
    answer = _load(path, _Answer)
    return answer.extract, answer.issue


def load_receipt(path: Path) -> Receipt:
    """Raises AnswerError, as all below."""
    return _load(path, Receipt)


def load_slip(path: Path) -> Slip:
    return _load(path, Slip)


def load_report(path: Path) -> ReadinessReport:
    return _load(path, ReadinessReport)


def load_disclosure(path: Path) -> Disclosure:
    return _load(path, Disclosure)


def load_move_out(path: Path) -> MoveOut:
    return _load(path, MoveOut)


def load_move_in(path: Path) -> MoveIn:
    return _load(path, MoveIn)


def _load(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise AnswerError(f"{path}: {error}") from error
