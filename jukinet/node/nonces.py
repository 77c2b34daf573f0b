"""Nonces: a visit's first words to its own town, and what may be asked under them.

A nonce belongs to one visit of one kiosk, then to the first card that proves with it. Under it one household is asked for, and
records of it until a copy is issued: a resident who goes back and chooses other persons asks again. The same question may come
again, since answers get lost; another card, another kiosk or a nonce of another visit is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from jukinet.errors import Kind, Problem
from jukinet.messages import ExtractAsk, HouseholdAsk, IssueAsk
from jukinet.move_messages import MovesAsk
from jukinet.node.audit.log import AuditLog, instant
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import issues, questions, visits

BYTES = 32
# A resident may think, be given more time and go back; a forgotten visit must not stay open into the next hour.
LIFETIME = timedelta(minutes=30)
# Beyond this a nonce is not told apart from one that was never given.
KEPT = timedelta(days=1)


class Question(StrEnum):
    HOUSEHOLD = "household"
    EXTRACT = "extract"
    MOVE = "move"
    DISCLOSURE = "disclosure"


# Before any instant: of a visit that was given up.
NEVER = ""
# Who changes persons and items more often than this is a program.
MOST_ASKED = {Question.HOUSEHOLD: 1, Question.EXTRACT: 16, Question.MOVE: 16, Question.DISCLOSURE: 4}


_TOWN: BindParameter[str] = bindparam("town")
_VISIT = Prepared(select(visits).where(visits.c.town == _TOWN, visits.c.visit == bindparam("visit")))
_GIVEN = Prepared(select(visits.c.visit).where(visits.c.town == _TOWN, visits.c.nonce == bindparam("nonce")))
_ASKED = Prepared(select(questions.c.digest, questions.c.kind).where(questions.c.town == _TOWN, questions.c.visit == bindparam("visit")))
_ISSUED = Prepared(select(issues.c.visit).where(issues.c.town == _TOWN, issues.c.visit == bindparam("visit")))
_GIVE = Prepared(insert(visits).values({name: bindparam(name) for name in ("town", "visit", "kiosk", "nonce", "expires")}))
_ASK = Prepared(insert(questions))
# Named apart from the columns, which are what they set.
_OF_VISIT = update(visits).where(visits.c.town == bindparam("of_town"), visits.c.visit == bindparam("of_visit"))
_PROVED = Prepared(_OF_VISIT.values(card=bindparam("card")))
_LIVES = Prepared(_OF_VISIT.values(home=bindparam("home")))


@dataclass(frozen=True)
class Nonces:
    """Each method runs inside a job of the issue store."""

    town: str
    log: AuditLog
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def give(self, connection: Connection, kiosk: str, visit: str) -> tuple[bytes, str]:
        """Nonce and when it expires. Asked again, the same ones: the visit's answer was lost. Raises Problem(OTHER_REQUEST)."""
        row = _VISIT.first(connection, town=self.town, visit=visit)
        if row is not None:
            if row.kiosk != kiosk:
                raise Problem(Kind.OTHER_REQUEST)
            return row.nonce, row.expires
        nonce, expires = self.entropy(BYTES), instant(self.clock() + LIFETIME)
        _GIVE.do(connection, town=self.town, visit=visit, kiosk=kiosk, nonce=nonce, expires=expires)
        self.log.append(connection, "node_nonce_given", actor=kiosk, visit=visit)
        return nonce, expires

    def check(
        self, connection: Connection, kiosk: str, ask: HouseholdAsk | ExtractAsk | IssueAsk | MovesAsk
    ) -> tuple[bytes | None, str | None]:
        """Card and home town known so far.

        Raises Problem: PROOF with `nonce` (never given) or `expired`, REPLAY with `nonce` (given to another visit or kiosk).
        """
        row = _VISIT.first(connection, town=self.town, visit=ask.visit)
        if row is None or row.nonce != ask.nonce:
            known = _GIVEN.first(connection, town=self.town, nonce=ask.nonce)
            raise Problem(Kind.PROOF if known is None else Kind.REPLAY, "nonce")
        if row.kiosk != kiosk:
            raise Problem(Kind.REPLAY, "nonce")
        if row.expires < instant(self.clock()):
            raise Problem(Kind.PROOF, "expired")
        return row.card, row.home

    def use(
        self, connection: Connection, kiosk: str, ask: HouseholdAsk | ExtractAsk | MovesAsk, card: bytes, what: Question, digest: bytes
    ) -> str | None:
        """Takes down that `card` asks this. Returns the home town if it is known.

        Raises Problem: as `check`; REPLAY with `card` when another card had proved; OTHER_REQUEST when the visit asked something
        before that this contradicts, or its copy is issued.
        """
        known, home = self.check(connection, kiosk, ask)
        if known is not None and known != card:
            raise Problem(Kind.REPLAY, "card")
        if known is None:
            _PROVED.do(connection, of_town=self.town, of_visit=ask.visit, card=card)
        asked = {row.digest: row.kind for row in _ASKED.all(connection, town=self.town, visit=ask.visit)}
        if digest not in asked:
            if list(asked.values()).count(what) >= MOST_ASKED[what] or self._issued(connection, ask.visit):
                raise Problem(Kind.OTHER_REQUEST)
            _ASK.do(connection, town=self.town, visit=ask.visit, digest=digest, kind=str(what))
        return home

    def remember_home(self, connection: Connection, visit: str, home: str) -> None:
        _LIVES.do(connection, of_town=self.town, of_visit=visit, home=home)

    def asked_records(self, connection: Connection, visit: str) -> list[bytes]:
        """Digests of the questions for records that were asked in this visit."""
        rows = _ASKED.all(connection, town=self.town, visit=visit)
        return [row.digest for row in rows if row.kind == Question.EXTRACT]

    def close(self, connection: Connection, kiosk: str, visit: str) -> bool:
        """Ends a visit that has no issue: its nonce is worth nothing from now on. False: it has one, or is not this kiosk's."""
        if self._issued(connection, visit):
            return False
        mine = (visits.c.town == self.town, visits.c.visit == visit, visits.c.kiosk == kiosk)
        return connection.execute(update(visits).where(*mine).values(expires=NEVER)).rowcount > 0

    def forget(self, connection: Connection) -> None:
        """Drops visits that ended long ago, with what they asked: which card was where is nobody's business tomorrow."""
        ended = select(visits.c.visit).where(visits.c.town == self.town, visits.c.expires < instant(self.clock() - KEPT))
        connection.execute(delete(questions).where(questions.c.town == self.town, questions.c.visit.in_(ended)))
        connection.execute(delete(visits).where(visits.c.town == self.town, visits.c.visit.in_(ended)))

    def _issued(self, connection: Connection, visit: str) -> bool:
        return _ISSUED.first(connection, town=self.town, visit=visit) is not None
