"""What follows one exchange through a node without being passed by hand: its name and until when its asker waits.

Set where a request comes in, read where this node asks another one. A context variable, so each request sees its own.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Trace:
    exchange: str
    until: float  # the loop's clock, seconds


CURRENT: ContextVar[Trace | None] = ContextVar("exchange", default=None)
