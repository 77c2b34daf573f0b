"""What a node does for whoever asks: one method a route, each allowed, done, and recorded whether it went well or not.

A municipality keeps residents (`home`), passes its kiosks' questions on (`exchange`) and issues (`issuance`); a prefecture and the
centre keep identities; the centre knows cards. Each refusal that is made here is a line in the log, with the problem's kind and never
with a person.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from jukinet.agency_messages import BatchAnswer, BatchAsk, CheckAnswer, CheckAsk
from jukinet.disclosure_messages import DisclosureAsk, Provisions, ProvisionsAsk
from jukinet.errors import Kind, NotToday, Problem
from jukinet.messages import (
    ExtractAsk,
    Heard,
    HouseholdAsk,
    IssueAsk,
    IssueState,
    IssueStatus,
    KioskStatus,
    Nonce,
    NonceAsk,
    OpinionAsk,
    OutcomeReport,
    Signed,
)
from jukinet.move_messages import CardNotice, CarryOnAsk, CertificateNotice, MoveInAsk, MoveOutAsk, MovesAsk, StepNotice, Where, WhereAsk
from jukinet.node import opinions
from jukinet.node.agencies import disclosing
from jukinet.node.agencies.desk import Desk
from jukinet.node.audit.log import AuditLog
from jukinet.node.audit.watching import Watching
from jukinet.node.cards import CardChecker, fingerprint, town_of_card
from jukinet.node.closure import closure
from jukinet.node.directory import DirectoryBook
from jukinet.node.freshness import Work
from jukinet.node.hours import closed, local_date
from jukinet.node.identity import IdentityKeeper, onward_from
from jukinet.node.issuance import NOTICES
from jukinet.node.kiosks import Kiosks
from jukinet.node.metrics.readings import Figures
from jukinet.node.metrics.rows import read_rows
from jukinet.node.moves.cards import CardKeeper
from jukinet.node.municipal import Municipal
from jukinet.node.outbox import Outbox
from jukinet.node.rounds import Rounds
from jukinet.node.settings import NodeSettings
from jukinet.node.storage.open import File, Store
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

CLOSED_RETRY_SECONDS = 600


class Services:
    """`start` and `stop` belong to the loop that the questions come on. `stop` closes the files."""

    def __init__(
        self,
        settings: NodeSettings,
        book: DirectoryBook,
        clock: Callable[[], datetime],
        register: Store,
        issues: Store,
        log: AuditLog,
        outbox: Outbox,
        checker: CardChecker,
        municipal: Municipal | None,
        watching: Watching,
        desk: Desk | None,
    ) -> None:
        self._settings, self._book, self._clock = settings, book, clock
        self._register, self._issues, self._log, self._outbox = register, issues, log, outbox
        self._checker, self._municipal, self._watching, self._desk = checker, municipal, watching, desk
        onward = partial(onward_from, settings.code, book)
        self._keeper = IdentityKeeper(settings.code, onward, register, issues, outbox, log, settings.keeping.today)
        self._kiosks = Kiosks(clock)
        self._cards = CardKeeper(settings.code, settings.role, register, issues, outbox, log)
        self._rounds = Rounds(issues, outbox, municipal, watching, desk)

    # -- a kiosk asks ---------------------------------------------------------------------------------------------------

    async def nonce(self, peer: Peer, ask: NonceAsk, raw: bytes) -> Nonce:
        """Raises Problem: CLOSED, OTHER_REQUEST, NOT_ALLOWED."""
        with self._recording(peer, ask.visit, "nonces"):
            municipal = self._as_town(peer, PeerKind.KIOSK)
            self._hold_hours()
            nonce, expires = await self._issues.write(partial(municipal.nonces.give, kiosk=peer.uri, visit=ask.visit))
            return Nonce(visit=ask.visit, nonce=nonce, expires=expires, log=await self._watching.prover.since(ask.seen))

    async def household(self, peer: Peer, ask: HouseholdAsk, raw: bytes) -> Signed:
        """A kiosk's question is passed to the holder's home, a municipality's is answered. Raises Problem, see `exchange`, `home`."""
        with self._recording(peer, ask.visit, "households"):
            municipal = self._as_town(peer, PeerKind.KIOSK, PeerKind.MUNICIPALITY)
            if self._is_own_kiosk(peer, ask):
                return await municipal.exchange.household(peer.uri, ask, raw)
            return await municipal.home.household(peer.uri, ask, raw)

    async def extract(self, peer: Peer, ask: ExtractAsk, raw: bytes) -> Signed:
        """As `household`."""
        with self._recording(peer, ask.visit, "extracts"):
            municipal = self._as_town(peer, PeerKind.KIOSK, PeerKind.MUNICIPALITY)
            if self._is_own_kiosk(peer, ask):
                return await municipal.exchange.extract(peer.uri, ask, raw)
            return await municipal.home.extract(peer.uri, ask, raw)

    async def issue(self, peer: Peer, ask: IssueAsk, raw: bytes) -> Signed:
        """Not held to opening hours: who began in time may finish. Raises Problem, see `issuance`."""
        with self._recording(peer, ask.visit, "issues"):
            municipal = self._as_town(peer, PeerKind.KIOSK)
            self._hold_to_name(peer, ask)
            return await municipal.issuance.issue(peer.uri, ask, raw)

    async def issue_state(self, peer: Peer, visit: str) -> IssueState:
        """Raises Problem(NOT_FOUND): a visit without issue is no refusal, a kiosk asks after a power cut to learn just that."""
        return await self._as_town(peer, PeerKind.KIOSK).issuance.state(peer.uri, visit)

    async def outcome(self, peer: Peer, ask: OutcomeReport, raw: bytes) -> IssueState:
        """Raises Problem: NOT_FOUND, OTHER_REQUEST."""
        with self._recording(peer, ask.visit, "outcomes"):
            return await self._as_town(peer, PeerKind.KIOSK).issuance.outcome(peer.uri, ask)

    async def moves(self, peer: Peer, ask: MovesAsk, raw: bytes) -> Signed:
        """As `household`. Raises Problem, see `moves.desk`."""
        with self._recording(peer, ask.visit, "moves"):
            desk = self._as_town(peer, PeerKind.KIOSK, PeerKind.MUNICIPALITY).moves
            return await desk.where_are_we(peer, self._is_own_kiosk(peer, ask), ask, raw)

    async def move_out(self, peer: Peer, ask: MoveOutAsk, raw: bytes) -> Signed:
        """As `household`."""
        with self._recording(peer, ask.visit, "moves out"):
            desk = self._as_town(peer, PeerKind.KIOSK, PeerKind.MUNICIPALITY).moves
            return await desk.out(peer, self._is_own_kiosk(peer, ask), ask, raw)

    async def move_in(self, peer: Peer, ask: MoveInAsk, raw: bytes) -> Signed:
        with self._recording(peer, ask.visit, "moves in"):
            desk = self._as_town(peer, PeerKind.KIOSK).moves
            self._is_own_kiosk(peer, ask)
            return await desk.move_in(peer, ask, raw)

    async def carry_on(self, peer: Peer, ask: CarryOnAsk, raw: bytes) -> Signed:
        with self._recording(peer, ask.visit, "moves cards"):
            desk = self._as_town(peer, PeerKind.KIOSK).moves
            self._is_own_kiosk(peer, ask)
            return await desk.carry_on(peer, ask, raw)

    async def disclosure(self, peer: Peer, ask: DisclosureAsk, raw: bytes) -> Signed:
        """As `household`. Raises Problem, see `disclosure`."""
        with self._recording(peer, ask.visit, "disclosures"):
            disclosures = self._as_town(peer, PeerKind.KIOSK, PeerKind.MUNICIPALITY).disclosures
            return await disclosures.disclose(peer, self._is_own_kiosk(peer, ask), ask, raw)

    # -- the public asks ------------------------------------------------------------------------------------------------

    async def sealed(self, seal: bytes) -> IssueStatus | None:
        """What became of the copy with this seal; None: no such copy was issued here."""
        return None if self._municipal is None else await self._municipal.issuance.sealed(seal)

    # -- another node asks ----------------------------------------------------------------------------------------------

    async def check_card(self, peer: Peer, ask: CardAsk, raw: bytes) -> CardAnswer:
        """The centre, and prefectures that have not delegated this to it, each for its own residents.

        Raises Problem: CARD_UNKNOWN, CARD_EXPIRED, CARD_REVOKED, NOT_ALLOWED, DELEGATION."""
        with self._recording(peer, ask.visit, "cards"):
            code, role = self._settings.code, self._settings.role
            if role is PeerKind.MUNICIPALITY or peer.kind is not PeerKind.MUNICIPALITY:
                raise Problem(Kind.NOT_ALLOWED)
            if role is PeerKind.PREFECTURE:
                self._hold_delegation(code)
            self._checker.certificate(ask.certificate, self._clock())
            card = fingerprint(ask.certificate)
            town = await self._register.look(lambda connection: town_of_card(connection, card, code))
            self._hold_delegation(town)
            await self._issues.write(partial(self._log.append, kind="node_card_checked", actor=peer.uri, visit=ask.visit))
            return CardAnswer(town=town)

    async def issue_notice(self, peer: Peer, ask: IssueNotice, raw: bytes) -> Receipt:
        """What another municipality issued on our word. Raises Problem: NOT_FOUND, NOT_ALLOWED."""
        with self._recording(peer, ask.visit, "issue notices"):
            return await self._take_issues(peer, [ask])

    async def issue_notices(self, peer: Peer, ask: IssueNotices, raw: bytes) -> Receipt:
        """All are taken in, or none. Raises Problem as `issue_notice`."""
        with self._recording(peer, "", "issue notices"):
            return await self._take_issues(peer, ask.notices)

    async def _take_issues(self, peer: Peer, notices: Sequence[IssueNotice]) -> Receipt:
        home = self._as_town(peer, PeerKind.MUNICIPALITY).home

        def job(connection: Connection) -> int:
            for notice in notices:
                if self._outbox.is_new(connection, peer.uri, NOTICES, notice.number):
                    home.take_issue(connection, peer.uri, notice)
            return self._outbox.received(connection, peer.uri, NOTICES)

        return Receipt(number=await self._issues.write(job))

    async def identity_notice(self, peer: Peer, ask: IdentityNotice, raw: bytes) -> Receipt:
        """A prefecture takes from its towns, the centre from prefectures that delegate. Raises Problem: NOT_ALLOWED, DELEGATION."""
        with self._recording(peer, "", "identity notices"):
            from_town = peer.kind is PeerKind.MUNICIPALITY and peer.code == ask.town and ask.town.startswith(self._settings.code)
            from_prefecture = peer.kind is PeerKind.PREFECTURE and ask.town.startswith(peer.code)
            allowed = {PeerKind.PREFECTURE: from_town, PeerKind.CENTRE: from_prefecture}
            if not allowed.get(self._settings.role, False):
                raise Problem(Kind.NOT_ALLOWED)
            if self._settings.role is PeerKind.CENTRE:
                self._hold_delegation(ask.town)
            return Receipt(number=await self._keeper.take(peer.uri, ask))

    async def certificate_notice(self, peer: Peer, ask: CertificateNotice, raw: bytes) -> Receipt:
        with self._recording(peer, ask.move, "certificates"):
            return await self._as_town(peer, PeerKind.MUNICIPALITY).moves.certificate(peer, ask)

    async def move_notice(self, peer: Peer, ask: StepNotice, raw: bytes) -> Receipt:
        with self._recording(peer, ask.move, "move notices"):
            return await self._as_town(peer, PeerKind.MUNICIPALITY).moves.step(peer, ask)

    async def where_is(self, peer: Peer, ask: WhereAsk, raw: bytes) -> Where:
        return await self._as_town(peer, PeerKind.MUNICIPALITY).moves.where(peer, ask)

    async def card_notice(self, peer: Peer, ask: CardNotice, raw: bytes) -> Receipt:
        """The centre takes from every municipality, a prefecture from its own. Raises Problem: NOT_ALLOWED, BUSY."""
        with self._recording(peer, "", "card notices"):
            role, own = self._settings.role, peer.code.startswith(self._settings.code)
            if peer.kind is not PeerKind.MUNICIPALITY or role is PeerKind.MUNICIPALITY or (role is PeerKind.PREFECTURE and not own):
                raise Problem(Kind.NOT_ALLOWED)
            return Receipt(number=await self._cards.take(peer, ask))

    async def provisions(self, peer: Peer, ask: ProvisionsAsk, raw: bytes) -> Provisions:
        """Of a resident of the town that asks. Raises Problem: NOT_ALLOWED, WRONG_TOWN, DELEGATION."""
        with self._recording(peer, ask.visit, "provisions"):
            desk = self._as_keeper()
            if peer.kind is not PeerKind.MUNICIPALITY:
                raise Problem(Kind.NOT_ALLOWED)
            if ask.town != peer.code:
                raise Problem(Kind.WRONG_TOWN)
            self._hold_delegation(ask.town)
            return await disclosing.disclose(desk, self._watching.prover, peer, ask)

    # -- an administrative body asks ------------------------------------------------------------------------------------

    async def agency_check(self, peer: Peer, ask: CheckAsk, raw: bytes) -> CheckAnswer:
        """Raises Problem, see `agencies.desk`."""
        return await self._as_keeper().check(peer, ask)

    async def agency_batch(self, peer: Peer, ask: BatchAsk, raw: bytes) -> BatchAnswer:
        """As `agency_check`."""
        return await self._as_keeper().batch(peer, ask, raw)

    # -- any node asks --------------------------------------------------------------------------------------------------

    async def confirm(self, peer: Peer, ask: WitnessAsk, raw: bytes) -> Witnessed:
        """Another node asks us to confirm its log's checkpoint. Raises Problem(PROOF)."""
        with self._recording(peer, "", "witness"):
            return await self._watching.confirm(peer.code, ask)

    # -- anybody asks ---------------------------------------------------------------------------------------------------

    async def health(self, peer: Peer) -> Health:
        return await self.well_being()

    async def well_being(self) -> Health:
        hours, issue, doors = self._settings.hours, self._settings.issue, closure(self._settings.data)
        edition, lists, now = self._book.edition, self._book.lists, self._clock()
        return Health(
            node=self._settings.code,
            hours="closed" if self._closed() else "open",
            directory=edition.directory.version,
            directory_age=max(0, int((now - edition.issued).total_seconds())),
            crl=list(lists.numbers.values()),
            crl_age=max(0, int((now - lists.issued).total_seconds())),
            stale=self._settings.patience.too_old(Work.ISSUE, edition.issued, lists.due, now),
            fee=0 if issue is None else issue.fee,
            opens=hours.opens,
            closes=hours.closes,
            closure="" if doors is None else doors.why,
        )

    async def kiosk_status(self, peer: Peer, ask: KioskStatus, raw: bytes) -> Heard:
        """No line in the log: each kiosk says it each minute, and what it says next makes it void."""
        self._as_town(peer, PeerKind.KIOSK)
        self._hold_to_name(peer, ask)
        self._kiosks.hear(ask)
        return Heard()

    async def opinion(self, peer: Peer, ask: OpinionAsk, raw: bytes) -> Heard:
        """No line in the log: it would say when."""
        self._as_town(peer, PeerKind.KIOSK)
        if ask.town != peer.code:
            raise Problem(Kind.WRONG_TOWN)
        day = local_date(self._clock())
        await self._issues.write(partial(opinions.count, town=self._settings.code, ask=ask, day=day))
        return Heard()

    async def directory(self, peer: Peer) -> Signed:
        return Signed(answer=self._book.raw)

    async def revocations(self, peer: Peer) -> Revocations:
        return Revocations(lists=self._book.lists.raw)

    def note(self, kind: str, **fields: str | int) -> None:
        """Records what happened to the transport itself, as `refused`."""
        with suppress(Problem):  # BUSY
            self._issues.post(lambda connection: self._log.append(connection, kind, **fields))

    def refused(self, who: str, reason: str) -> None:
        """Records a refusal of the transport. `reason` is a word or two of ours, never what was sent."""
        with suppress(Problem):  # BUSY: a flood of refusals must not stop the work; the transport's own log has them all
            self._issues.post(lambda connection: self._log.append(connection, "node_refused", actor=who, reason=reason))

    # -- those who watch over the node ask ------------------------------------------------------------------------------

    async def figures(self) -> Figures:
        rows = await self._issues.read(partial(read_rows, town=self._settings.code, today=local_date(self._clock())))
        queues = {str(which): store.waiting for which, store in ((File.REGISTER, self._register), (File.ISSUES, self._issues))}
        return Figures(rows, queues, self._outbox.waits(), tuple(self._kiosks))

    # -- life -----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        await self._rounds.start()

    async def read_through(self) -> None:
        """The register, where it was not left in order. Raises StorageError: it is damaged, and nothing of it should be told."""
        await self._register.read_through()

    async def drained(self) -> None:
        """Returns once every change of the register so far is told, and every notice is taken or put aside."""
        await self._rounds.drained()

    async def stop(self) -> None:
        await self._rounds.stop()
        for store in (self._register, self._issues):
            await asyncio.to_thread(store.close)

    # -- who may --------------------------------------------------------------------------------------------------------

    def _as_town(self, peer: Peer, *allowed: PeerKind) -> Municipal:
        if self._municipal is None or peer.kind not in allowed:
            raise Problem(Kind.NOT_ALLOWED)
        if peer.kind is PeerKind.KIOSK and peer.code != self._settings.code:
            raise Problem(Kind.WRONG_TOWN)
        return self._municipal

    def _as_keeper(self) -> Desk:
        if self._desk is None:
            raise Problem(Kind.NOT_ALLOWED)
        return self._desk

    def _is_own_kiosk(self, peer: Peer, ask: HouseholdAsk | ExtractAsk | MovesAsk) -> bool:
        """Else it is a municipality that asks for its kiosk. Raises Problem: WRONG_TOWN, NOT_ALLOWED, CLOSED, NOT_TODAY."""
        if peer.kind is PeerKind.KIOSK:
            self._hold_to_name(peer, ask)
            self._hold_hours()
            return True
        if ask.town != peer.code:
            raise Problem(Kind.WRONG_TOWN)
        if closure(self._settings.data) is not None:
            raise Problem(Kind.NOT_TODAY, NotToday.HOME_CLOSED)
        return False

    def _hold_to_name(self, peer: Peer, ask: HouseholdAsk | ExtractAsk | MovesAsk | IssueAsk | KioskStatus) -> None:
        """A kiosk speaks for itself only."""
        if ask.town != peer.code:
            raise Problem(Kind.WRONG_TOWN)
        if peer.uri != f"jukinet://kiosk/{ask.town}/{ask.kiosk}":
            raise Problem(Kind.NOT_ALLOWED, "kiosk")

    def _hold_delegation(self, code: str) -> None:
        """Raises Problem(DELEGATION), naming the node that does this work for a town or a prefecture when it is not this one."""
        keeper = self._book.keeper_of(code)
        if keeper != self._settings.code:
            raise Problem(Kind.DELEGATION, keeper)

    def _closed(self) -> str:
        if closure(self._settings.data) is not None:
            return "closure"
        return closed(self._settings.hours, self._settings.network, self._clock())

    def _hold_hours(self) -> None:
        """Raises Problem(CLOSED), saying whose hours they are."""
        if whose := self._closed():
            raise Problem(Kind.CLOSED, whose, retry_after=CLOSED_RETRY_SECONDS)

    @contextmanager
    def _recording(self, peer: Peer, visit: str, path: str) -> Iterator[None]:
        """A problem that leaves this block is a line in the log."""
        try:
            yield
        except Problem as problem:
            words = {"actor": peer.uri, "visit": visit, "path": path, "problem": f"{problem.kind}:{problem.reason}".rstrip(":")}
            with suppress(Problem):  # BUSY
                self._issues.post(lambda connection: self._log.append(connection, "node_question_refused", **words))
            raise
