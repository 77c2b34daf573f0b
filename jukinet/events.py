"""What the programs write down, from one data file: `assets/events.toml`. `python -m jukinet.events > docs/log.md` draws the page; a test
fails when that is stale.

Three logs have their ids there, told apart by how an id begins:

    kiosk_    a kiosk's log (kiosk/log.py)
    server_   a node's log of its running (jukinet/node/log.py)
    node_     the node's log of deeds, under its Merkle tree (jukinet/node/audit); those with `alarm` are lines of its running log too
"""

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

KIOSK, SERVER, DEEDS = "kiosk_", "server_", "node_"

_HEAD = """\
# Logs

Generated from `assets/events.toml` by `python -m jukinet.events > docs/log.md`; a test fails when it is stale.

Each line is one JSON object: `at` (UTC), `event` (an id of this page) and fields, no others than stand here. No line names a person: a
visit is a ULID, an error its type and the places it passed. Ids and fields stay what they are; a new meaning gets a new id.
"""
_PARTS = (
    (KIOSK, "A kiosk's log", "Standard error of `kiosk run`, in systemd's journal."),
    (
        SERVER,
        "A node's log",
        "Standard error of `jukinet node`, in systemd's journal. Where several towns share a process each line has its `town`. Lines of\n"
        "the log of deeds that someone must look at stand here as well.",
    ),
    (
        DEEDS,
        "A node's log of deeds",
        "In the database, under a Merkle tree ([audit.md](audit.md)); `kind` is the id, and `node`, `seq` and where there is one\n"
        "`exchange` are in each line.",
    ),
)


@dataclass(frozen=True)
class LogEvent:
    """`kind` is a class of events, `alarm` says that someone must look."""

    kind: str
    sentence: str
    fields: tuple[str, ...]
    alarm: bool


@cache
def events() -> Mapping[str, LogEvent]:
    """By id."""
    table = tomllib.loads((files("assets") / "events.toml").read_text(encoding="utf-8"))
    rows = {name: LogEvent(row["kind"], row["sentence"], tuple(row["fields"]), row.get("alarm", False)) for name, row in table.items()}
    return MappingProxyType(rows)


def page() -> str:
    text = [_HEAD]
    for prefix, title, where in _PARTS:
        text.append(f"\n## {title}\n\n{where}\n\n| id | kind | what happened | fields |\n|---|---|---|---|\n")
        for name, event in events().items():
            if name.startswith(prefix):
                sentence = f"**Alarm.** {event.sentence}" if event.alarm else event.sentence
                text.append(f"| `{name}` | {event.kind} | {sentence} | {' '.join(f'`{field}`' for field in event.fields)} |\n")
    return "".join(text)


if __name__ == "__main__":
    sys.stdout.write(page())
