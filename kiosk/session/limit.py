"""A time limit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """`seconds` until TimeUp. With `warns`, a warning of WARNING_SECONDS is shown first, and any touch or "more time" starts anew."""

    seconds: float
    warns: bool = False
    chimes: tuple[float, ...] = ()
