"""What the centre, the card and the law on personal information are called on a day, from `assets/names.toml`."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from kiosk.session.topics import Names


@cache
def _since() -> dict[str, dict[date, str]]:
    table = tomllib.loads((files("assets") / "names.toml").read_text(encoding="utf-8"))
    return {kind: {date.fromisoformat(day): name for day, name in names.items()} for kind, names in table.items()}


def names_on(day: date) -> Names:
    """Before a thing was there, it is called as it first was."""
    found = {kind: _on(names, day) for kind, names in _since().items()}
    return Names(day.isoformat(), **found)


def _on(names: dict[date, str], day: date) -> str:
    since = [first for first in names if first <= day]
    return names[max(since) if since else min(names)]
