"""Every request and answer of the register network as a typed struct. Unknown fields are refused.

Dates of the register are texts, because a register holds dates that no calendar has: "2019-05-01" where it is exact, else one of
the 14 forms of unknown dates as written ("昭和30年頃", "年月日不詳"). Instants are RFC 3339 in UTC. Binary fields travel as base64.

A signed answer is a JWS (RFC 7515, compact, ES256) whose payload is `Claims`; `Claims.body` is one of the bodies below. It is
signed by the key of the municipality that answers and passed on untouched, so what the kiosk reads is what the home town wrote.

Wide-area copies (住民基本台帳法 12条の4) never carry 本籍, 筆頭者 or the items 9 to 12 and 14 of art. 7: there are no such fields here.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import DecodeError, Meta, Struct

VERSION = 1

# What reading bytes that are no message raises: not this JSON, not UTF-8, nested deeper than any message.
UNREADABLE = (DecodeError, UnicodeDecodeError, RecursionError)


def exactly(pattern: str) -> Meta:
    """The whole text. `$` alone would also stand before a line's end at the end, here and not in JSON Schema; likewise `\\d` is any
    script's digit here and one of ten there."""
    return Meta(pattern=rf"^(?:{pattern})$(?!\n)")


VisitId = Annotated[str, exactly(r"[0-9A-HJKMNP-TV-Z]{26}")]  # ULID, made by the kiosk
TownCode = Annotated[str, exactly(r"[0-9]{5}")]  # 団体コード without its check digit
PrefectureCode = Annotated[str, exactly(r"[0-9]{2}")]
KioskName = Annotated[str, exactly(r"[a-z0-9-]{1,32}")]
BodyName = Annotated[str, exactly(r"[a-z0-9-]{1,32}")]  # of an administrative body
StatusWord = Annotated[str, exactly(r"[a-z_]{1,32}")]
Reason = Annotated[str, exactly(r"[a-z_]{0,32}")]
FindingId = Annotated[str, exactly(r"[a-z_]{1,32}\.(warning|bad)")]
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]  # what every reader of JSON holds exactly (RFC 8259, 6)
MemberNumber = Annotated[int, Meta(ge=1, le=9999)]  # Member.number
Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]  # SHA-256
MOST_LOOKS = 50  # in one answer: some 100 kB with their proofs


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """`v` is the version of this page."""

    v: Annotated[int, Meta(ge=1, le=VERSION)] = VERSION


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a message."""


# -- who asks ---------------------------------------------------------------------------------------------------------


class NonceAsk(Message, frozen=True, kw_only=True):
    """POST /v1/nonces. A visit's first words to its own town."""

    visit: VisitId
    seen: str = ""  # the town's last checkpoint that this kiosk was shown, a signed note: so kiosks are witnesses


class Growth(Part, frozen=True, kw_only=True):
    """The town's newest checkpoint as a signed note, and the proof that the lines of the one that was `seen` are still the first of it
    (RFC 6962, 2.1.2); no proof where nothing was seen or nothing has come since."""

    checkpoint: str
    path: Annotated[list[Digest], Meta(max_length=128)] = []


class Nonce(Message, frozen=True, kw_only=True):
    visit: VisitId
    nonce: Digest
    expires: str
    log: Growth | None = None


class CardProof(Part, frozen=True, kw_only=True):
    """That the card is here and its holder typed the PIN: the card's signature (RSASSA-PKCS1-v1_5, SHA-256) over
    `proof_message(visit, nonce, kiosk)` and the certificate for user authentication (DER) it verifies with."""

    certificate: Annotated[bytes, Meta(max_length=4096)]
    signature: Annotated[bytes, Meta(max_length=512)]


def proof_message(visit: str, nonce: bytes, kiosk: str) -> bytes:
    """What the card signs. Bound to visit and kiosk (its bare name, "k1"), so that a proof cannot be carried elsewhere."""
    return b"jukinet-proof-1\n" + visit.encode("ascii") + b"\n" + kiosk.encode("ascii") + b"\n" + nonce


# -- what is asked ----------------------------------------------------------------------------------------------------


class Item(StrEnum):
    """Items that stand on a wide-area copy only when asked for (art. 12-4(4))."""

    RELATIONSHIP = "relationship"  # 世帯主・続柄 (art. 7 item 4)
    MY_NUMBER = "my_number"  # 個人番号 (8-2)
    RESIDENT_CODE = "resident_code"  # 住民票コード (13)


class HouseholdAsk(Message, frozen=True, kw_only=True):
    """POST /v1/households. Who is in my household? kiosk -> own town -> home town, byte for byte the same."""

    visit: VisitId
    nonce: Digest
    town: TownCode  # the kiosk's
    kiosk: KioskName
    proof: CardProof


class ExtractAsk(Message, frozen=True, kw_only=True):
    """POST /v1/extracts. The record of these members, with these optional items and no others."""

    visit: VisitId
    nonce: Digest
    town: TownCode
    kiosk: KioskName
    proof: CardProof
    persons: Annotated[list[MemberNumber], Meta(min_length=1, max_length=99)]
    items: list[Item]


class IssueAsk(Message, frozen=True, kw_only=True):
    """POST /v1/issues. Idempotent by `visit`: the same bytes give the same answer, other bytes a 422."""

    visit: VisitId
    nonce: Digest
    town: TownCode
    kiosk: KioskName
    extract: Annotated[str, Meta(max_length=262_144)]  # the home town's JWS, untouched
    copies: Annotated[int, Meta(ge=1, le=10)]
    pages: Annotated[int, Meta(ge=1, le=99)] = 1  # sheets a copy


class Result(StrEnum):
    PRINTED = "printed"
    VOIDED = "voided"
    UNKNOWN = "unknown"


class OutcomeReport(Message, frozen=True, kw_only=True):
    """POST /v1/issues/{visit}/outcome. What became of the paper. Idempotent; `unknown` may later be settled, the others are final."""

    visit: VisitId
    result: Result
    reason: Reason = ""
    copies_printed: Annotated[int, Meta(ge=0, le=10)] = 0


class IssueStatus(StrEnum):
    ISSUED = "issued"
    PRINTED = "printed"
    VOIDED = "voided"
    UNKNOWN = "unknown"


class IssueState(Message, frozen=True, kw_only=True):
    """GET /v1/issues/{visit}, and the answer to an OutcomeReport."""

    visit: VisitId
    status: IssueStatus
    numbers: list[str]  # issue numbers, no personal data


# -- signed answers ---------------------------------------------------------------------------------------------------


class Member(Part, frozen=True, kw_only=True):
    """As much as the resident needs to choose."""

    number: int
    name: str
    kana: str = ""
    holder: bool = False  # whose card it is


class Household(Part, frozen=True, kw_only=True, tag="household"):
    town: TownCode
    town_name: str  # with prefecture: 岐阜県不破郡垂井町
    members: list[Member]
    items: list[Item]  # those that may be asked for


class ForeignItems(Part, frozen=True, kw_only=True):
    """外国人住民 (art. 30-45). Empty where the kind of residence has none."""

    nationality: str
    status: str = ""  # 在留資格
    period: str = ""  # 在留期間等
    expires: str = ""  # 満了の日, western calendar
    card_number: str = ""  # 在留カード等の番号
    became: str = ""  # 外国人住民となった年月日


class Person(Part, frozen=True, kw_only=True):
    number: int
    name: str  # may hold variation sequences
    kana: str = ""  # 氏名の振り仮名
    latin_name: str = ""  # foreigners: 氏名(アルファベット)
    alias: str = ""  # 通称
    former_name: str = ""  # 旧氏
    former_kana: str = ""
    birth: str
    sex: Annotated[str, exactly(r"male|female|unknown")]
    became_resident: str = ""  # 住民となった年月日; foreigners: in `foreign`
    address_since: str = ""  # 住所を定めた年月日
    notified: str = ""  # 届出の年月日
    previous_address: str = ""  # 従前の住所
    relationship: str | None = None  # optional items: None = not asked for
    my_number: str | None = None
    resident_code: str | None = None
    foreign: ForeignItems | None = None


class Extract(Part, frozen=True, kw_only=True, tag="extract"):
    """Art. 12-4(3): what the home town notifies. One address, since it is one household."""

    town: TownCode
    town_name: str
    address: str
    building: str = ""  # 方書, never dropped
    head: str | None = None  # 世帯主; only with Item.RELATIONSHIP
    whole_household: bool
    persons: list[Person]


class Issuer(Part, frozen=True, kw_only=True):
    """Whose copy it is: the kiosk's town."""

    town: TownCode
    town_name: str
    title: str  # 職名, with the prefecture: 岐阜県不破郡垂井町長
    name: str


class Copy(Part, frozen=True, kw_only=True):
    """One sheet or set. `number` in its fixed form but for page/pages; `seal` is the text of the digital seal."""

    serial: int
    number: str
    seal: str


class Issue(Part, frozen=True, kw_only=True, tag="issue"):
    """Signed by the kiosk's town. `extract` is the SHA-256 of the home town's JWS it was issued on."""

    issuer: Issuer
    date: str
    statement: str  # 認証文
    extract: Digest
    copies: list[Copy]
    fee: int = 0


class Leaving(StrEnum):
    """How far a move is at the old town."""

    NOTICED = "noticed"  # the notice is taken
    SENT = "sent"  # the moving-out certificate is on its way
    TOLD = "told"  # the new town has it
    ARRIVED = "arrived"  # the new town has entered them
    CLOSED = "closed"  # their records are removed (除票)
    LAPSED = "lapsed"  # nobody came in time: the paper way is left
    UNDELIVERED = "undelivered"  # the new town cannot take it: the paper way is left


class Arriving(StrEnum):
    """How far a move is at the new town."""

    EXPECTED = "expected"  # the certificate has come
    FILED = "filed"  # the moving-in notice is taken; the counter looks at it
    CONFIRMED = "confirmed"  # by the counter
    ENTERED = "entered"  # in the register
    COMPLETE = "complete"  # and the old town has closed its records
    LAPSED = "lapsed"


class Move(Part, frozen=True, kw_only=True):
    """As much as its people need to know where it is. None for a side that could not be asked, or has nothing of it yet."""

    move: VisitId  # the visit in which the notice of moving out was given
    origin: TownCode
    destination: TownCode
    leaves: str  # the day that was given when moving out
    until: str  # the last day for the moving-in notice by card
    persons: int
    leaving: Leaving | None = None
    arriving: Arriving | None = None
    number: int = 0  # at the new town's counter, once the notice is taken there
    carry_on_until: str = ""  # the last day to carry this card on; "" when nothing is to be done


class Moves(Part, frozen=True, kw_only=True, tag="moves"):
    """Moves of a card's holder, newest first."""

    town: TownCode
    moves: list[Move]


class Logged(Part, frozen=True, kw_only=True):
    """That a line stands in a node's log (RFC 6962): the line, its place, the hashes beside its way to the root, lowest first, and the
    checkpoint with that root as a signed note (jukinet/notes.py)."""

    entry: str
    index: Annotated[int, Meta(ge=0)]
    path: Annotated[list[Digest], Meta(max_length=64)]
    checkpoint: str


class Look(Part, frozen=True, kw_only=True):
    """One time that somebody looked at a person's record: the line of a log that says so, with its proof. `subject` is the person as that
    log names him or her. A line about several persons to an administrative body names them by the root of a tree of their own: `place`
    and `path` are the person's in it. `told` are the items that the body did not know. `times`: of a mass run the newest line stands for
    all of one body and affair, and says how many there are."""

    logged: Logged
    subject: Annotated[str, exactly(r"[0-9a-f]{32}")]
    place: Annotated[int, Meta(ge=0)] = 0
    path: Annotated[list[Digest], Meta(max_length=64)] = []
    told: Annotated[list[StatusWord], Meta(max_length=8)] = []
    times: Annotated[int, Meta(ge=1)] = 1


class Looks(Part, frozen=True, kw_only=True, tag="looks"):
    """Who looked at the record of a card's holder, newest first, since the day `since`. `more`: there are older ones, which are not told
    here. `agencies` is the signed table of bodies and affairs (agency_messages.py), untouched, "" where there is none."""

    town: TownCode
    since: str
    looks: Annotated[list[Look], Meta(max_length=MOST_LOOKS)]
    more: bool = False
    agencies: str = ""


Body = Household | Extract | Issue | Moves | Looks


class Claims(Message, frozen=True, kw_only=True):
    """Payload of a signed answer. The kiosk prints only if visit, nonce, card, kiosk and request equal *its own* memory."""

    visit: VisitId
    nonce: Digest
    card: Digest  # SHA-256 of the card certificate's DER
    kiosk: Annotated[str, exactly(r"jukinet://kiosk/[0-9]{5}/[a-z0-9-]{1,32}")]
    request: Digest  # SHA-256 of the question's bytes as sent by the kiosk
    node: TownCode  # who answers and signs
    issued: str
    expires: str
    body: Body


class Signed(Message, frozen=True, kw_only=True):
    """The answer on the wire. `logged` proves that whoever signed it also wrote down that it did."""

    answer: str
    logged: Logged | None = None


# -- beside visits -----------------------------------------------------------------------------------------------------


class KioskStatus(Message, frozen=True, kw_only=True):
    """POST /v1/kiosks/status. How a terminal is, each minute while nobody is at it and after each visit, for those who look after it.

    Nothing of whoever was there: `visit_ended` is an instant, null before the first visit since the start. A finding is
    "WHAT.warning" (works, not for long) or "WHAT.bad" (nobody can be served).
    """

    town: TownCode
    kiosk: KioskName
    version: Annotated[str, exactly(r"[0-9A-Za-z.+-]{1,32}")]
    state: StatusWord
    paper: StatusWord
    reader: StatusWord
    visit_ended: Annotated[datetime, Meta(tz=True)] | None = None
    findings: Annotated[list[FindingId], Meta(max_length=32)] = []


class Use(StrEnum):
    """Of an opinion: would they use it?"""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class OpinionAsk(Message, frozen=True, kw_only=True):
    """POST /v1/opinions. What somebody at a kiosk thinks of a service under discussion: one choice and one mark, without card or name.

    Which kiosk and which visit it was are not said: the town keeps counts by day. `rating`: 5 is very much needed.
    """

    town: TownCode
    about: Annotated[str, exactly(r"[a-z]{1,32}")]
    use: Use
    rating: Annotated[int, Meta(ge=1, le=5)]


class Heard(Message, frozen=True, kw_only=True):
    """Answer to what needs none."""
