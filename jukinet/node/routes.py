"""What can be asked of a node: one table. Whoever is not in a row's `peers` may not ask it, and a node whose role is not in `roles`
does not have it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from jukinet.agency_messages import BatchAnswer, BatchAsk, CheckAnswer, CheckAsk
from jukinet.disclosure_messages import DisclosureAsk, Provisions, ProvisionsAsk
from jukinet.messages import (
    ExtractAsk,
    Heard,
    HouseholdAsk,
    IssueAsk,
    IssueState,
    KioskStatus,
    Message,
    Nonce,
    NonceAsk,
    OpinionAsk,
    OutcomeReport,
    Signed,
)
from jukinet.move_messages import CardNotice, CarryOnAsk, CertificateNotice, MoveInAsk, MoveOutAsk, MovesAsk, StepNotice, Where, WhereAsk
from jukinet.node.freshness import Work
from jukinet.node_messages import (
    CardAnswer,
    CardAsk,
    Health,
    IdentityNotice,
    IssueNotice,
    IssueNotices,
    Receipt,
    Revocations,
    WitnessAsk,
    Witnessed,
)
from jukinet.peers import Peer, PeerKind


class Answering(Protocol):
    """The node behind the routes. Each question comes with the peer that asks and with its bytes as sent; `no` is a Problem."""

    async def nonce(self, peer: Peer, ask: NonceAsk, raw: bytes) -> Nonce: ...
    async def household(self, peer: Peer, ask: HouseholdAsk, raw: bytes) -> Signed: ...
    async def extract(self, peer: Peer, ask: ExtractAsk, raw: bytes) -> Signed: ...
    async def issue(self, peer: Peer, ask: IssueAsk, raw: bytes) -> Signed: ...
    async def issue_state(self, peer: Peer, visit: str) -> IssueState: ...
    async def outcome(self, peer: Peer, ask: OutcomeReport, raw: bytes) -> IssueState: ...
    async def check_card(self, peer: Peer, ask: CardAsk, raw: bytes) -> CardAnswer: ...
    async def issue_notice(self, peer: Peer, ask: IssueNotice, raw: bytes) -> Receipt: ...
    async def issue_notices(self, peer: Peer, ask: IssueNotices, raw: bytes) -> Receipt: ...
    async def identity_notice(self, peer: Peer, ask: IdentityNotice, raw: bytes) -> Receipt: ...
    async def moves(self, peer: Peer, ask: MovesAsk, raw: bytes) -> Signed: ...
    async def move_out(self, peer: Peer, ask: MoveOutAsk, raw: bytes) -> Signed: ...
    async def move_in(self, peer: Peer, ask: MoveInAsk, raw: bytes) -> Signed: ...
    async def carry_on(self, peer: Peer, ask: CarryOnAsk, raw: bytes) -> Signed: ...
    async def certificate_notice(self, peer: Peer, ask: CertificateNotice, raw: bytes) -> Receipt: ...
    async def move_notice(self, peer: Peer, ask: StepNotice, raw: bytes) -> Receipt: ...
    async def card_notice(self, peer: Peer, ask: CardNotice, raw: bytes) -> Receipt: ...
    async def where_is(self, peer: Peer, ask: WhereAsk, raw: bytes) -> Where: ...
    async def disclosure(self, peer: Peer, ask: DisclosureAsk, raw: bytes) -> Signed: ...
    async def provisions(self, peer: Peer, ask: ProvisionsAsk, raw: bytes) -> Provisions: ...
    async def agency_check(self, peer: Peer, ask: CheckAsk, raw: bytes) -> CheckAnswer: ...
    async def agency_batch(self, peer: Peer, ask: BatchAsk, raw: bytes) -> BatchAnswer: ...
    async def confirm(self, peer: Peer, ask: WitnessAsk, raw: bytes) -> Witnessed: ...
    async def kiosk_status(self, peer: Peer, ask: KioskStatus, raw: bytes) -> Heard: ...
    async def opinion(self, peer: Peer, ask: OpinionAsk, raw: bytes) -> Heard: ...
    async def health(self, peer: Peer) -> Health: ...
    async def directory(self, peer: Peer) -> Signed: ...
    async def revocations(self, peer: Peer) -> Revocations: ...
    def note(self, kind: str, **fields: str | int) -> None:
        """Records what happened to the transport itself: an entry of `assets/events.toml`."""

    def refused(self, who: str, reason: str) -> None:
        """Records a refusal that the node's transport made: a handshake, a peer, a message. `who` is an address or a peer's URI."""


Deed = Callable[[Answering], Callable[..., Awaitable[Message]]]


@dataclass(frozen=True)
class Route:
    """`shape` None: nothing is sent along. A path with {visit} hands the visit's id to a deed without shape. `work` says how old the
    directory and the revocation lists may be; what a node answers to nodes is issuing when a kiosk asks."""

    method: str
    path: str
    shape: type[Message] | None
    deed: Deed
    peers: frozenset[PeerKind]
    roles: frozenset[PeerKind]
    work: Work


_A = TypeVar("_A", bound=Message)
_KIOSK, _TOWN, _PREFECTURE, _CENTRE = PeerKind.KIOSK, PeerKind.MUNICIPALITY, PeerKind.PREFECTURE, PeerKind.CENTRE


def _post(
    path: str,
    shape: type[_A],
    deed: Callable[[Answering], Callable[[Peer, _A, bytes], Awaitable[Message]]],
    peers: set[PeerKind],
    roles: set[PeerKind],
    work: Work = Work.STATUS,
) -> Route:
    return Route("POST", path, shape, deed, frozenset(peers), frozenset(roles), work)


def _get(path: str, deed: Callable[[Answering], Callable[..., Awaitable[Message]]], peers: set[PeerKind], roles: set[PeerKind]) -> Route:
    return Route("GET", path, None, deed, frozenset(peers), frozenset(roles), Work.STATUS)


_NODES = {_TOWN, _PREFECTURE, _CENTRE}
_AGENCY = PeerKind.AGENCY

ROUTES: tuple[Route, ...] = (
    # path, shape, deed, who may ask, which nodes answer, what for
    _post("/v1/nonces", NonceAsk, lambda node: node.nonce, {_KIOSK}, {_TOWN}, Work.ISSUE),
    _post("/v1/households", HouseholdAsk, lambda node: node.household, {_KIOSK, _TOWN}, {_TOWN}, Work.ANSWER),
    _post("/v1/extracts", ExtractAsk, lambda node: node.extract, {_KIOSK, _TOWN}, {_TOWN}, Work.ANSWER),
    _post("/v1/issues", IssueAsk, lambda node: node.issue, {_KIOSK}, {_TOWN}, Work.ISSUE),
    _get("/v1/issues/{visit}", lambda node: node.issue_state, {_KIOSK}, {_TOWN}),
    _post("/v1/issues/{visit}/outcome", OutcomeReport, lambda node: node.outcome, {_KIOSK}, {_TOWN}),
    _post("/v1/kiosks/status", KioskStatus, lambda node: node.kiosk_status, {_KIOSK}, {_TOWN}),
    _post("/v1/opinions", OpinionAsk, lambda node: node.opinion, {_KIOSK}, {_TOWN}),
    _post("/v1/moves", MovesAsk, lambda node: node.moves, {_KIOSK, _TOWN}, {_TOWN}, Work.ANSWER),
    _post("/v1/moves/out", MoveOutAsk, lambda node: node.move_out, {_KIOSK, _TOWN}, {_TOWN}, Work.ANSWER),
    _post("/v1/moves/in", MoveInAsk, lambda node: node.move_in, {_KIOSK}, {_TOWN}, Work.ISSUE),
    _post("/v1/moves/cards", CarryOnAsk, lambda node: node.carry_on, {_KIOSK}, {_TOWN}, Work.ISSUE),
    _post("/v1/moves/where", WhereAsk, lambda node: node.where_is, {_TOWN}, {_TOWN}),
    _post("/v1/disclosures", DisclosureAsk, lambda node: node.disclosure, {_KIOSK, _TOWN}, {_TOWN}, Work.ANSWER),
    _post("/v1/provisions", ProvisionsAsk, lambda node: node.provisions, {_TOWN}, {_PREFECTURE, _CENTRE}, Work.ANSWER),
    _post("/v1/notices/certificates", CertificateNotice, lambda node: node.certificate_notice, {_TOWN}, {_TOWN}),
    _post("/v1/notices/moves", StepNotice, lambda node: node.move_notice, {_TOWN}, {_TOWN}),
    _post("/v1/notices/cards", CardNotice, lambda node: node.card_notice, {_TOWN}, {_PREFECTURE, _CENTRE}),
    _post("/v1/notices/issues", IssueNotice, lambda node: node.issue_notice, {_TOWN}, {_TOWN}),
    _post("/v1/notices/issues/batches", IssueNotices, lambda node: node.issue_notices, {_TOWN}, {_TOWN}),
    _post("/v1/notices/identities", IdentityNotice, lambda node: node.identity_notice, {_TOWN, _PREFECTURE}, {_PREFECTURE, _CENTRE}),
    _post("/v1/cards/check", CardAsk, lambda node: node.check_card, {_TOWN}, {_PREFECTURE, _CENTRE}, Work.ANSWER),
    _post("/v1/agencies/checks", CheckAsk, lambda node: node.agency_check, {_AGENCY}, {_PREFECTURE, _CENTRE}, Work.ANSWER),
    _post("/v1/agencies/batches", BatchAsk, lambda node: node.agency_batch, {_AGENCY}, {_PREFECTURE, _CENTRE}, Work.ANSWER),
    _post("/v1/witness", WitnessAsk, lambda node: node.confirm, _NODES, _NODES),
    _get("/v1/health", lambda node: node.health, {_KIOSK} | _NODES, _NODES),
    _get("/v1/directory", lambda node: node.directory, {_KIOSK} | _NODES, _NODES),
    _get("/v1/revocations", lambda node: node.revocations, _NODES, _NODES),
)

# Names a message claims for its sender must be the sender's own. Told apart by the fields a message has, so that a new message with
# a `town` or a `kiosk` is held to it without being listed anywhere.


def claimed(ask: Any) -> tuple[str | None, str | None]:
    """The town and the kiosk that a message says it is from."""
    return getattr(ask, "town", None), getattr(ask, "kiosk", None)
