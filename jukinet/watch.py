"""What a kiosk does so that its town's log cannot be rewritten or shown in two versions: it remembers, asks, and checks.

The last checkpoint of the town that it was shown is kept in a file, through restarts, and sent with each visit's first question. The answer
brings the newest one with a proof that nothing before was changed. Each signed answer brings the proof that whoever signed it wrote it
down. A proof that does not hold ends the visit, and the next ones too: the checkpoint that was seen stays seen.
"""

import json
from contextlib import suppress
from pathlib import Path

from jukinet.errors import WrongAnswer
from jukinet.messages import Growth, Logged
from jukinet.notes import Checkpoint, Verifier, WrongNote, log_origin
from jukinet.signing import digest
from jukinet.tree import is_consistent, is_included, leaf_hash

EXCHANGES = "exchanges"


class LogWatch:
    """`file` keeps the town's last checkpoint; None: for as long as this object lives. Nothing of any visit is in it."""

    def __init__(self, town: str, file: Path | None) -> None:
        self._origin, self._file = log_origin(town, EXCHANGES), file
        self.seen = ""
        if file is not None:
            with suppress(FileNotFoundError):
                self.seen = file.read_text(encoding="utf-8")

    def grown(self, growth: Growth | None, key: Verifier) -> None:
        """Raises WrongAnswer("log"): no proof, or none that the lines seen before are still the first."""
        try:
            if growth is None:
                raise WrongAnswer("log")
            new = key.checkpoint(growth.checkpoint, self._origin)
        except WrongNote:
            raise WrongAnswer("log") from None
        old = self._old(key)
        if old is not None and not is_consistent(old.size, old.root, new.size, new.root, growth.path):
            raise WrongAnswer("log")
        self._keep(growth.checkpoint)

    def _old(self, key: Verifier) -> Checkpoint | None:
        """What was seen, if it was signed with the key that the directory names today: the centre alone can give a town another one."""
        try:
            return key.checkpoint(self.seen, self._origin)
        except WrongNote:
            return None

    def _keep(self, note: str) -> None:
        if note != self.seen and self._file is not None:
            beside = self._file.with_suffix(".new")
            beside.write_text(note, encoding="utf-8")
            beside.replace(self._file)
        self.seen = note


def check_logged(logged: Logged | None, answer: str, visit: str, node: str, key: Verifier) -> None:
    """That `node` wrote down this very answer to this visit. Raises WrongAnswer("log")."""
    if logged is None:
        raise WrongAnswer("log")
    try:
        checkpoint = key.checkpoint(logged.checkpoint, log_origin(node, EXCHANGES))
        line = json.loads(logged.entry)
        says = line["answer"], line["visit"], line["node"], line["seq"]
    except (WrongNote, ValueError, KeyError, TypeError):
        raise WrongAnswer("log") from None
    if says != (digest(answer.encode()).hex(), visit, node, logged.index):
        raise WrongAnswer("log")
    if not is_included(leaf_hash(logged.entry.encode()), logged.index, checkpoint.size, logged.path, checkpoint.root):
        raise WrongAnswer("log")
