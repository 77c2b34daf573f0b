"""本人確認情報: town -> prefecture -> centre, through the outbox.

A register is its history: what has not been told yet are the lines after the last one told, so that the first start (the whole
register) and every later change are the same work. Prefecture and centre keep exactly the six items of art. 30-6 in a closed table
(name, birth, sex, address, 住民票コード, and the change with its date); nothing else of a record ever reaches them. Where the settings of
all nodes want today's set, 個人番号 and 振り仮名 do, too; a keeper that is not set so refuses them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from jukinet.errors import Kind, Problem
from jukinet.node.agencies.copy import take
from jukinet.node.audit.log import AuditLog
from jukinet.node.directory import DirectoryBook
from jukinet.node.outbox import Outbox, count, set_count
from jukinet.node.register import history_after
from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.open import Store
from jukinet.node_messages import Change, Identity, IdentityNotice

PATH = "/v1/notices/identities"
MOST = 500  # residents a notice: about 150 kB
_TOLD = "history told"


def identity_of(person: Resident, change: Change, changed: str, today: bool = False) -> Identity:
    """`today`: with the items that came after 2015."""
    return Identity(
        resident_code=person.resident_code,
        name=person.called,
        birth=person.birth,
        sex=person.sex,
        address=f"{person.address} {person.building}".rstrip(),
        change=Change.DECEASED if person.state == Standing.DECEASED else change,
        changed=changed,
        my_number=person.my_number if today else None,
        kana=person.kana if today else None,
    )


def lower_told(connection: Connection, town: str, line: int) -> None:
    """The town's history ends with that line now: it was put back from a backup. What comes after it has not been told."""
    if count(connection, town, _TOLD) > line:
        set_count(connection, town, _TOLD, line)


def lines_told(connection: Connection, town: str, line: int) -> None:
    """The town's history up to that line need not be told: it was in another way."""
    set_count(connection, town, _TOLD, line)


@dataclass(frozen=True)
class IdentityTeller:
    """A municipality tells its prefecture."""

    town: str
    register: Store
    issues: Store
    outbox: Outbox
    log: AuditLog
    today: bool = False

    async def tell(self) -> None:
        """Puts all that has not been told into the outbox, in notices of at most MOST residents."""
        destination = self.town[:2]
        while lines := await self.register.read(partial(self._untold, await self.issues.read(self._told))):
            await self.issues.write(partial(self._write, destination, lines))
            self.outbox.wake(destination)

    def _told(self, connection: Connection) -> int:
        return count(connection, self.town, _TOLD)

    def _untold(self, told: int, connection: Connection) -> list[tuple[int, Change, str, Resident]]:
        return history_after(connection, self.town, told, MOST)

    def _write(self, destination: str, lines: list[tuple[int, Change, str, Resident]], connection: Connection) -> None:
        people = [identity_of(person, change, changed, self.today) for _, change, changed, person in lines]
        number = self.outbox.add(
            connection, destination, PATH, lambda number: IdentityNotice(number=number, town=self.town, identities=people)
        )
        set_count(connection, self.town, _TOLD, lines[-1][0])
        self.log.append(connection, "node_identities_sent", destination=destination, number=number, count=len(people))


@dataclass(frozen=True)
class IdentityKeeper:
    """A prefecture or the centre takes in. `onward` says to whom it tells them again, "" to nobody."""

    code: str
    onward: Callable[[], str]
    register: Store
    issues: Store
    outbox: Outbox
    log: AuditLog
    today: bool = False

    async def take(self, sender: str, notice: IdentityNotice) -> int:
        """The highest number taken in from this sender. Raises Problem(MALFORMED) for items that are not kept here.

        Two files, two transactions: the identities first, which may be written again without harm, then the count, the log and the notice
        onward. Only the second makes the receipt, so a fall between them means that the sender sends again.
        """
        if not self.today and any(each.my_number is not None or each.kana is not None for each in notice.identities):
            raise Problem(Kind.MALFORMED, "items")
        last = await self.issues.read(lambda connection: self.outbox.received(connection, sender, PATH))
        if notice.number <= last:
            return last
        await self.register.write(partial(take, keeper=self.code, town=notice.town, told=notice.identities))
        taken = await self.issues.write(lambda connection: self._count(connection, sender, notice))
        if taken and (onward := self.onward()):
            self.outbox.wake(onward)
        return notice.number

    def _count(self, connection: Connection, sender: str, notice: IdentityNotice) -> bool:
        if not self.outbox.is_new(connection, sender, PATH, notice.number):
            return False
        if onward := self.onward():
            self.outbox.add(connection, onward, PATH, lambda number: _renumbered(notice, number))
        fields: dict[str, str | int] = {"town": notice.town, "number": notice.number, "count": len(notice.identities)}
        self.log.append(connection, "node_identities_taken", actor=sender, **fields)
        return True


def onward_from(code: str, book: DirectoryBook) -> str:
    """The centre, from a prefecture that has delegated to it."""
    keeper = book.keeper_of(code)
    return "" if keeper == code else keeper


def _renumbered(notice: IdentityNotice, number: int) -> IdentityNotice:
    return IdentityNotice(number=number, town=notice.town, identities=notice.identities)
