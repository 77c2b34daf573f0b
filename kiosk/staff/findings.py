"""A finding is data: what was looked at, how it stands, who must act, and what the words need. Screen, paper and JSON show the same."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from hardware.errors import Acts


class Severity(StrEnum):
    GOOD = "good"
    WARNING = "warning"  # works, not for long
    BAD = "bad"  # nobody can be served


@dataclass(frozen=True)
class Finding:
    """`id` names the words: `check.ID.SEVERITY`; `acts` is None when nobody needs to do anything."""

    id: str
    severity: Severity
    acts: Acts | None = None
    details: dict[str, str | int | float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"check.{self.id}.{self.severity}"

    def as_json(self) -> dict[str, object]:
        return asdict(self)
