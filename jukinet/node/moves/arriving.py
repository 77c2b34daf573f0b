"""The new town's side of a move: expects whom the old town has certified, takes the notice of moving in, and enters them once the counter
has confirmed.

As at the old town, what is to be done stands in the state, and `go_on` does it. Whether somebody came in time is decided here alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from msgspec import json
from sqlalchemy import Connection, Row, Select, insert, select, update

from jukinet.errors import Kind, PaperWay, Problem, WrongAnswer
from jukinet.messages import Arriving, Move, Moves, Signed
from jukinet.move_messages import CardChange, CarryOnAsk, CertificateNotice, MoveCertificate, MoveInAsk, Step, StepNotice, Where
from jukinet.node.audit.log import AuditLog, Line
from jukinet.node.audit.prover import Prover
from jukinet.node.directory import DirectoryBook
from jukinet.node.home import Home
from jukinet.node.hours import is_day_off, local_date
from jukinet.node.moves import deadlines, records
from jukinet.node.moves.cards import Carried, MovedCards
from jukinet.node.moves.certificate import Entry
from jukinet.node.moves.leaving import STEPS, day_of
from jukinet.node.moves.table import ARRIVING, On, Unlawful, follow
from jukinet.node.outbox import Outbox, count_up
from jukinet.node.settings import Hours
from jukinet.node.storage.open import Store
from jukinet.node.storage.tables import arrivals, moved_cards
from jukinet.signing import digest, open_move

NUMBERS = "counter numbers"


@dataclass(frozen=True)
class NewTown:
    town: str
    hours: Hours
    home: Home
    register: Store
    issues: Store
    outbox: Outbox
    log: AuditLog
    prover: Prover
    book: DirectoryBook
    cards: MovedCards
    clock: Callable[[], datetime]

    def take_certificate(self, connection: Connection, actor: str, sender: str, notice: CertificateNotice) -> None:
        """From now on they are expected.

        Raises Problem: PROOF (not that town's word on that move), MOVE_USED (there is one of that name)."""
        try:
            certificate = open_move(notice.certificate, self.book.keys(sender))
        except WrongAnswer as wrong:
            raise Problem(Kind.PROOF, wrong.field) from None
        if (certificate.move, certificate.origin, certificate.destination) != (notice.move, sender, self.town):
            raise Problem(Kind.PROOF, "move")
        known = connection.execute(self._select(notice.move)).first()
        if known is not None:
            raise Problem(Kind.MOVE_USED, known.state)
        connection.execute(
            insert(arrivals).values(
                town=self.town,
                move=notice.move,
                origin=sender,
                certificate=json.encode(certificate).decode(),
                persons=len(certificate.movers),
                leaves=certificate.leaves,
                until=deadlines.until(day_of(certificate.leaves), self._is_off).isoformat(),
                moved="",
                filed="",
                visit="",
                number=0,
                entry="",
                state=Arriving.EXPECTED,
            )
        )
        cards = {card for mover in certificate.movers for card in mover.cards}
        of_move = {"town": self.town, "move": notice.move, "until": "", "state": Carried.EXPECTED}
        if cards:
            connection.execute(insert(moved_cards), [of_move | {"certificate": card} for card in sorted(cards)])
        self._say(connection, sender, notice.move, Step.RECEIVED)
        fields = {"actor": actor, "move": notice.move, "state": str(Arriving.EXPECTED)}
        sent = digest(notice.certificate.encode()).hex()
        self.log.append(connection, "node_move_arriving", subjects=[], certificate=sent, **fields)

    async def file(self, kiosk: str, ask: MoveInAsk, raw: bytes, card: bytes) -> Signed:
        """Takes the notice of moving in; the counter has it under a number. Idempotent by visit.

        Raises Problem: PAPER_WAY (not expected with this card, late), MOVE_USED (second use), MOVE_DATE, OTHER_REQUEST.
        """
        today, moved = self._today, day_of(ask.moved)
        if moved > today:
            raise Problem(Kind.MOVE_DATE)

        def job(connection: Connection) -> tuple[str, Line]:
            row = self._of_card(connection, ask.move, card)
            if row.visit == ask.visit and row.state != Arriving.EXPECTED:
                if row.moved != ask.moved:
                    raise Problem(Kind.OTHER_REQUEST)
            elif row.state != Arriving.EXPECTED:
                raise Problem(Kind.PAPER_WAY, PaperWay.LATE) if row.state == Arriving.LAPSED else Problem(Kind.MOVE_USED, row.state)
            else:
                if not deadlines.may_arrive(today, day_of(row.leaves), moved, self._is_off):
                    raise Problem(Kind.PAPER_WAY, PaperWay.LATE)
                number = row.number or count_up(connection, self.town, NUMBERS)
                filed = today.isoformat()
                self._step(connection, row, On.FILED, kiosk, moved=ask.moved, filed=filed, visit=ask.visit, number=number)
                shown = (moved_cards.c.town == self.town, moved_cards.c.move == ask.move, moved_cards.c.certificate == card)
                connection.execute(update(moved_cards).where(*shown).values(state=Carried.SHOWN))
            return self._answer(connection, "node_move_filed", kiosk, ask, raw, card)

        answer, line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    async def carry_on(self, kiosk: str, ask: CarryOnAsk, raw: bytes, card: bytes) -> Signed:
        """Raises Problem: as `MovedCards.carry_on`."""

        def job(connection: Connection) -> tuple[str, Line]:
            self.cards.carry_on(connection, ask, card)
            return self._answer(connection, "node_card_carried_on", kiosk, ask, raw, card)

        answer, line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    def moves_of(self, connection: Connection, card: bytes) -> list[Move]:
        """Those that a card was or is among, newest first."""
        query = (
            select(arrivals, moved_cards.c.state.label("carried"), moved_cards.c.until.label("carry_on_until"))
            .join(moved_cards, (moved_cards.c.town == arrivals.c.town) & (moved_cards.c.move == arrivals.c.move))
            .where(arrivals.c.town == self.town, moved_cards.c.town == self.town, moved_cards.c.certificate == card)
            .order_by(arrivals.c.move.desc())
        )
        return [self._told(row) for row in connection.execute(query)]

    def where(self, connection: Connection, asker: str, move: str) -> Where | None:
        """For the old town; None for any other."""
        here = (arrivals.c.town == self.town, arrivals.c.move == move, arrivals.c.origin == asker)
        row = connection.execute(select(arrivals.c.state, arrivals.c.number).where(*here)).first()
        return None if row is None else Where(arriving=Arriving(row.state), number=row.number)

    def take_step(self, connection: Connection, actor: str, sender: str, notice: StepNotice) -> bool:
        """The old town's word. False: no such move. Raises Problem(MOVE_USED): it cannot be true now."""
        row = connection.execute(self._select(notice.move).where(arrivals.c.origin == sender)).first()
        if row is None or notice.step is not Step.CLOSED:
            return False
        try:
            self._step(connection, row, On.CLOSED, actor)
        except Unlawful as unlawful:
            raise Problem(Kind.MOVE_USED, unlawful.state) from None
        return True

    async def go_on(self, move: str = "") -> None:
        """Does what the states ask for, of one move or of all. Raises Problem(BUSY)."""
        due = (arrivals.c.state == Arriving.CONFIRMED) | (arrivals.c.until < self._today.isoformat())
        query = select(arrivals).where(arrivals.c.town == self.town, arrivals.c.state.in_((Arriving.EXPECTED, Arriving.CONFIRMED)), due)
        query = query.where(arrivals.c.move == move) if move else query
        for row in await self.issues.read(lambda connection: connection.execute(query.order_by(arrivals.c.move)).all()):
            if row.state == Arriving.CONFIRMED:
                await self._enter(row)
            else:
                await self.issues.write(partial(self._lapse, row))
            self.outbox.wake(row.origin)

    # -- duties ---------------------------------------------------------------------------------------------------------

    async def _enter(self, row: "Row[Any]") -> None:
        certificate = json.decode(row.certificate, type=MoveCertificate)
        entry = json.decode(row.entry, type=Entry)
        numbers = await self.register.write(
            lambda connection: records.record(connection, self.town, certificate, entry, row.moved, row.filed)
        )

        def job(connection: Connection) -> None:
            if not self._still(connection, row):
                return
            subjects = [self.log.subject(number) for number in numbers]
            self._step(connection, row, On.RECORDED, "", subjects, certificate="", entry="")
            self._say(connection, row.origin, row.move, Step.ENTERED, row.moved)
            until = deadlines.carry_on_until(date.fromisoformat(row.filed), self._is_off).isoformat()
            of_move = (moved_cards.c.town == self.town, moved_cards.c.move == row.move)
            for before, after in ((Carried.EXPECTED, Carried.OPEN), (Carried.SHOWN, Carried.CARRIED)):
                connection.execute(update(moved_cards).where(*of_move, moved_cards.c.state == before).values(state=after, until=until))
            cards = [CardChange(certificate=card, home=self.town) for mover in certificate.movers for card in mover.cards]
            self.cards.tell(connection, cards, centre=False)

        await self.issues.write(job)
        self.cards.wake()

    def _lapse(self, row: "Row[Any]", connection: Connection) -> None:
        if self._still(connection, row):
            self._step(connection, row, On.OVER, "", certificate="")
            self._say(connection, row.origin, row.move, Step.LAPSED)

    # -- inside jobs ----------------------------------------------------------------------------------------------------

    def _of_card(self, connection: Connection, move: str, card: bytes) -> "Row[Any]":
        """Raises Problem(PAPER_WAY): nobody has announced this card's holder under that name."""
        here = (moved_cards.c.town == self.town, moved_cards.c.move == move, moved_cards.c.certificate == card)
        row = connection.execute(self._select(move)).first()
        if row is None or connection.execute(select(moved_cards.c.move).where(*here)).first() is None:
            raise Problem(Kind.PAPER_WAY, PaperWay.NOT_EXPECTED)
        return row

    def _answer(
        self, connection: Connection, kind: str, kiosk: str, ask: MoveInAsk | CarryOnAsk, raw: bytes, card: bytes
    ) -> tuple[str, Line]:
        told = [move for move in self.moves_of(connection, card) if move.move == ask.move]
        answer = self.home.sign(ask, raw, card, Moves(town=self.town, moves=told))
        digests = {"request": digest(raw).hex(), "answer": digest(answer.encode()).hex()}
        return answer, self.log.append(connection, kind, actor=kiosk, visit=ask.visit, move=ask.move, **digests)

    def _step(self, connection: Connection, row: "Row[Any]", on: On, actor: str, subjects: Sequence[str] = (), **values: str | int) -> None:
        """Raises Unlawful."""
        step_on(connection, self.log, row, on, actor, subjects, **values)

    def _say(self, connection: Connection, origin: str, move: str, step: Step, moved: str = "") -> None:
        self.outbox.add(connection, origin, STEPS, lambda number: StepNotice(number=number, move=move, step=step, moved=moved))

    def _still(self, connection: Connection, row: "Row[Any]") -> bool:
        """Nobody else has done this duty meanwhile."""
        return bool(connection.execute(self._select(row.move)).one().state == row.state)

    def _select(self, move: str) -> "Select[Any]":
        return select(arrivals).where(arrivals.c.town == self.town, arrivals.c.move == move)

    def _told(self, row: "Row[Any]") -> Move:
        return Move(
            move=row.move,
            origin=row.origin,
            destination=self.town,
            leaves=row.leaves,
            until=row.until,
            persons=row.persons,
            arriving=Arriving(row.state),
            number=row.number,
            carry_on_until=row.carry_on_until if row.carried == Carried.OPEN else "",
        )

    @property
    def _today(self) -> date:
        return local_date(self.clock())

    @property
    def _is_off(self) -> deadlines.DayOff:
        return partial(is_day_off, self.hours)


def step_on(
    connection: Connection, log: AuditLog, row: "Row[Any]", on: On, actor: str, subjects: Sequence[str] = (), **values: str | int
) -> None:
    """Moves a row of `arrivals` and writes it down. Raises Unlawful."""
    after = follow(ARRIVING, Arriving(row.state), on)
    connection.execute(update(arrivals).where(arrivals.c.town == row.town, arrivals.c.move == row.move).values(state=after, **values))
    fields = {"actor": actor, "move": row.move, "state": str(after), "certificate": ""}
    log.append(connection, "node_move_arriving", subjects=list(subjects), **fields)
