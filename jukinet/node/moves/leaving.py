"""The old town's side of a move: takes the notice, certifies to the new town, and closes the records when that one says they came.

The states and what moves them stand in `table.py`. A notice that is taken is first of all a row; marking the records, certifying and
closing are done by `go_on`, by whoever comes first: the question that brought the row, or the node's next round.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Exists, Row, exists, insert, select, update

from jukinet.errors import Kind, NotToday, PaperWay, Problem
from jukinet.messages import Leaving, Move, Moves, Signed
from jukinet.move_messages import CardChange, CertificateNotice, MoveCertificate, MoveOutAsk, Step, StepNotice, Where
from jukinet.node.audit.log import AuditLog, Line
from jukinet.node.audit.prover import Prover
from jukinet.node.directory import DirectoryBook
from jukinet.node.home import Home, admit
from jukinet.node.hours import is_day_off, local_date
from jukinet.node.moves import deadlines, records
from jukinet.node.moves.cards import MovedCards, void
from jukinet.node.moves.certificate import mover_of
from jukinet.node.moves.table import LEAVING, On, Unlawful, follow, is_final
from jukinet.node.outbox import Outbox
from jukinet.node.resident import Resident
from jukinet.node.settings import Hours
from jukinet.node.storage.open import Store
from jukinet.node.storage.tables import departures, leavers, outbox
from jukinet.signing import AnswerKey, digest, sign_move

CERTIFICATES = "/v1/notices/certificates"
STEPS = "/v1/notices/moves"
_ON = {Step.RECEIVED: On.RECEIVED, Step.ENTERED: On.ENTERED, Step.LAPSED: On.LAPSED}
_AT_WORK = (Leaving.NOTICED, Leaving.SENT, Leaving.ARRIVED)


@dataclass(frozen=True)
class OldTown:
    town: str
    hours: Hours
    home: Home
    register: Store
    issues: Store
    outbox: Outbox
    log: AuditLog
    prover: Prover
    book: DirectoryBook
    key: AnswerKey
    cards: MovedCards
    clock: Callable[[], datetime]

    async def notice(self, asker: str, ask: MoveOutAsk, raw: bytes) -> Signed:
        """Takes the notice of moving out. Idempotent by visit and digest of the question.

        Raises Problem: CARD_*, PROOF, REPLAY, GONE, UNDER_AGE, NOT_TODAY, NO_MEMBER, PAPER_WAY, MOVE_DATE, MOVE_USED, OTHER_REQUEST.
        """
        card, holder, members = await self.home.look(ask)
        admit(holder, members, self._today, under_way=False)
        movers = [person for person in members if person.number in ask.persons]
        if {person.number for person in movers} != set(ask.persons):
            raise Problem(Kind.NO_MEMBER)
        if holder not in movers:
            raise Problem(Kind.PAPER_WAY, PaperWay.NO_CARD)
        if ask.destination == self.town:
            raise Problem(Kind.PAPER_WAY, PaperWay.SAME_TOWN)
        if self.book.town(ask.destination) is None:
            raise Problem(Kind.PAPER_WAY, PaperWay.NO_SUCH_TOWN)
        self._hold_to_days(ask.leaves)

        def job(connection: Connection) -> tuple[str, Line]:
            self.home.note(connection, asker, ask, card, holder)
            self._take(connection, ask, digest(raw), card, members, movers)
            row = self._row(connection, ask.visit)
            answer = self.home.sign(ask, raw, card, Moves(town=self.town, moves=[self._told(row, len(movers))]))
            line = self.log.append(
                connection,
                "node_move_noticed",
                actor=asker,
                visit=ask.visit,
                subject=self.log.subject(holder.id),
                subjects=[self.log.subject(person.id) for person in movers],
                destination=ask.destination,
                request=digest(raw).hex(),
                answer=digest(answer.encode()).hex(),
            )
            return answer, line

        answer, line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    def moves_of(self, connection: Connection, resident: int) -> list[Move]:
        """Those that a resident was or is among, newest first."""
        query = (
            select(departures)
            .join(leavers, (leavers.c.town == departures.c.town) & (leavers.c.move == departures.c.move))
            .where(departures.c.town == self.town, leavers.c.town == self.town, leavers.c.resident == resident)
            .order_by(departures.c.move.desc())
        )
        return [self._told(row, len(self._leavers(connection, row.move))) for row in connection.execute(query)]

    def where(self, connection: Connection, asker: str, move: str) -> Where | None:
        """For the new town; None for any other."""
        here = (departures.c.town == self.town, departures.c.move == move, departures.c.destination == asker)
        state = connection.execute(select(departures.c.state).where(*here)).scalar_one_or_none()
        return None if state is None else Where(leaving=Leaving(state))

    def take_step(self, connection: Connection, actor: str, sender: str, notice: StepNotice) -> bool:
        """The new town's word. False: no such move. Raises Problem(MOVE_USED): it cannot be true now."""
        here = (departures.c.town == self.town, departures.c.move == notice.move, departures.c.destination == sender)
        row = connection.execute(select(departures).where(*here)).first()
        if row is None or notice.step not in _ON:
            return False
        try:
            self._step(connection, row, _ON[notice.step], actor, **({"moved": notice.moved} if notice.moved else {}))
        except Unlawful as unlawful:
            raise Problem(Kind.MOVE_USED, unlawful.state) from None
        if notice.step is Step.LAPSED:
            self.cards.tell(connection, [void(card, self.town) for card in _cards(row)])
        return True

    async def go_on(self, move: str = "") -> None:
        """Does what the states ask for, of one move or of all. Raises Problem(BUSY)."""
        at_work = departures.c.state.in_(_AT_WORK) & ((departures.c.state != Leaving.SENT) | self._is_dead)
        query = select(departures).where(departures.c.town == self.town, at_work).order_by(departures.c.move)
        query = query.where(departures.c.move == move) if move else query
        for row in await self.issues.read(lambda connection: connection.execute(query).all()):
            match Leaving(row.state):
                case Leaving.NOTICED:
                    await self._certify(row)
                case Leaving.ARRIVED:
                    await self._close(row)
                case _:
                    await self.issues.write(partial(self._give_up, row))

    # -- duties ---------------------------------------------------------------------------------------------------------

    async def _certify(self, row: "Row[Any]") -> None:
        numbers = await self.issues.read(lambda connection: self._leavers(connection, row.move))
        await self.register.write(lambda connection: records.mark(connection, self.town, numbers, row.noticed))
        people = await self.register.read(lambda connection: records.movers(connection, self.town, numbers))

        def job(connection: Connection) -> None:
            if not self._still(connection, row):
                return
            held = [card for _, cards in people for card in cards]
            open_ones = self.cards.left_open(connection, held)
            certificate = MoveCertificate(
                move=row.move,
                origin=self.town,
                destination=row.destination,
                noticed=row.noticed,
                leaves=row.leaves,
                address=people[0][0].address,
                building=people[0][0].building,
                movers=[mover_of(person, [card for card in cards if card not in open_ones]) for person, cards in people],
            )
            token = sign_move(certificate, self.key)
            number = self.outbox.add(
                connection,
                row.destination,
                CERTIFICATES,
                lambda number: CertificateNotice(number=number, move=row.move, certificate=token),
            )
            carried = json.dumps([card.hex() for card in held if card not in open_ones])
            self._step(connection, row, On.MARKED, "", digest(token.encode()).hex(), number=number, cards=carried)

        await self.issues.write(job)
        self.outbox.wake(row.destination)

    async def _close(self, row: "Row[Any]") -> None:
        numbers = await self.issues.read(lambda connection: self._leavers(connection, row.move))
        await self.register.write(lambda connection: records.remove(connection, self.town, numbers, row.moved))
        people = await self.register.read(lambda connection: records.movers(connection, self.town, numbers))
        carried = set(_cards(row))

        def job(connection: Connection) -> None:
            if not self._still(connection, row):
                return
            held = [card for _, cards in people for card in cards]
            handed = [CardChange(certificate=card, home=row.destination) for card in held if card in carried]
            self.cards.tell(connection, handed + [void(card, self.town) for card in held if card not in carried])
            self.outbox.add(connection, row.destination, STEPS, lambda number: StepNotice(number=number, move=row.move, step=Step.CLOSED))
            self._step(connection, row, On.REMOVED, "")

        await self.issues.write(job)
        self.outbox.wake(row.destination)
        self.cards.wake()

    def _give_up(self, row: "Row[Any]", connection: Connection) -> None:
        if self._still(connection, row):
            self._step(connection, row, On.REFUSED, "")

    @property
    def _is_dead(self) -> Exists:
        """Of a departure: its certificate was refused for good, and put aside."""
        of_it = (outbox.c.destination == departures.c.destination, outbox.c.number == departures.c.number)
        return exists().where(outbox.c.town == self.town, outbox.c.path == CERTIFICATES, *of_it, outbox.c.dead == 1)

    # -- inside jobs ----------------------------------------------------------------------------------------------------

    def _take(
        self,
        connection: Connection,
        ask: MoveOutAsk,
        request: bytes,
        card: bytes,
        members: Sequence[Resident],
        movers: Sequence[Resident],
    ) -> None:
        known = connection.execute(
            select(departures.c.digest).where(departures.c.town == self.town, departures.c.move == ask.visit)
        ).scalar_one_or_none()
        if known is not None:
            if known != request:
                raise Problem(Kind.OTHER_REQUEST)
            return
        for person in movers:
            for move in self.moves_of(connection, person.id):
                if move.leaving is not None and not is_final(move.leaving):
                    raise Problem(Kind.MOVE_USED, move.leaving)
        if any(person.moving for person in members):  # by another way, or others of the household
            raise Problem(Kind.NOT_TODAY, NotToday.COUNTER)
        if self.cards.left_open(connection, [card]):
            raise Problem(Kind.PAPER_WAY, PaperWay.NOT_CARRIED_ON)
        connection.execute(
            insert(departures).values(
                town=self.town,
                move=ask.visit,
                digest=request,
                destination=ask.destination,
                noticed=self._today.isoformat(),
                leaves=ask.leaves,
                moved="",
                number=0,
                cards="[]",
                state=Leaving.NOTICED,
            )
        )
        connection.execute(insert(leavers), [{"town": self.town, "move": ask.visit, "resident": person.id} for person in movers])

    def _step(self, connection: Connection, row: "Row[Any]", on: On, actor: str, certificate: str = "", **values: str | int) -> None:
        """Raises Unlawful."""
        after = follow(LEAVING, Leaving(row.state), on)
        connection.execute(
            update(departures).where(departures.c.town == self.town, departures.c.move == row.move).values(state=after, **values)
        )
        subjects = [self.log.subject(number) for number in self._leavers(connection, row.move)]
        fields = {"actor": actor, "move": row.move, "state": str(after), "certificate": certificate}
        self.log.append(connection, "node_move_leaving", subjects=subjects, **fields)

    def _still(self, connection: Connection, row: "Row[Any]") -> bool:
        """Nobody else has done this duty meanwhile."""
        return bool(self._row(connection, row.move).state == row.state)

    def _row(self, connection: Connection, move: str) -> "Row[Any]":
        return connection.execute(select(departures).where(departures.c.town == self.town, departures.c.move == move)).one()

    def _leavers(self, connection: Connection, move: str) -> list[int]:
        query = select(leavers.c.resident).where(leavers.c.town == self.town, leavers.c.move == move).order_by(leavers.c.resident)
        return list(connection.execute(query).scalars())

    def _told(self, row: "Row[Any]", persons: int) -> Move:
        return Move(
            move=row.move,
            origin=self.town,
            destination=row.destination,
            leaves=row.leaves,
            until=deadlines.until(date.fromisoformat(row.leaves), self._is_off).isoformat(),
            persons=persons,
            leaving=Leaving(row.state),
        )

    # -- days -----------------------------------------------------------------------------------------------------------

    @property
    def _today(self) -> date:
        return local_date(self.clock())

    @property
    def _is_off(self) -> deadlines.DayOff:
        return partial(is_day_off, self.hours)

    def _hold_to_days(self, leaves: str) -> None:
        """Raises Problem: MOVE_DATE, PAPER_WAY."""
        day = day_of(leaves)
        if deadlines.is_too_early(self._today, day):
            raise Problem(Kind.MOVE_DATE)
        if not deadlines.may_notice(self._today, day, self._is_off):
            raise Problem(Kind.PAPER_WAY, PaperWay.LATE_NOTICE)


def day_of(text: str) -> date:
    """Raises Problem(MOVE_DATE): on no calendar."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(Kind.MOVE_DATE) from None


def _cards(row: "Row[Any]") -> list[bytes]:
    return [bytes.fromhex(card) for card in json.loads(row.cards)]
