"""An answer kept in a file, for rendering without a network: {"extract": …, "issue": …}, as the messages spell them."""

from pathlib import Path

import msgspec

from jukinet.messages import Extract, Issue


class AnswerError(Exception):
    """The file cannot be read or is no answer. `str()` names file and place."""


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    extract: Extract
    issue: Issue


def load_answer(path: Path) -> tuple[Extract, Issue]:
    """Raises AnswerError."""
    try:
        answer = msgspec.json.decode(path.read_bytes(), type=_Answer)
    except (OSError, msgspec.DecodeError) as error:
        raise AnswerError(f"{path}: {error}") from error
    return answer.extract, answer.issue
