"""Who looked at the holder's record, as a visit knows it: lines of logs that were held to their trees before they came here."""

from dataclasses import dataclass

PER_PAGE = 3  # nothing scrolls, and the largest type must have room


@dataclass(frozen=True)
class Look:
    """`body` and `ground` in Japanese, as the signed tables and the law have them; so is `affair`, in place of which a town's line has a
    `deed` (`looks.deed.*`). `times`: of a mass run, whose newest this is. Not `proven`: `body` is whose log it is in, and nothing is
    said but its place there."""

    log: str  # code of the node
    index: int
    proven: bool
    date: str = ""
    time: str = ""
    body: str = ""
    affair: str = ""
    deed: str = ""
    ground: str = ""
    times: int = 1


@dataclass(frozen=True)
class Looked:
    """Newest first, since the day `since`. `more`: older ones are not among them."""

    since: str
    looks: tuple[Look, ...]
    more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.looks) // PER_PAGE))

    def page(self, number: int) -> tuple[Look, ...]:
        return self.looks[number * PER_PAGE : (number + 1) * PER_PAGE]


NOT_LOOKED = Looked("", ())
