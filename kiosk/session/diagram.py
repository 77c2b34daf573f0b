"""Draws the states from the tables: `python -m kiosk.session.diagram > docs/states.md`. A test fails when that is stale."""

import sys

from kiosk.session.entry import ENTRY
from kiosk.session.limits import LIMITS
from kiosk.session.rules import LEVEL_RULES
from kiosk.session.states import State
from kiosk.session.table import TRANSITIONS
from kiosk.session.way import Choice, To

_HEAD = """# The terminal, state by state

Generated from `kiosk/session/table.py`, `parts`, `rules.py` and `limits.py` by `python -m kiosk.session.diagram > docs/states.md`; a test
fails when it is stale. Solid arrows are events, those marked *level* are rules that apply as soon as a level no longer fits.

```mermaid
stateDiagram-v2
"""


def diagram() -> str:
    """The whole page, Mermaid diagram and table."""
    lines = [f"    [*] --> {State.RECOVERING}"]
    for state, row in TRANSITIONS.items():
        for event, way in row.items():
            for answer, to in _ways(way):
                if to.state is not None:
                    lines.append(f"    {state} --> {to.state}: {event.__name__}{answer}")
    for rule in LEVEL_RULES:
        lines.extend(f"    {state} --> {rule.way.state}: level – {rule.name}" for state in sorted(rule.states) if rule.way.state)
    table = [
        "| state | events decided | asks on entry | time limit |",
        "|---|---|---|---|",
        *(f"| `{state}` | {_events(state)} | {_entry(state)} | {_limit(state)} |" for state in State),
    ]
    return _HEAD + "\n".join(lines) + "\n```\n\n" + "\n".join(table) + "\n"


def _ways(way: To | Choice) -> list[tuple[str, To]]:
    if isinstance(way, To):
        return [("", way)]
    return [(f" [{way.question.__name__} = {answer}]", to) for answer, to in way.ways.items()]


def _events(state: State) -> str:
    return ", ".join(sorted(event.__name__ for event in TRANSITIONS[state])) or "–"


def _entry(state: State) -> str:
    return ", ".join(action.__name__.strip("_").replace("_", " ") for action in ENTRY.get(state, ())) or "–"


def _limit(state: State) -> str:
    limit = LIMITS[state]
    if limit is None:
        return "none"
    chimes = f", chimes at {', '.join(f'{chime:g}' for chime in limit.chimes)} s" if limit.chimes else ""
    return f"{limit.seconds:g} s{' idle, then a warning' if limit.warns else ''}{chimes}"


if __name__ == "__main__":
    sys.stdout.write(diagram())
