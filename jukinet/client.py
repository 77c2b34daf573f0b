"""The kiosk's side of the line to its own town: one question, one answer, one deadline, no hidden retry.

Blocking, for one worker thread. A link is opened by the first question of a visit and kept until `close`. The town's addresses, the
directory's before those of the settings, are tried in order for connecting only; once a question may have left, a failure is said and the
caller decides (issue is idempotent by visit, so asking again is safe there, at another address of the town too).

Every signed answer is opened against this very question, with keys from the directory that the centre signed. Whatever does not
match raises WrongAnswer and nothing of it comes out of here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TypeVar

import msgspec

from jukinet.disclosure_messages import DisclosureAsk
from jukinet.errors import Kind, Problem, SettingsError, WrongAnswer
from jukinet.link import KeptLink
from jukinet.looks import Disclosed, Known, judge_all
from jukinet.messages import (
    UNREADABLE,
    Body,
    Claims,
    Extract,
    ExtractAsk,
    Heard,
    Household,
    HouseholdAsk,
    Issue,
    IssueAsk,
    IssueState,
    Item,
    KioskStatus,
    Looks,
    Message,
    Moves,
    Nonce,
    NonceAsk,
    OpinionAsk,
    OutcomeReport,
    Signed,
)
from jukinet.move_messages import CarryOnAsk, MoveInAsk, MoveOutAsk, MovesAsk
from jukinet.node_messages import Directory, Health
from jukinet.notes import Verifier, WrongNote
from jukinet.peers import PeerKind, parse_uri
from jukinet.signing import Expect, PublicKey, claimed_node, digest, load_public, open_agencies, open_answer, open_directory
from jukinet.tls import Limit, TlsFiles, line_context
from jukinet.watch import LogWatch, check_logged

_M = TypeVar("_M", bound=Message)
_B = TypeVar("_B", bound=Body)
_Ask = HouseholdAsk | ExtractAsk | IssueAsk | MovesAsk


@dataclass(frozen=True)
class Line:
    """How a kiosk reaches its town. Paths as in the kiosk's settings; `directory_key` is the centre's public JWK."""

    urls: Sequence[str]  # https://HOST:PORT, tried in this order
    certificate: Path
    key: Path
    ca: Path
    town: str  # 団体コード
    kiosk: str
    directory_key: Path
    directory_urls: bool = True  # the addresses that the directory names come first; else these only

    @property
    def uri(self) -> str:
        return f"jukinet://kiosk/{self.town}/{self.kiosk}"


class RegisterClient:
    """Counters are over the client's life: bytes inside TLS, and questions asked.

    Every question raises Problem (what the node said; UNREACHABLE with reason no-link, timeout, broken or shape when it said nothing
    usable) and, where the answer is signed, WrongAnswer. `seconds` bounds the whole of it, connecting and directory included.
    """

    def __init__(self, line: Line, now: Callable[[], datetime], clock: Callable[[], float] = monotonic, seen: Path | None = None) -> None:
        """`seen` is the file that remembers the town's log (jukinet.watch). Raises SettingsError. Connects to nobody."""
        if not line.urls:
            raise SettingsError("network.urls: at least one https://HOST:PORT is required")
        if parse_uri(line.uri) != (PeerKind.KIOSK, line.town):
            raise SettingsError(f"network.town, network.kiosk: five digits and a name of a-z, 0-9 and - are required, not {line.uri}")
        self._line, self._now = line, now
        self._directory_key = load_public(line.directory_key)
        self._directory: Directory | None = None
        self._watch = LogWatch(line.town, seen)
        self._stale = False
        self._limit = Limit(clock)
        self._link = KeptLink(line.urls, line_context(TlsFiles(line.certificate, line.key, line.ca), line.town), self._limit)
        self.exchanges = 0

    @property
    def bytes_sent(self) -> int:
        return self._limit.sent

    @property
    def bytes_received(self) -> int:
        return self._limit.received

    # -- questions ----------------------------------------------------------------------------------------------------

    def health(self, seconds: float) -> Health:
        """A newer directory that the node tells of is fetched before the next signed answer is opened: a key may have been withdrawn."""
        self._until(seconds)
        health = self._whole(self._get("/v1/health"), Health)
        self._stale = self._directory is not None and health.directory > self._directory.version
        return health

    def nonce(self, visit: str, seconds: float) -> bytes:
        """32 bytes for the card to sign. Raises WrongAnswer("visit") too."""
        self._until(seconds)
        answer = self._whole(self._post("/v1/nonces", NonceAsk(visit=visit, seen=self._watch.seen), visit), Nonce)
        if answer.visit != visit:
            raise WrongAnswer("visit")
        key = self._log_key(self._line.town)
        if key is not None:
            self._watch.grown(answer.log, key)
        return answer.nonce

    def household(self, ask: HouseholdAsk, card: bytes, seconds: float) -> Household:
        """`card` is the SHA-256 of the card certificate's DER."""
        self._until(seconds)
        _, household = self._signed("/v1/households", ask, card, Household)
        return household

    def extract(self, ask: ExtractAsk, card: bytes, seconds: float) -> tuple[Extract, str]:
        """The record, and the home town's JWS that `issue` must name. Nobody is in it who was not asked for, and no item either."""
        self._until(seconds)
        signed, extract = self._signed("/v1/extracts", ask, card, Extract)
        if {person.number for person in extract.persons} != set(ask.persons):
            raise WrongAnswer("persons")
        if not _items(extract) <= set(ask.items):
            raise WrongAnswer("items")
        return extract, signed.answer

    def issue(self, ask: IssueAsk, card: bytes, seconds: float) -> Issue:
        self._until(seconds)
        _, issue = self._signed("/v1/issues", ask, card, Issue)
        if issue.extract != digest(ask.extract.encode("ascii")):
            raise WrongAnswer("extract")
        if len(issue.copies) != ask.copies:
            raise WrongAnswer("copies")
        return issue

    def directory(self, seconds: float) -> Directory:
        """That of the centre, as it is known here, or the node's if none is."""
        self._until(seconds)
        return self._known()

    def moves(self, ask: MovesAsk, card: bytes, seconds: float) -> Moves:
        """Where are we? From the home town of the card's holder."""
        self._until(seconds)
        return self._signed("/v1/moves", ask, card, Moves)[1]

    def move_out(self, ask: MoveOutAsk, card: bytes, seconds: float) -> Moves:
        """The one move that the notice made. Asking again in the same visit is safe."""
        self._until(seconds)
        _, told = self._signed("/v1/moves/out", ask, card, Moves)
        if [move.move for move in told.moves] != [ask.visit]:
            raise WrongAnswer("move")
        return told

    def move_in(self, ask: MoveInAsk, card: bytes, seconds: float) -> Moves:
        """The one move, with its number at the counter. Asking again in the same visit is safe."""
        return self._at_own_town("/v1/moves/in", ask, card, seconds)

    def carry_on(self, ask: CarryOnAsk, card: bytes, seconds: float) -> Moves:
        return self._at_own_town("/v1/moves/cards", ask, card, seconds)

    def _at_own_town(self, path: str, ask: MoveInAsk | CarryOnAsk, card: bytes, seconds: float) -> Moves:
        self._until(seconds)
        _, told = self._signed(path, ask, card, Moves)
        if told.town != self._line.town:
            raise WrongAnswer("town")
        if [move.move for move in told.moves] != [ask.move]:
            raise WrongAnswer("move")
        return told

    def disclosure(self, ask: DisclosureAsk, card: bytes, seconds: float) -> Disclosed:
        """Who looked at the record of the card's holder. Each line is held to its log: those that do not hold come out as not proven."""
        self._until(seconds)
        signed, told = self._signed("/v1/disclosures", ask, card, Looks)
        keys = {code: self._log_key(code) for code in (told.town, told.town[:2], "centre")}
        table = open_agencies(told.agencies, self._directory_key) if told.agencies else None
        directory = self._known()
        names = {"centre": directory.centre_name}
        names |= {prefecture.code: prefecture.name for prefecture in directory.prefectures}
        names |= {town.code: town.name for town in directory.towns}
        return judge_all(told, signed.logged, Known(keys, names, table))

    def issue_state(self, visit: str, seconds: float) -> IssueState | None:
        """What the town knows of a visit's issue; None: it was never issued."""
        self._until(seconds)
        try:
            state = self._whole(self._get(f"/v1/issues/{visit}", visit), IssueState)
        except Problem as problem:
            # "path" would be a node without this question at all, which knows nothing about the visit.
            if problem.kind is Kind.NOT_FOUND and problem.reason != "path":
                return None
            raise
        return self._of(visit, state)

    def report(self, report: OutcomeReport, seconds: float) -> IssueState:
        self._until(seconds)
        answer = self._post(f"/v1/issues/{report.visit}/outcome", report, report.visit)
        return self._of(report.visit, self._whole(answer, IssueState))

    def tell(self, status: KioskStatus, seconds: float) -> None:
        """How this terminal is."""
        self._until(seconds)
        self._whole(self._post("/v1/kiosks/status", status, ""), Heard)

    def opinion(self, ask: OpinionAsk, seconds: float) -> None:
        """Not asked again by itself: an answer that was lost may have been counted."""
        self._until(seconds)
        self._whole(self._post("/v1/opinions", ask, ""), Heard)

    def close(self) -> None:
        """Ends the link. The next question opens a new one."""
        self._link.close()

    # -- answers ------------------------------------------------------------------------------------------------------

    def _signed(self, path: str, ask: _Ask, card: bytes, shape: type[_B]) -> tuple[Signed, _B]:
        raw = msgspec.json.encode(ask)
        signed = self._whole(self._send("POST", path, raw, ask.visit), Signed)
        token = signed.answer
        node = self._line.town if shape is Issue else claimed_node(token)
        expect = Expect(ask.visit, ask.nonce, card, self._line.uri, digest(raw), node)
        body = self._open(token, expect).body
        if not isinstance(body, shape):
            raise WrongAnswer("body")
        town = body.issuer.town if isinstance(body, Issue) else body.town
        if town != node:
            raise WrongAnswer("town")
        key = self._log_key(node)
        if key is not None:
            check_logged(signed.logged, token, ask.visit, node, key)
        return signed, body

    def _open(self, token: str, expect: Expect) -> Claims:
        known = self._directory is not None
        try:
            return open_answer(token, self._keys(expect.node), expect, self._now())
        except WrongAnswer as wrong:
            if wrong.field != "kid" or not known:
                raise
        self._directory = self._newer(self._directory)  # a town may have a new key since
        return open_answer(token, self._keys(expect.node), expect, self._now())

    def _keys(self, town: str) -> list[PublicKey]:
        return next((entry.keys for entry in self._known().towns if entry.code == town), [])

    def _log_key(self, code: str) -> Verifier | None:
        """Of a town, a prefecture or the centre. None: it tells no key of its log, and nothing of it can be checked."""
        known = self._known()
        towns = {town.code: town.log_key for town in known.towns}
        others = {prefecture.code: prefecture.log_key for prefecture in known.prefectures}
        text = {**towns, **others, "centre": known.centre_log_key}.get(code, "")
        try:
            return Verifier.read(text) if text else None
        except WrongNote:
            raise WrongAnswer("log") from None

    def _known(self) -> Directory:
        if self._directory is None or self._stale:
            self._directory, self._stale = self._newer(self._directory), False
        return self._directory

    def _newer(self, known: Directory | None) -> Directory:
        """The node's directory; never one older than we had, which could bring a withdrawn key back."""
        fresh = open_directory(self._whole(self._get("/v1/directory"), Signed).answer, self._directory_key)
        if known is not None and fresh.version < known.version:
            return known
        if self._line.directory_urls:
            named = [url for town in fresh.towns if town.code == self._line.town for url in town.urls]
            self._link.use(list(dict.fromkeys([*named, *self._line.urls])))
        return fresh

    def _of(self, visit: str, state: IssueState) -> IssueState:
        if state.visit != visit:
            raise WrongAnswer("visit")
        return state

    def _whole(self, body: bytes, shape: type[_M]) -> _M:
        try:
            return msgspec.json.decode(body, type=shape)
        except UNREADABLE:
            raise Problem(Kind.UNREACHABLE, "shape") from None

    # -- the link -----------------------------------------------------------------------------------------------------

    def _until(self, seconds: float) -> None:
        self._limit.until = self._limit.clock() + seconds

    def _get(self, path: str, visit: str = "") -> bytes:
        return self._send("GET", path, None, visit)

    def _post(self, path: str, ask: Message, visit: str) -> bytes:
        return self._send("POST", path, msgspec.json.encode(ask), visit)

    def _send(self, method: str, path: str, body: bytes | None, visit: str) -> bytes:
        self.exchanges += 1
        return self._link.exchange(method, path, body, f"{visit or self._line.kiosk}-{self.exchanges}")


def _items(extract: Extract) -> set[Item]:
    """The optional items that an extract carries."""
    persons = extract.persons
    there = {
        Item.RELATIONSHIP: extract.head is not None or any(person.relationship is not None for person in persons),
        Item.MY_NUMBER: any(person.my_number is not None for person in persons),
        Item.RESIDENT_CODE: any(person.resident_code is not None for person in persons),
    }
    return {item for item, carried in there.items() if carried}
