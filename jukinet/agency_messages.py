"""What administrative bodies ask and are told (住民基本台帳法 30条の9 and following), and the table that says which may ask what.

A page of its own beside `messages.py`: bodies speak to the centre or a prefecture only, and no kiosk, town or resident ever sees these.

A question names one person by all four items (氏名, 生年月日, 性別, 住所), or by 住民票コード where the affair allows it. There is no
question for several persons at once that would fit a part of an item: no wildcard exists. The answer is one word, and of the items only
those that the affair's line in the table lists, and of these only what the body did not know.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from jukinet.messages import BodyName, Message, Part, VisitId, exactly

MOST_PERSONS = 250  # a piece of a batch: some 40 kB, and 4 ms of the writer, which single questions wait for

AffairId = Annotated[str, exactly(r"[a-z0-9-]{1,40}")]
ResidentCode = Annotated[str, exactly(r"[0-9]{11}")]
BatchId = VisitId  # a ULID too, made by the body
# As written in the register, or typed from a form. Signs that stand for anything elsewhere are refused, so that nobody believes they do.
Full = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"^[^*?%＊？％\x00-\x1f]+$(?!\n)")]


class BodyKind(StrEnum):
    STATE = "state"  # 国の機関等
    PREFECTURE = "prefecture"  # 都道府県の執行機関
    MUNICIPALITY = "municipality"  # 市町村の執行機関
    PRIVATE = "private"  # 民間: refused always (art. 30-38)


class IdentityItem(StrEnum):
    """The six items, and the two of today's set."""

    NAME = "name"
    BIRTH = "birth"
    SEX = "sex"
    ADDRESS = "address"
    RESIDENT_CODE = "resident_code"
    CHANGE = "change"  # 変更情報: since when it is so
    MY_NUMBER = "my_number"
    KANA = "kana"


FOUR = (IdentityItem.NAME, IdentityItem.BIRTH, IdentityItem.SEX, IdentityItem.ADDRESS)


class FindBy(StrEnum):
    FOUR = "four"
    CODE = "code"


class Form(StrEnum):
    SINGLE = "single"  # 即時提供: one question, answered at once
    BATCH = "batch"  # 一括提供: a file in, a file out


class Embargo(StrEnum):
    """When a person who asks is shown that this was told of them."""

    NONE = "none"  # at once
    LATER = "later"  # after the time that the law sets (investigations, family courts)
    COUNTS = "counts"  # mass runs: how often, not each


# -- the table --------------------------------------------------------------------------------------------------------


class Body(Part, frozen=True, kw_only=True):
    """jukinet://agency/NAME. `prefecture`: of a body of that prefecture or of a municipality in it; "" for the state's."""

    name: BodyName
    title: str
    kind: BodyKind
    prefecture: Annotated[str, exactly(r"([0-9]{2})?")] = ""


class Grant(Part, frozen=True, kw_only=True):
    """One line: this body may for this affair, on this ground, ask in these forms, find by these, and be told these items."""

    body: BodyName
    affair: AffairId
    title: str
    ground: Annotated[str, Meta(min_length=1, max_length=60)]  # the law and its article
    find_by: Annotated[list[FindBy], Meta(min_length=1)]
    forms: Annotated[list[Form], Meta(min_length=1)]
    items: list[IdentityItem] = []
    embargo: Embargo = Embargo.NONE


class AgencyTable(Message, frozen=True, kw_only=True):
    """A JWS by the key that signs the directory. What is not in it may not be asked."""

    version: Annotated[int, Meta(ge=1)]
    issued: str
    bodies: list[Body]
    grants: list[Grant]


# -- asking -----------------------------------------------------------------------------------------------------------


class FourItems(Part, frozen=True, kw_only=True):
    """All of them, in full."""

    name: Full
    birth: Full
    sex: Annotated[str, exactly(r"male|female|unknown")]
    address: Full


class Sought(Part, frozen=True, kw_only=True):
    """One person. With both, both must lead to the same one."""

    four: FourItems | None = None
    resident_code: ResidentCode | None = None


class CheckAsk(Message, frozen=True, kw_only=True):
    """POST /v1/agencies/checks."""

    affair: AffairId
    sought: Sought


class BatchAsk(Message, frozen=True, kw_only=True):
    """POST /v1/agencies/batches. One piece of a file. Idempotent by batch and piece: asked again, it is answered again and counted once;
    another content under the same numbers is a 422."""

    affair: AffairId
    batch: BatchId
    piece: Annotated[int, Meta(ge=0, le=1_000_000)]
    persons: Annotated[list[Sought], Meta(min_length=1, max_length=MOST_PERSONS)]


class Verdict(StrEnum):
    MATCH = "match"  # recorded, and as was asked
    CHANGED = "changed"  # recorded, but not as was asked: or moved away and not yet recorded elsewhere
    DECEASED = "deceased"
    NOT_FOUND = "not_found"  # nobody, or not one person only


class Told(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Items of the person that the body did not know and may know."""

    name: str | None = None
    birth: str | None = None
    sex: str | None = None
    address: str | None = None
    resident_code: str | None = None
    change: str | None = None  # the day of the last change
    my_number: str | None = None
    kana: str | None = None


class Finding(Part, frozen=True, kw_only=True, omit_defaults=True):
    verdict: Verdict
    changed: list[IdentityItem] = []  # those of the affair's items which differ
    told: Told | None = None


class CheckAnswer(Message, frozen=True, kw_only=True):
    finding: Finding


class BatchAnswer(Message, frozen=True, kw_only=True):
    """In the order of the question."""

    batch: BatchId
    piece: int
    findings: list[Finding]
