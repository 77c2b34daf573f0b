"""What the application does with a request before and after the services: peers, shapes, limits, problems, the log."""

import asyncio
import http.client
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

import msgspec
import pytest

from jukinet.agency_messages import BatchAsk, CheckAsk, Sought
from jukinet.disclosure_messages import ProvisionsAsk
from jukinet.messages import IssueStatus, KioskStatus, NonceAsk, OpinionAsk, OutcomeReport, Result, Use
from jukinet.node.limits import Limits
from jukinet.node.routes import ROUTES
from jukinet.node_messages import CardAsk, Health, IdentityNotice, IssueNotice, IssueNotices, WitnessAsk
from jukinet.peers import PeerKind
from jukinet.tls import Limit, NodeLink, line_context
from jukinet.wire import LARGEST_QUESTION
from tests.jukinet.conftest import ends

VISIT = "01J00000000000000000000001"
SECRET = "山田花子"


@dataclass
class Said:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def problem(self) -> dict[str, object]:
        assert self.headers["Content-Type"] == "application/problem+json"
        return msgspec.json.decode(self.body)

    @property
    def kind(self) -> str:
        return str(self.problem["type"]).removeprefix("https://jukinet.invalid/problems/")


class Raw:
    """A peer with a certificate that says whatever it likes."""

    def __init__(self, world, town, certificate: str) -> None:
        context = line_context(world.files(certificate), town.services.code)
        self.link = NodeLink(town.url, context, Limit(monotonic, until=monotonic() + 30))

    def say(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Said:
        self.link.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.link.getresponse()
        return Said(answer.status, answer.headers, answer.read())

    def post(self, path: str, ask: msgspec.Struct, **headers: str) -> Said:
        return self.say("POST", path, msgspec.json.encode(ask), **headers)


@pytest.fixture
def peer(world) -> Iterator[Callable[..., Raw]]:
    raws: list[Raw] = []

    def make(town, certificate: str = "kiosk") -> Raw:
        raws.append(Raw(world, town, certificate))
        return raws[-1]

    yield make
    for raw in raws:
        raw.link.close()


# -- who may ask what -------------------------------------------------------------------------------------------------

CERTIFICATES = {
    PeerKind.KIOSK: "kiosk",
    PeerKind.MUNICIPALITY: "home",
    PeerKind.PREFECTURE: "prefecture",
    PeerKind.CENTRE: "centre",
    PeerKind.AGENCY: "agency",
}


def kiosk_status(town: str = "21361", kiosk: str = "k1") -> KioskStatus:
    return KioskStatus(town=town, kiosk=kiosk, version="1.0", state="attract", paper="ready", reader="ready")


def question(path: str, asks, town: str) -> bytes | None:
    """A whole question for each path, from a peer that calls itself `town`."""
    household = asks.household(VISIT, town=town)
    notice = IssueNotice(number=1, visit=VISIT, status=IssueStatus.ISSUED, at="2026-11-24T00:00:00Z")
    messages: dict[str, msgspec.Struct] = {
        "/v1/nonces": NonceAsk(visit=VISIT),
        "/v1/households": household,
        "/v1/extracts": asks.extract(VISIT, town=town),
        "/v1/issues": asks.issue(VISIT, "x.y.z", town=town),
        "/v1/issues/{visit}/outcome": OutcomeReport(visit=VISIT, result=Result.PRINTED),
        "/v1/kiosks/status": kiosk_status(town=town),
        "/v1/opinions": OpinionAsk(town=town, about="library", use=Use.YES, rating=4),
        "/v1/notices/issues": notice,
        "/v1/notices/issues/batches": IssueNotices(notices=[notice]),
        "/v1/notices/identities": IdentityNotice(number=1, town=town, identities=[]),
        "/v1/cards/check": CardAsk(visit=VISIT, certificate=b"c"),
        "/v1/witness": WitnessAsk(checkpoint="x"),
        "/v1/agencies/checks": CheckAsk(affair="tax", sought=Sought(resident_code="10000000009")),
        "/v1/provisions": ProvisionsAsk(visit=VISIT, town=town, resident_code="10000000009"),
        "/v1/agencies/batches": BatchAsk(affair="tax", batch=VISIT, piece=0, persons=[Sought(resident_code="10000000009")]),
    }
    return msgspec.json.encode(messages[path]) if path in messages else None


@pytest.mark.parametrize("role", [PeerKind.MUNICIPALITY, PeerKind.PREFECTURE, PeerKind.CENTRE])
def test_every_peer_at_every_path(world, open_town, peer, asks, role: PeerKind) -> None:
    code = {PeerKind.MUNICIPALITY: "21361", PeerKind.PREFECTURE: "21", PeerKind.CENTRE: "centre"}[role]
    town = open_town(role=role, code=code, directory=world.directory(agencies=["tax"]))
    for kind, certificate in CERTIFICATES.items():
        for route in ROUTES:
            town.services.asked.clear()
            own = {PeerKind.KIOSK: "21361", PeerKind.MUNICIPALITY: "21202"}.get(kind, "21202")
            said = peer(town, certificate).say(route.method, route.path.format(visit=VISIT), question(route.path, asks, own))
            if kind is PeerKind.KIOSK and code != "21361":
                expected = "wrong-town"
            elif role not in route.roles:
                expected = "not-found"
            elif kind not in route.peers:
                expected = "not-allowed"
            else:
                asked = question(route.path, asks, own)
                if route.method == "POST" and asked is None:  # not put here: nothing is read but at a door that let the peer in
                    assert said.kind == "malformed", (kind, route.path, said)
                else:
                    assert len(town.services.asked) == 1, (kind, route.path, said)
                continue
            assert (said.kind, town.services.asked) == (expected, []), (kind, route.path)


@pytest.mark.parametrize(
    ("certificate", "kind", "reason"),
    [
        ("nobody", "not-allowed", "stranger"),
        ("agency", "not-allowed", "stranger"),
        ("far-town", "not-allowed", "stranger"),
        ("other-kiosk", "wrong-town", "kiosk"),
    ],
)
def test_strangers_are_refused_and_recorded(open_town, peer, certificate: str, kind: str, reason: str) -> None:
    town = open_town()
    said = peer(town, certificate).say("GET", "/v1/health")
    assert (said.status, said.kind, said.problem["reason"]) == (403, kind, reason)
    who, recorded = town.refusal()
    assert recorded == f"{kind}:{reason}"
    assert who.startswith("jukinet://") or certificate == "nobody"
    assert town.services.asked == []


def test_revocation_ends_open_links(world, open_town, peer) -> None:
    """And its new one is told why."""
    town = open_town()
    kiosk, other = peer(town), peer(town, "kiosk2")
    assert kiosk.say("GET", "/v1/health").status == other.say("GET", "/v1/health").status == 200
    town.put(town.files.crl, world.crl(2, "kiosk"))
    assert town.note("node_links_cut") == {"kind": "node_links_cut", "actor": "jukinet://kiosk/21361/k1", "links": 1}
    assert ends(kiosk.link)
    said = peer(town).say("GET", "/v1/health")
    assert (said.status, said.kind, said.problem["remedy"]) == (403, "peer-revoked", "ask_staff")
    assert town.refusal() == ("jukinet://kiosk/21361/k1", "peer-revoked:")
    assert other.say("GET", "/v1/health").status == 200


def test_a_kiosk_speaks_in_its_own_name_only(open_town, peer, asks) -> None:
    town = open_town()
    kiosk = peer(town)
    assert kiosk.post("/v1/households", asks.household(VISIT, kiosk="k2")).kind == "not-allowed"
    assert kiosk.post("/v1/households", asks.household(VISIT, town="21202")).kind == "wrong-town"
    assert kiosk.post("/v1/extracts", asks.extract(VISIT, kiosk="k2")).kind == "not-allowed"
    assert kiosk.post("/v1/issues", asks.issue(VISIT, "x.y.z", kiosk="k2")).kind == "not-allowed"
    assert kiosk.post("/v1/kiosks/status", kiosk_status(kiosk="k2")).kind == "not-allowed"
    assert kiosk.post("/v1/kiosks/status", kiosk_status(town="21202")).kind == "wrong-town"
    assert town.services.asked == []
    assert town.refusal() == ("jukinet://kiosk/21361/k1", "not-allowed:kiosk")


def test_a_town_relays_for_its_own_kiosks_only(open_town, peer, asks) -> None:
    town = open_town()
    assert peer(town, "home").post("/v1/households", asks.household(VISIT, town="21361")).kind == "wrong-town"
    assert peer(town, "home").post("/v1/households", asks.household(VISIT, town="21202", kiosk="anything")).status == 200


def test_a_prefecture_speaks_for_its_own_towns_only(open_town, peer) -> None:
    centre = open_town(role=PeerKind.CENTRE, code="centre", certificate="centre")
    prefecture = peer(centre, "prefecture")
    assert prefecture.post("/v1/notices/identities", IdentityNotice(number=1, town="21202", identities=[])).status == 200
    assert prefecture.post("/v1/notices/identities", IdentityNotice(number=1, town="01100", identities=[])).kind == "wrong-town"


# -- the message ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "json"),
        (b"not json", "json"),
        (b'{"visit": "01J00000000000000000000001"', "json"),
        (b"\xff\xfe", "json"),
        (b'{"visit": "01J000000000000000000000\xff1"}', "json"),
        (b"[]", "shape"),
        (b"{}", "shape"),
        (b'{"visit": "01J00000000000000000000001", "more": 1}', "shape"),
        (b'{"visit": "01J0000000000000000000000I"}', "shape"),
        (b'{"visit": 1}', "shape"),
        (b'{"v": 2, "visit": "01J00000000000000000000001"}', "shape"),
    ],
)
def test_malformed_messages(open_town, peer, body: bytes, reason: str) -> None:
    town = open_town()
    said = peer(town).say("POST", "/v1/nonces", body)
    assert (said.status, said.kind, said.problem["reason"], said.problem["remedy"]) == (400, "malformed", reason, "final")
    assert town.refusal() == ("jukinet://kiosk/21361/k1", f"malformed:{reason}")
    assert town.services.asked == []


def test_unknown_field_anywhere(open_town, peer, asks) -> None:
    town = open_town()
    ask = msgspec.to_builtins(asks.household(VISIT))
    ask["proof"]["pin"] = "1234"
    said = peer(town).say("POST", "/v1/households", msgspec.json.encode(ask))
    assert (said.kind, said.problem["reason"]) == ("malformed", "shape")
    assert b"1234" not in said.body


def test_oversized_body(open_town, peer) -> None:
    town = open_town()
    said = peer(town).say("POST", "/v1/nonces", b" " * (LARGEST_QUESTION + 1))
    assert (said.status, said.kind) == (413, "too-large")
    assert town.refusal()[1] == "too-large:"
    assert town.services.asked == []


def test_visit_in_the_path(open_town, peer) -> None:
    town = open_town()
    kiosk = peer(town)
    assert kiosk.say("GET", "/v1/issues/1").kind == "malformed"
    assert kiosk.post("/v1/issues/01J00000000000000000000002/outcome", OutcomeReport(visit=VISIT, result=Result.VOIDED)).kind == "malformed"
    assert kiosk.say("GET", f"/v1/issues/{VISIT}").problem["reason"] == "visit"
    assert town.services.asked == ["issue_state"]


def test_unknown_paths_and_methods(open_town, peer) -> None:
    town = open_town()
    kiosk = peer(town)
    for method, path in (
        ("GET", "/"),
        ("GET", "/v1/nonces"),
        ("POST", "/v2/nonces"),
        ("GET", "/v1/../etc/passwd"),
        ("DELETE", "/v1/health"),
    ):
        said = kiosk.say(method, path)
        assert (said.status, said.kind, said.problem["reason"]) == (404, "not-found", "path")


def test_nobody_waits_any_more(open_town, peer) -> None:
    town = open_town()
    kiosk = peer(town)
    said = kiosk.post("/v1/nonces", NonceAsk(visit=VISIT), X_Deadline="0")
    assert (said.status, said.kind, said.problem["remedy"]) == (504, "deadline", "retry_after")
    assert town.services.asked == []
    assert kiosk.post("/v1/nonces", NonceAsk(visit=VISIT), X_Deadline="5000").status == 200
    for odd in ("soon", "-1", "1e3", "²", "9" * 12):
        header = odd.encode("utf-8").decode("latin-1")
        assert kiosk.post("/v1/nonces", NonceAsk(visit=VISIT), X_Deadline=header).problem["reason"] == "deadline"


class Waiting:
    """Mixed into a town: answers health only when told to."""

    async def health(self, peer):
        self.asked.append("health")
        await asyncio.to_thread(self.go.wait, 10)
        return Health(node=self.code, hours="open", directory=1)


def test_too_much_at_once_is_told_and_not_delayed(world, open_town, peer) -> None:
    town = open_town(
        services=type("WaitingTown", (Waiting, type(open_town().services)), {"go": threading.Event()}), limits=Limits(at_once=2)
    )
    with ThreadPoolExecutor(2) as two:
        kiosks = [peer(town), peer(town)]
        waiting = [two.submit(kiosk.say, "GET", "/v1/health") for kiosk in kiosks]
        while len(town.services.asked) < 2:
            town.services.go.wait(0.01)
        third = peer(town).post("/v1/nonces", NonceAsk(visit=VISIT))
        town.services.go.set()
        assert [future.result(10).status for future in waiting] == [200, 200]
    assert (third.status, third.kind, third.headers["Retry-After"]) == (503, "busy", "2")
    assert peer(town).post("/v1/nonces", NonceAsk(visit=VISIT)).status == 200


# -- problems and the log ---------------------------------------------------------------------------------------------


class Failing:
    """Mixed into a town: fails the way a bug does, with something personal in its text."""

    async def health(self, peer):
        raise KeyError(SECRET)


def test_a_bug_is_told_to_the_log_and_not_to_the_peer(world, open_town, peer) -> None:
    town_type = type(open_town().services)
    town = open_town(services=type("FailingTown", (Failing, town_type), {}))
    said = peer(town).say("GET", "/v1/health", X_Exchange="visit-7")
    assert (said.status, said.kind) == (500, "internal")
    assert said.problem["instance"] == "urn:jukinet:exchange:visit-7"
    assert b"KeyError" not in said.body
    assert b"Traceback" not in said.body
    line = next(line for line in town.log_lines() if line["event"] == "server_failed")
    assert (line["exchange"], line["error"]) == ("visit-7", "KeyError")
    assert any("health" in place for place in line["places"])
    assert SECRET not in town.log.getvalue()
    assert json.dumps(SECRET) not in town.log.getvalue()


def test_log_says_who_what_how_much_and_nothing_personal(open_town, peer, asks) -> None:
    town = open_town()
    said = peer(town).post("/v1/households", asks.household(VISIT), X_Exchange=f"{VISIT}-2")
    assert said.headers["X-Exchange"] == f"{VISIT}-2"
    assert said.headers["Cache-Control"] == "no-store"
    line = town.log_lines()[-1]
    assert line | {"at": 0, "ms": 0, "received": 0, "sent": 0} == {
        "at": 0,
        "event": "server_exchange",
        "exchange": f"{VISIT}-2",
        "peer": "jukinet://kiosk/21361/k1",
        "method": "POST",
        "path": "/v1/households",
        "outcome": "ok",
        "received": 0,
        "sent": 0,
        "ms": 0,
    }
    assert line["received"] > 100
    assert line["sent"] == len(said.body)
    assert SECRET not in town.log.getvalue()


def test_exchange_names_that_are_none_are_replaced(open_town, peer) -> None:
    town = open_town()
    for odd in ("", "x" * 65, "a b", '"}'):
        assert peer(town).say("GET", "/v1/health", X_Exchange=odd).headers["X-Exchange"] == "made-here"


def test_what_is_not_http_leaves_no_text_in_the_log(open_town, peer) -> None:
    town = open_town()
    link = peer(town).link
    link.connect()
    assert isinstance(link.sock, ssl.SSLSocket)
    link.sock.sendall(SECRET.encode() + b"\r\n\r\n")
    assert link.sock.recv(4096).startswith(b"HTTP/1.")
    assert SECRET not in town.log.getvalue()
    assert "Traceback" not in town.log.getvalue()
    assert peer(town).say("GET", "/v1/health").status == 200
