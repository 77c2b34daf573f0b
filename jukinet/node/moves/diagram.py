"""Draws docs/moves-states.md from the tables: `python -m jukinet.node.moves.diagram > docs/moves-states.md`. A test fails when it is
stale."""

import sys
from collections.abc import Mapping

from jukinet.messages import Arriving, Leaving
from jukinet.node.moves.table import ARRIVING, DUTIES, ENDS, LEAVING, On, State

_HEAD = """# A move by card, state by state

Generated from `jukinet/node/moves/table.py` by `python -m jukinet.node.moves.diagram > docs/moves-states.md`;
a test fails when it is stale. What each step is, and how to see it: [moves.md](moves.md).
"""


def diagram() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        _side("The old town", LEAVING, Leaving.NOTICED),
        _side("The new town", ARRIVING, Arriving.EXPECTED),
        "## Where both may rest\n\n| old town | new town |\n|---|---|\n",
        *sorted(f"| `{old}` | {f'`{new}`' if new else '–'} |\n" for old, new in ENDS),
    ]
    return "".join(parts)


def _side(title: str, table: Mapping[State, Mapping[On, State]], first: State) -> str:
    arrows: list[str] = [f"    {state} --> {after}: {on}" for state, row in table.items() for on, after in row.items()]
    ends: list[str] = [f"    {state} --> [*]" for state, row in table.items() if not row]
    drawn = "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, *ends, "```"])
    rows: list[str] = [f"| `{state}` | {', '.join(row) or '–'} | {DUTIES.get(state, '–')} |" for state, row in table.items()]
    duties = "\n".join(["| state | events decided | what the node does by itself |", "|---|---|---|", *rows])
    return f"\n## {title}\n\n{drawn}\n\n{duties}\n\n"


if __name__ == "__main__":
    sys.stdout.write(diagram())
