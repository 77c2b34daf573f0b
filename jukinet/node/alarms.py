"""Lines of the log of deeds that someone must look at, once committed, in the log of the node's running too: that one is read by whoever
watches over machines, the other by auditors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from jukinet.events import events
from jukinet.node.audit.log import Group
from jukinet.node.log import Log


class _Kind(msgspec.Struct):
    kind: str


_KINDS = msgspec.json.Decoder(_Kind)


@dataclass(frozen=True)
class Alarms:
    log: Log

    def lines(self, groups: Sequence[Group]) -> None:
        """In the writer's thread."""
        for entry in (entry for group in groups for entry in group.entries):
            event = events()[_KINDS.decode(entry).kind]
            if event.alarm:
                line: dict[str, Any] = msgspec.json.decode(entry)
                self.log.line(line["kind"], **{name: line[name] for name in event.fields})
