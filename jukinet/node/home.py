"""The home town's side of an exchange: whose card is it, may a record be told today, and exactly which items.

It believes nobody: the card's proof is checked here again, though the kiosk's town did so already. What is told is what art. 12-4(4)
allows, put together field by field; 本籍, 筆頭者 and items 9 to 12 have no place in the messages.

"Not today" has one answer for a protected record (支援措置), a move under way, a change not yet entered and a birth that cannot be
reckoned. All are looked up, always, before any is answered, so that neither words nor time tell them apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from jukinet.errors import Kind, NotToday, Problem
from jukinet.messages import (
    Body,
    Claims,
    Extract,
    ExtractAsk,
    ForeignItems,
    Household,
    HouseholdAsk,
    Item,
    Member,
    Person,
    Signed,
    proof_message,
)
from jukinet.move_messages import MovesAsk
from jukinet.node.audit.log import AuditLog, Line, instant
from jukinet.node.audit.prover import Prover
from jukinet.node.cards import CardChecker
from jukinet.node.hours import is_open, local_date
from jukinet.node.register import holder_of, household_of
from jukinet.node.resident import Resident, Standing, is_under_age
from jukinet.node.settings import Hours
from jukinet.node.storage.open import Store
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import given
from jukinet.node_messages import IssueNotice
from jukinet.signing import AnswerKey, digest, sign_answer

# As long as the nonce it answers to: a resident may think before the copy is issued on it.
ANSWER_LIFETIME = timedelta(minutes=30)
HEAD = "世帯主"
Proven = HouseholdAsk | ExtractAsk | MovesAsk  # questions with a card's proof


_ASKER = (given.c.town == bindparam("town"), given.c.asker == bindparam("asker"))
_WHOSE = Prepared(select(given.c.resident).where(*_ASKER, given.c.visit == bindparam("visit")))
_GIVEN = Prepared(
    select(given.c.visit, given.c.nonce, given.c.card).where(
        *_ASKER, (given.c.visit == bindparam("visit")) | (given.c.nonce == bindparam("nonce"))
    )
)
_GIVE = Prepared(insert(given))
# Named apart from the columns, which are what it sets.
_BECAME = Prepared(
    update(given)
    .where(given.c.town == bindparam("of_town"), given.c.asker == bindparam("of_asker"), given.c.visit == bindparam("of_visit"))
    .values({name: bindparam(name) for name in ("status", "reason", "copies")})
)


@dataclass(frozen=True)
class Home:
    """A municipality as the keeper of its residents' records. `asker` in the methods is the URI of the node that asks."""

    town: str
    name: str
    hours: Hours
    register: Store
    issues: Store
    log: AuditLog
    prover: Prover
    checker: CardChecker
    key: AnswerKey
    clock: Callable[[], datetime]

    async def household(self, asker: str, ask: HouseholdAsk, raw: bytes) -> Signed:
        """Raises Problem: CARD_*, PROOF, REPLAY, GONE, UNDER_AGE, NOT_TODAY."""
        card, holder, members = await self._open_record(ask)
        told = [Member(number=person.number, name=person.called, kana=person.kana, holder=person.id == holder.id) for person in members]
        body = Household(town=self.town, town_name=self.name, members=told, items=list(Item))
        answer = self.sign(ask, raw, card, body)

        def job(connection: Connection) -> Line:
            self.note(connection, asker, ask, card, holder)
            digests = {"request": digest(raw).hex(), "answer": digest(answer.encode()).hex()}
            subject = self.log.subject(holder.id)
            return self.log.append(connection, "node_household_told", actor=asker, visit=ask.visit, subject=subject, **digests)

        line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    async def extract(self, asker: str, ask: ExtractAsk, raw: bytes) -> Signed:
        """Raises Problem: as `household`, and NO_MEMBER."""
        card, holder, members = await self._open_record(ask)
        chosen = [person for person in members if person.number in ask.persons]
        if {person.number for person in chosen} != set(ask.persons):
            raise Problem(Kind.NO_MEMBER)
        answer = self.sign(ask, raw, card, self._extract(members, chosen, frozenset(ask.items)))

        def job(connection: Connection) -> Line:
            self.note(connection, asker, ask, card, holder)
            return self.log.append(
                connection,
                "node_extract_told",
                actor=asker,
                visit=ask.visit,
                subject=self.log.subject(holder.id),
                subjects=[self.log.subject(person.id) for person in chosen],
                items=sorted(set(ask.items)),
                request=digest(raw).hex(),
                answer=digest(answer.encode()).hex(),
            )

        line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    def take_issue(self, connection: Connection, asker: str, notice: IssueNotice) -> None:
        """Writes what became of a record that was told. Runs in a job of the issue store. Raises Problem(NOT_FOUND): nothing was."""
        row = _WHOSE.first(connection, town=self.town, asker=asker, visit=notice.visit)
        if row is None:
            raise Problem(Kind.NOT_FOUND)
        values: dict[str, str | int] = {"status": str(notice.status), "reason": notice.reason, "copies": notice.copies}
        _BECAME.do(connection, of_town=self.town, of_asker=asker, of_visit=notice.visit, **values)
        fields = {**values, "visit": notice.visit, "subject": self.log.subject(row.resident)}
        self.log.append(connection, "node_issue_told", actor=asker, **fields)

    async def _open_record(self, ask: HouseholdAsk | ExtractAsk) -> tuple[bytes, Resident, list[Resident]]:
        """The card's fingerprint, its holder and the holder's household, if a copy may be had."""
        card, holder, members = await self.look(ask)
        admit(holder, members, local_date(self.clock()))
        return card, holder, members

    async def look(self, ask: Proven) -> tuple[bytes, Resident, list[Resident]]:
        """The card's fingerprint, its holder, whatever became of them, and the household. `admit` says what may be done with it."""
        now = self.clock()
        if not is_open(self.hours, now):
            raise Problem(Kind.NOT_TODAY, NotToday.HOME_CLOSED)
        card = self.checker.proof(ask.proof, proof_message(ask.visit, ask.nonce, ask.kiosk), now)

        def look(connection: Connection) -> tuple[Resident | None, list[Resident]]:
            holder = holder_of(connection, self.town, card)
            return holder, [] if holder is None else household_of(connection, self.town, holder.household)

        holder, members = await self.register.look(look)
        if holder is None:
            raise Problem(Kind.CARD_UNKNOWN)
        return card, holder, members

    def note(self, connection: Connection, asker: str, ask: Proven, card: bytes, holder: Resident) -> None:
        """Remembers to whom this visit's nonce and card belong. Raises Problem(REPLAY) when they belong to others."""
        rows = _GIVEN.all(connection, town=self.town, asker=asker, visit=ask.visit, nonce=ask.nonce)
        if any((row.visit, row.nonce, row.card) != (ask.visit, ask.nonce, card) for row in rows):
            raise Problem(Kind.REPLAY, "nonce")
        if not rows:
            row = {"town": self.town, "asker": asker, "visit": ask.visit, "nonce": ask.nonce, "card": card, "resident": holder.id}
            _GIVE.do(connection, **row, status="", reason="", copies=0)

    def sign(self, ask: Proven, raw: bytes, card: bytes, body: Body) -> str:
        now = self.clock()
        claims = Claims(
            visit=ask.visit,
            nonce=ask.nonce,
            card=card,
            kiosk=f"jukinet://kiosk/{ask.town}/{ask.kiosk}",
            request=digest(raw),
            node=self.town,
            issued=instant(now),
            expires=instant(now + ANSWER_LIFETIME),
            body=body,
        )
        return sign_answer(claims, self.key)

    def _extract(self, members: Sequence[Resident], chosen: Sequence[Resident], items: frozenset[Item]) -> Extract:
        head = next((person.called for person in members if person.relationship == HEAD), "")
        return Extract(
            town=self.town,
            town_name=self.name,
            address=chosen[0].address,
            building=chosen[0].building,
            head=head if Item.RELATIONSHIP in items else None,
            whole_household=len(chosen) == len(members),
            persons=[_person(person, items) for person in chosen],
        )


def admit(holder: Resident, members: Sequence[Resident], today: date, under_way: bool = True) -> None:
    """Raises Problem when this card's holder gets nothing of this household's record today. `under_way`: nor while anyone is moving."""
    under_age = is_under_age(holder.birth, today)
    only_at_counter = sum(person.protected | (person.moving & under_way) | person.pending for person in (holder, *members)) > 0
    if holder.state != Standing.RESIDENT:
        raise Problem(Kind.GONE)
    if under_age:
        raise Problem(Kind.UNDER_AGE)
    if only_at_counter or under_age is None:
        raise Problem(Kind.NOT_TODAY, NotToday.COUNTER)


def _person(person: Resident, items: frozenset[Item]) -> Person:
    """The items of art. 12-4(4), and of the optional ones those asked for."""
    foreign = ForeignItems(
        nationality=person.nationality,
        status=person.status,
        period=person.period,
        expires=person.expires,
        card_number=person.card_number,
        became=person.became,
    )
    return Person(
        number=person.number,
        name=person.name,
        kana=person.kana,
        latin_name=person.latin_name,
        alias=person.alias,
        former_name=person.former_name,
        former_kana=person.former_kana,
        birth=person.birth,
        sex=person.sex,
        became_resident=person.became_resident,
        address_since=person.address_since,
        notified=person.notified,
        previous_address=person.previous_address,
        relationship=person.relationship if Item.RELATIONSHIP in items else None,
        my_number=person.my_number if Item.MY_NUMBER in items else None,
        resident_code=person.resident_code if Item.RESIDENT_CODE in items else None,
        foreign=foreign if person.nationality else None,
    )
