"""A node's data opened by a command, beside the running node or without it: both databases, and the log that the deed is written into."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jukinet.errors import SettingsError
from jukinet.node.audit.log import AuditLog, subject_key
from jukinet.node.settings import load
from jukinet.node.storage.open import File, Store, open_store


@dataclass(frozen=True)
class Kept:
    code: str
    card_anchors: Path
    register: Store
    issues: Store
    log: AuditLog


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def kept(settings: Path, town: str | None = None) -> Iterator[Kept]:
    """Raises SettingsError: also when the node is not that town's, and when the disk or the database gives up."""
    node = load(settings)
    if town is not None and node.code != town:
        raise SettingsError(f"{settings}: this node keeps {node.code}, not {town}")
    try:
        log = AuditLog(node.code, subject_key(node.data / "subject.key", secrets.token_bytes), now)
        register = open_store(node.place(File.REGISTER), File.REGISTER)
        try:
            issues = open_store(node.place(File.ISSUES), File.ISSUES, log.seal_group)
            try:
                yield Kept(node.code, node.card_anchors, register, issues, log)
            finally:
                issues.close()
        finally:
            register.close()
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from None
