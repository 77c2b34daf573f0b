"""A desk at the centre and at the prefecture: the small network of the node tests with a signed table and bodies that ask."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import msgspec

from jukinet.agency_messages import AgencyTable, BatchAnswer, BatchAsk, CheckAsk, Finding, FourItems, Sought
from jukinet.node.agencies.rights import read_table
from jukinet.node.directory import Edition
from jukinet.node_messages import Identity, IdentityNotice
from jukinet.signing import sign_agencies, sign_directory

HERE, HOME, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"
SHIPPED = read_table((files("assets") / "agencies" / "table.toml").read_text(encoding="utf-8"), 1, "2026-11-24T00:00:00Z")
BATCH = "01JX0000000000000000000000"


@dataclass
class Office:
    """What bodies do. `numbers` are those of the notices that senders sent so far."""

    network: Any
    numbers: dict[str, int] = field(default_factory=dict)

    def sign(self, table: AgencyTable) -> None:
        """Puts a table into force, as the centre does."""
        file = self.network.root / "agencies.jws"
        beside = file.with_suffix(".new")
        beside.write_text(sign_agencies(table, self.network.centre))
        beside.replace(file)
        (self.network.root / "directory.jwk.json").write_text(json.dumps(self.network.centre.public()))
        self.network.agencies = file

    def delegate(self, delegates: bool) -> None:
        old = self.network.book.directory
        prefectures = [msgspec.structs.replace(each, delegates=delegates) for each in old.prefectures]
        new = msgspec.structs.replace(old, version=old.version + 1, prefectures=prefectures)
        self.network.book.edition = Edition(sign_directory(new, self.network.centre), self.network.centre.public())

    async def tell(self, town: str, *identities: Identity, keeper: str = CENTRE) -> None:
        """A town's word as it reaches the keeper."""
        sender = PREFECTURE if keeper == CENTRE else town
        self.numbers[sender] = self.numbers.get(sender, 0) + 1
        notice = IdentityNotice(number=self.numbers[sender], town=town, identities=list(identities))
        await self.network.nodes[keeper].identity_notice(self.network.peer(f"jukinet://node/{sender}"), notice, b"")

    async def check(self, body: str, affair: str, sought: Sought, keeper: str = CENTRE) -> Finding:
        ask = CheckAsk(affair=affair, sought=sought)
        answer = await self.network.nodes[keeper].agency_check(self.network.peer(f"jukinet://agency/{body}"), ask, b"")
        return answer.finding

    async def batch(self, body: str, affair: str, persons: Sequence[Sought], piece: int = 0, keeper: str = CENTRE) -> BatchAnswer:
        ask = BatchAsk(affair=affair, batch=BATCH, piece=piece, persons=list(persons))
        raw = msgspec.json.encode(ask)
        return await self.network.nodes[keeper].agency_batch(self.network.peer(f"jukinet://agency/{body}"), ask, raw)


def identity(**items: str) -> Identity:
    known = {
        "resident_code": "24727059608",
        "name": "青葉 花子",
        "birth": "1980-02-29",
        "sex": "female",
        "address": "岐阜県大垣市若葉台2丁目15番地3",
        "change": "added",
        "changed": "2006-03-28",
    }
    return msgspec.convert(known | items, Identity)


def four(known: Identity | None = None, **items: str) -> Sought:
    known = known or identity()
    said = {name: getattr(known, name) for name in ("name", "birth", "sex", "address")} | items
    return Sought(four=FourItems(**said))
