"""A copy is issued once: numbered, sealed and signed by the kiosk's town, and then followed until it is known what became of the paper.

                    ┌─► printed            Issuing is idempotent by visit and digest of the question: the same bytes get the stored
    (none) ─► issued ┼─► voided             answer again, other bytes a 422. Number, log entry and notice to the home town are one
                    └─► unknown ─► printed  transaction; serials run without a gap by town and day. `unknown` may be settled later,
                               └─► voided   the others are final.

The issuer is the kiosk's town (art. 12-4(4)); what is certified is what the home town notified, whose signature is checked here again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path

from msgspec import json
from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from jukinet.errors import Kind, Problem, WrongAnswer
from jukinet.messages import Claims, Copy, Extract, Issue, IssueAsk, Issuer, IssueState, IssueStatus, OutcomeReport, Result, Signed
from jukinet.node.audit.log import AuditLog, Line, Stream, instant
from jukinet.node.audit.prover import Prover
from jukinet.node.directory import DirectoryBook
from jukinet.node.home import Home
from jukinet.node.hours import local_date
from jukinet.node.nonces import Nonces
from jukinet.node.outbox import Outbox
from jukinet.node.seal import Seal, SealKey, make_seal
from jukinet.node.settings import IssueSettings
from jukinet.node.storage.open import Place, Store, read_once
from jukinet.node.storage.prepared import Prepared, Row
from jukinet.node.storage.tables import given, issues, seals
from jukinet.node_messages import IssueNotice
from jukinet.seal_facts import facts_of
from jukinet.signing import AnswerKey, Expect, digest, open_answer, sign_answer

NOTICES = "/v1/notices/issues"
ANSWER_LIFETIME = timedelta(minutes=30)
# One printer a kiosk; the standard form of the number has a place for more.
PRINTER = "プリンタ001"
_FORMER_PARTS = re.compile(r"^(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県)(?:.+?郡(?=.+[町村]$))?")
_FINAL = (IssueStatus.PRINTED, IssueStatus.VOIDED)

_TOWN: BindParameter[str] = bindparam("town")
_ISSUE = Prepared(select(issues).where(issues.c.town == _TOWN, issues.c.visit == bindparam("visit")))
# By the index of serials: the day's other issues are not gone through.
_LAST = Prepared(
    select(issues.c.first_serial, issues.c.copies)
    .where(issues.c.town == _TOWN, issues.c.day == bindparam("day"))
    .order_by(issues.c.first_serial.desc())
    .limit(1)
)
_ENTER, _SEAL = Prepared(insert(issues)), Prepared(insert(seals))
# Named apart from the columns, which are what it sets.
_BECAME = Prepared(
    update(issues)
    .where(issues.c.town == bindparam("of_town"), issues.c.visit == bindparam("of_visit"))
    .values({name: bindparam(name) for name in ("status", "reason", "copies_printed")})
)


@cache
def short_name(town_name: str) -> str:
    """岐阜県不破郡垂井町 -> 垂井町, as it stands in issue numbers."""
    return _FORMER_PARTS.sub("", town_name) or town_name


def issue_number(day: date, town_name: str, kiosk: str, serial: int) -> str:
    """発行番号 in the form of the standard specification 5.5 but for page/pages: 20200502 垂井町 k1 プリンタ001 011."""
    return f"{day.isoformat().replace('-', '')} {short_name(town_name)} {kiosk} {PRINTER} {serial:03d}"


@dataclass(frozen=True)
class Issuance:
    town: str
    uri: str
    name: str
    settings: IssueSettings
    home: Home
    store: Store
    nonces: Nonces
    outbox: Outbox
    log: AuditLog
    prover: Prover
    book: DirectoryBook
    key: AnswerKey
    seal: SealKey
    clock: Callable[[], datetime]

    async def issue(self, kiosk: str, ask: IssueAsk, raw: bytes) -> Signed:
        """Raises Problem: PROOF (the extract is not this visit's, or not signed by its home), REPLAY, OTHER_REQUEST."""
        answer, home, line = await self.store.write(partial(self._issue, kiosk, ask, digest(raw)))
        self._wake(home)
        return Signed(answer=answer, logged=await self.prover.line(line))

    async def state(self, kiosk: str, visit: str) -> IssueState:
        """Raises Problem(NOT_FOUND): never issued, or not by this kiosk."""
        return _state(await self.store.look(partial(self._known, kiosk, visit)))

    async def outcome(self, kiosk: str, report: OutcomeReport) -> IssueState:
        """Raises Problem: NOT_FOUND, OTHER_REQUEST (another outcome is final already)."""
        state, home = await self.store.write(partial(self._outcome, kiosk, report))
        self._wake(home)
        return state

    async def sealed(self, seal: bytes) -> IssueStatus | None:
        """What became of the copy with this seal (by `seal_id`); None: no such copy."""
        return await self.store.look(partial(self._sealed, seal))

    def _wake(self, home: str) -> None:
        if home != self.town:
            self.outbox.wake(home)

    # -- inside the writer's transaction --------------------------------------------------------------------------------

    def _issue(self, kiosk: str, ask: IssueAsk, request: bytes, connection: Connection) -> tuple[str, str, Line]:
        known = _ISSUE.first(connection, town=self.town, visit=ask.visit)
        if known is not None:
            if known.kiosk != kiosk or known.digest != request:
                raise Problem(Kind.OTHER_REQUEST)
            return known.answer, known.home, Line(Stream.EXCHANGES, known.line)
        card, home = self.nonces.check(connection, kiosk, ask)
        if card is None or home is None:
            raise Problem(Kind.PROOF, "card")
        extract = self._opened(connection, kiosk, ask, card, home)
        now = self.clock()
        day = local_date(now)
        first = self._next_serial(connection, day)
        issuer = Issuer(town=self.town, town_name=self.name, title=self.settings.title, name=self.settings.name)
        numbers = {serial: issue_number(day, self.name, ask.kiosk, serial) for serial in range(first, first + ask.copies)}
        made = {serial: self._seal(ask, extract, issuer, day, number) for serial, number in numbers.items()}
        copies = [Copy(serial=serial, number=number, seal=made[serial].text) for serial, number in numbers.items()]
        body = Issue(
            issuer=issuer,
            date=day.isoformat(),
            statement=self.settings.statement,
            extract=digest(ask.extract.encode()),
            copies=copies,
            fee=self.settings.fee * ask.copies,
        )
        claims = Claims(
            visit=ask.visit,
            nonce=ask.nonce,
            card=card,
            kiosk=kiosk,
            request=request,
            node=self.town,
            issued=instant(now),
            expires=instant(now + ANSWER_LIFETIME),
            body=body,
        )
        answer = sign_answer(claims, self.key)
        persons = [person.number for person in extract.persons]
        line = self.log.append(
            connection,
            "node_issued",
            actor=kiosk,
            visit=ask.visit,
            home=home,
            day=day.isoformat(),
            first_serial=first,
            copies=ask.copies,
            pages=ask.pages,
            request=request.hex(),
            answer=digest(answer.encode()).hex(),
        )
        _ENTER.do(
            connection,
            town=self.town,
            visit=ask.visit,
            digest=request,
            kiosk=kiosk,
            home=home,
            day=day.isoformat(),
            first_serial=first,
            copies=ask.copies,
            pages=ask.pages,
            numbers=json.encode([copy.number for copy in copies]).decode(),
            persons=json.encode(persons).decode(),
            answer=answer,
            status=str(IssueStatus.ISSUED),
            reason="",
            copies_printed=0,
            line=line.seq,
        )
        _SEAL.do_all(connection, [{"town": self.town, "id": seal.id, "visit": ask.visit} for seal in made.values()])
        self._tell_home(connection, home, ask.visit, IssueStatus.ISSUED, "", persons, ask.copies)
        return answer, home, line

    def _opened(self, connection: Connection, kiosk: str, ask: IssueAsk, card: bytes, home: str) -> Extract:
        """The home town's answer, if it is one to a question for records that this visit asked."""
        for request in self.nonces.asked_records(connection, ask.visit):
            expect = Expect(ask.visit, ask.nonce, card, kiosk, request, home)
            try:
                body = open_answer(ask.extract, self.book.keys(home), expect, self.clock()).body
            except WrongAnswer as wrong:
                if wrong.field == "request":  # perhaps the answer to another one of them
                    continue
                raise Problem(Kind.PROOF, wrong.field) from None
            if not isinstance(body, Extract) or body.town != home:
                raise Problem(Kind.PROOF, "body")
            return body
        raise Problem(Kind.PROOF, "request")

    def _next_serial(self, connection: Connection, day: date) -> int:
        last = _LAST.first(connection, town=self.town, day=day.isoformat())
        return 1 if last is None else int(last.first_serial + last.copies)

    def _seal(self, ask: IssueAsk, extract: Extract, issuer: Issuer, day: date, number: str) -> Seal:
        return make_seal(facts_of(extract, digest(ask.extract.encode()), issuer, number, day.isoformat(), ask.pages), self.seal)

    def _tell_home(
        self, connection: Connection, home: str, visit: str, status: IssueStatus, reason: str, persons: list[int], copies: int
    ) -> None:
        def notice(number: int) -> IssueNotice:
            at = instant(self.clock())
            return IssueNotice(number=number, visit=visit, status=status, reason=reason, persons=persons, copies=copies, at=at)

        if home == self.town:
            self.home.take_issue(connection, self.uri, notice(0))
        else:
            self.outbox.add(connection, home, NOTICES, notice)

    def _sealed(self, seal: bytes, connection: Connection) -> IssueStatus | None:
        its = select(seals.c.visit).where(seals.c.town == self.town, seals.c.id == seal).scalar_subquery()
        status = connection.execute(select(issues.c.status).where(issues.c.town == self.town, issues.c.visit == its)).scalar_one_or_none()
        return None if status is None else IssueStatus(status)

    def _known(self, kiosk: str, visit: str, connection: Connection) -> Row:
        row = _ISSUE.first(connection, town=self.town, visit=visit)
        if row is None or row.kiosk != kiosk:
            raise Problem(Kind.NOT_FOUND)
        return row

    def _outcome(self, kiosk: str, report: OutcomeReport, connection: Connection) -> tuple[IssueState, str]:
        if report.result is Result.VOIDED and self.nonces.close(connection, kiosk, report.visit):
            # Given up before it was issued. The question for the issue may still be under way: it comes too late now.
            self.log.append(connection, "node_visit_closed", actor=kiosk, visit=report.visit, reason=report.reason)
            return IssueState(visit=report.visit, status=IssueStatus.VOIDED, numbers=[]), self.town
        row = self._known(kiosk, report.visit, connection)
        status = IssueStatus(report.result)
        if row.status == status:
            return _state(row), row.home
        if row.status in _FINAL or report.copies_printed > row.copies:
            raise Problem(Kind.OTHER_REQUEST)
        values: dict[str, str | int] = {
            "status": str(status),
            "reason": report.reason,
            "copies_printed": report.copies_printed,
        }
        _BECAME.do(connection, of_town=self.town, of_visit=report.visit, **values)
        self.log.append(connection, "node_outcome", actor=kiosk, visit=report.visit, **values)
        persons = json.decode(row.persons, type=list[int])
        self._tell_home(connection, row.home, report.visit, status, report.reason, persons, report.copies_printed)
        return _state(self._known(kiosk, report.visit, connection)), row.home


def _state(row: Row) -> IssueState:
    return IssueState(visit=row.visit, status=IssueStatus(row.status), numbers=json.decode(row.numbers, type=list[str]))


def recorded_status(place: Place, town: str, visit: str) -> IssueStatus | None:
    """What a town's node has written down of a visit, as issuing or as home town, whether the node runs or not; None if it never heard of
    an issue. Raises StorageError."""
    if isinstance(place, Path) and not place.exists():
        return None
    return read_once(place, partial(_recorded, town, visit))


def _recorded(town: str, visit: str, connection: Connection) -> IssueStatus | None:
    for table in (issues, given):
        here = (table.c.town == town, table.c.visit == visit)
        status = connection.execute(select(table.c.status).where(*here)).scalar_one_or_none()
        if status:
            return IssueStatus(status)
    return None
