"""What a resident may change about the terminal for the time of one visit. Dropped with the visit: the next one finds the usual."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Theme(StrEnum):
    NORMAL = "normal"
    HIGH_CONTRAST = "high_contrast"


class TextSize(StrEnum):
    """As VVSG 2.0 (2.2-B) counts them."""

    S = "s"
    M = "m"
    L = "l"
    XL = "xl"


@dataclass(frozen=True)
class Ease:
    theme: Theme = Theme.NORMAL
    size: TextSize = TextSize.M
    low: bool = False  # what can be pressed lies in the lower part of the screen
    slow: bool = False  # SLOW times as much time
    shuffle: bool = False  # the digits of the PIN pad lie in another order each time


USUAL = Ease()

# WCAG 2.2.1 asks for ten extensions or no limit; "more time" has no limit, and these residents should not have to ask so often.
SLOW = 3


def choices(ease: Ease) -> Iterator[tuple[str, Ease]]:
    """Every single change of what can be changed at any time: an id (`ease.…`) and what it makes of `ease`."""
    for size in TextSize:
        yield f"ease.size.{size}", replace(ease, size=size)
    for theme in Theme:
        yield f"ease.theme.{theme}", replace(ease, theme=theme)
    yield "ease.low", replace(ease, low=not ease.low)
    yield "ease.slow", replace(ease, slow=not ease.slow)


def is_chosen(action: str, ease: Ease) -> bool:
    """Whether the choice of that id is in force."""
    _, name, *value = action.split(".")
    present = getattr(ease, name)
    return bool(present == value[0] if value else present)
