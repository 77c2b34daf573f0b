"""Messages by which nodes know each other and tell each other: cards and notices, witnesses, the directory, the lists of what is revoked,
health. As in `jukinet.messages`: unknown fields are refused.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from jukinet.messages import (
    BodyName,
    Digest,
    IssueStatus,
    MemberNumber,
    Message,
    Number,
    Part,
    PrefectureCode,
    Reason,
    TownCode,
    VisitId,
    exactly,
)


class CardAsk(Message, frozen=True, kw_only=True):
    """POST /v1/cards/check at the centre: is this certificate valid, and whose resident is its holder?"""

    visit: VisitId
    certificate: Annotated[bytes, Meta(max_length=4096)]


class CardAnswer(Message, frozen=True, kw_only=True):
    town: TownCode


class IssueNotice(Message, frozen=True, kw_only=True):
    """POST /v1/notices/issues, issuing town -> home town through the outbox: what was issued and what became of it. `number` counts per
    sender, so that the receiver can drop what it has. `copies` were issued, or, once the outcome is known, came out whole."""

    number: Number
    visit: VisitId
    status: IssueStatus
    reason: Reason = ""
    persons: Annotated[list[MemberNumber], Meta(max_length=99)] = []
    copies: Annotated[int, Meta(ge=0, le=10)] = 0
    at: str


class IssueNotices(Message, frozen=True, kw_only=True):
    """POST /v1/notices/issues/batches: what has waited, in order. All are taken in or none; then they are sent one by one, so that the one
    that is refused is found."""

    notices: Annotated[list[IssueNotice], Meta(min_length=1, max_length=100)]


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"  # moved away, or struck out ex officio
    DECEASED = "deceased"  # removed, because of death; a register's own history knows that from the record


class Identity(Part, frozen=True, kw_only=True):
    """本人確認情報: these and no more (art. 30-6). `change` and `changed` are the 変更情報.

    The last two came later (個人番号 in 2015, 振り仮名 in 2025). None: this network's nodes are set to the six items of before."""

    resident_code: Annotated[str, exactly(r"[0-9]{11}")]
    name: str
    birth: str
    sex: Annotated[str, exactly(r"male|female|unknown")]
    address: str
    change: Change
    changed: str
    my_number: Annotated[str, exactly(r"([0-9]{12})?")] | None = None
    kana: str | None = None


class IdentityNotice(Message, frozen=True, kw_only=True):
    """POST /v1/notices/identities, town -> prefecture -> centre through the outbox."""

    number: Number
    town: TownCode
    identities: Annotated[list[Identity], Meta(max_length=1000)]


class WitnessAsk(Message, frozen=True, kw_only=True):
    """POST /v1/witness, node -> node: confirm this checkpoint of mine (a signed note). `path` proves that its first `old` lines are
    the ones confirmed before."""

    checkpoint: str
    old: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0
    path: Annotated[list[Digest], Meta(max_length=128)] = []


class Witnessed(Message, frozen=True, kw_only=True):
    """`cosignature` is the line to put under the note. Without one: prove it from `size` on, unless `split`: another history than the one
    confirmed at `size`."""

    size: int
    cosignature: str = ""
    split: bool = False


class Receipt(Message, frozen=True, kw_only=True):
    """Answer to a notice: the highest number taken in from this sender."""

    number: int


# -- directory --------------------------------------------------------------------------------------------------------


class Town(Part, frozen=True, kw_only=True):
    code: TownCode
    name: str  # with prefecture
    prefecture: PrefectureCode
    urls: list[str]  # tried in this order
    keys: list[dict[str, str]]  # public JWKs (EC P-256) with `kid`
    log_key: str = ""  # of its log's checkpoints, and as a witness: C2SP's vkey; "" where none is told
    seal_keys: list[dict[str, str]] = []  # of digital seals: likewise; former ones stay, since papers outlive keys
    opens: str = "08:30"
    closes: str = "17:00"


class Prefecture(Part, frozen=True, kw_only=True):
    code: PrefectureCode
    name: str
    urls: list[str]
    log_key: str = ""
    delegates: bool = True  # to the centre (art. 30-7 old: 委任)


class Directory(Message, frozen=True, kw_only=True):
    """GET /v1/directory: a JWS by the centre's directory key (`Signed.answer`). Usable offline with a stated age: `Health` tells it."""

    version: int
    issued: str
    centre_name: str
    centre_urls: list[str]
    centre_log_key: str = ""
    prefectures: list[Prefecture]
    towns: list[Town]
    agencies: list[BodyName] = []  # administrative bodies that may knock; what they may ask is the signed table's (agency_messages.py)


class Revocations(Message, frozen=True, kw_only=True):
    """GET /v1/revocations: the certificate revocation lists (RFC 5280) that this node goes by, PEM, one for each CA of the network."""

    lists: Annotated[bytes, Meta(max_length=6_000_000)]


class Health(Message, frozen=True, kw_only=True):
    """GET /v1/health. `hours` is open | closed, by the town's and the network's hours; closed too while the town has closed its doors for a
    while, and `closure` is then the class of reason.

    How old is what the node knows of the network, in seconds since it was signed: its directory (of version `directory`) and its
    revocation lists (of the numbers `crl`, one a CA). `stale` says which of them is too old to issue on, "" when none is.
    """

    node: str
    hours: str
    directory: int
    directory_age: int = 0
    crl: list[int] = []
    crl_age: int = 0
    stale: str = ""
    fee: int = 0
    opens: str = ""
    closes: str = ""
    closure: str = ""
