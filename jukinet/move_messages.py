"""Messages of a move by card (転入転出の特例, art. 24-2): what a kiosk asks, and what passes between the old town, the new town and whoever
keeps the cards. As in `jukinet.messages`: unknown fields are refused, dates of the register are texts.

The moving-out certificate is the one message that carries 本籍 and 筆頭者. It goes from town to town, signed by the old one; prefecture,
centre and kiosks never see it.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from jukinet.messages import (
    Arriving,
    CardProof,
    Digest,
    ForeignItems,
    KioskName,
    Leaving,
    MemberNumber,
    Message,
    Number,
    Part,
    TownCode,
    VisitId,
    exactly,
)

Day = Annotated[str, exactly(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]")]
Sex = Annotated[str, exactly(r"male|female|unknown")]
MOST_MOVERS = 99

# -- a kiosk asks its own town; the answer is `Signed` with `Moves` ----------------------------------------------------


class MovesAsk(Message, frozen=True, kw_only=True):
    """POST /v1/moves. Where are we? kiosk -> own town -> home town, byte for byte the same."""

    visit: VisitId
    nonce: Digest
    town: TownCode  # the kiosk's
    kiosk: KioskName
    proof: CardProof


class MoveOutAsk(MovesAsk, frozen=True, kw_only=True):
    """POST /v1/moves/out: the notice of moving out (転出届), likewise passed on. The visit becomes the move's name."""

    persons: Annotated[list[MemberNumber], Meta(min_length=1, max_length=MOST_MOVERS)]
    leaves: Day  # 転出予定年月日
    destination: TownCode


class MoveInAsk(MovesAsk, frozen=True, kw_only=True):
    """POST /v1/moves/in: the notice of moving in (転入届), at a kiosk of the new town, which answers itself."""

    move: VisitId
    moved: Day  # 転入をした年月日


class CarryOnAsk(MovesAsk, frozen=True, kw_only=True):
    """POST /v1/moves/cards: carry this card on at the new town (継続利用), likewise answered there. Idempotent."""

    move: VisitId


# -- between the two towns --------------------------------------------------------------------------------------------


class Mover(Part, frozen=True, kw_only=True):
    """Items of a moving-out certificate: art. 7 items 1 to 5, 8-2 and 13, the standing in insurances, pension and child allowance
    (Order 23), and for foreign residents art. 30-45. `cards` are those that may be carried on: SHA-256 of their certificates."""

    name: str
    kana: str = ""
    latin_name: str = ""
    alias: str = ""
    former_name: str = ""
    former_kana: str = ""
    birth: str
    sex: Sex
    relationship: str
    my_number: str
    resident_code: Annotated[str, exactly(r"[0-9]{11}")]
    domicile: str = ""  # 本籍
    family_head: str = ""  # 筆頭者
    health_insurance: str = ""
    elderly_insurance: str = ""
    care_insurance: str = ""
    pension: str = ""
    child_allowance: str = ""
    foreign: ForeignItems | None = None
    cards: Annotated[list[Digest], Meta(max_length=16)] = []


class MoveCertificate(Message, frozen=True, kw_only=True):
    """転出証明書情報, the payload of a JWS by the old town's key."""

    move: VisitId
    origin: TownCode
    destination: TownCode
    noticed: Day
    leaves: Day
    address: str  # to be left
    building: str = ""
    movers: Annotated[list[Mover], Meta(min_length=1, max_length=MOST_MOVERS)]


class CertificateNotice(Message, frozen=True, kw_only=True):
    """POST /v1/notices/certificates, old town -> new town through the outbox."""

    number: Number
    move: VisitId
    certificate: Annotated[str, Meta(max_length=262_144)]


class Step(StrEnum):
    """What one town tells the other of a move."""

    RECEIVED = "received"  # the new town has the certificate
    ENTERED = "entered"  # 転入通知 (art. 9(1))
    LAPSED = "lapsed"
    CLOSED = "closed"  # the old town has removed the records


class StepNotice(Message, frozen=True, kw_only=True):
    """POST /v1/notices/moves, either way through the outbox. `moved` is the day of moving in, with ENTERED."""

    number: Number
    move: VisitId
    step: Step
    moved: Annotated[str, exactly(r"([0-9]{4}-[0-9][0-9]-[0-9][0-9])?")] = ""


class WhereAsk(Message, frozen=True, kw_only=True):
    """POST /v1/moves/where, one town of a move asks the other."""

    move: VisitId


class Where(Message, frozen=True, kw_only=True):
    """One of the two sides."""

    leaving: Leaving | None = None
    arriving: Arriving | None = None
    number: int = 0


# -- to whoever keeps the cards ---------------------------------------------------------------------------------------


class CardChange(Part, frozen=True, kw_only=True):
    """Where its holder lives now; or, with `revoked`, why it is void (`jukinet.revoked`); or, with `issued`, that the sender has handed it
    out to a resident of its own: the one change that makes a card known to whoever keeps them."""

    certificate: Digest
    home: TownCode
    revoked: Annotated[str, exactly(r"[A-Za-z]{0,32}")] = ""
    issued: bool = False


class CardNotice(Message, frozen=True, kw_only=True):
    """POST /v1/notices/cards, town -> centre, and to its prefecture when that one keeps cards itself. A town speaks of its own residents'
    cards only."""

    number: Number
    cards: Annotated[list[CardChange], Meta(min_length=1, max_length=1600)]
