"""The public's questions as they come over a socket: what is answered, what is not, and what goes with every answer."""

import asyncio
import json
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from http.client import HTTPConnection, HTTPResponse
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from jukinet.errors import SettingsError
from jukinet.lab import ca
from jukinet.messages import IssueStatus, Item, Result
from jukinet.node.log import Log
from jukinet.node.settings import VerifySettings
from jukinet.node.verify.app import LARGEST, Public
from jukinet.node.verify.listening import MOST_LINKS, verifying
from jukinet.node.verify.page import parts
from jukinet.node.verify.visitors import Visitors
from jukinet.seal import Owner, open_seal
from jukinet.seal_keys import public_key, read_seal_directory
from kiosk.words import catalogue

HERE, HOME = "21361", "21202"
NOBODYS = "ab" * 32


class Visitor:
    """One link, as any program would open it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._link = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=20)

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[HTTPResponse, bytes]:
        self._link.request(method, path, body, {"Content-Type": kind} if body is not None else {})
        answer = self._link.getresponse()
        return answer, answer.read()

    def status(self, seal: str) -> str:
        answer, body = self.ask("POST", "/verify/status", json.dumps({"seal": seal}).encode())
        assert answer.status == 200
        return json.loads(body)["status"]  # type: ignore[no-any-return]


async def copies(network: Any) -> dict[str, str]:
    """What was reported -> the seal's text, of one copy each."""
    seals = {}
    for result in (Result.PRINTED, Result.VOIDED, Result.UNKNOWN, None):
        visit = await network.kiosk().begin("hanako")
        await visit.household()
        _, token = await visit.extract([1], [Item.RELATIONSHIP])
        claims = await visit.issue(token, copies=2)
        if result is not None:
            await visit.report(result, "", 2 if result is Result.PRINTED else 0)
        seals[result or "issued"] = claims.body.copies[1].seal
    return seals


def test_the_state_of_a_copy_is_told_to_who_holds_its_seal(serve: Callable[..., Any]) -> None:
    def deed(page: Any) -> None:
        visitor = Visitor(page.url)
        _, body = visitor.ask("GET", "/verify/keys")
        owners = {bytes.fromhex(key["id"]): Owner(key["town"], key["name"], public_key(key["jwk"])) for key in json.loads(body)["keys"]}
        for state, text in page.network.told.items():
            assert visitor.status(open_seal(text, owners).id.hex()) == state
            assert visitor.status(sha256(text.encode()).hexdigest()) == "absent"
        assert visitor.status(NOBODYS) == "absent"
        assert NOBODYS not in page.log.getvalue()

    serve(deed, before=copies)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"seal":"20261124"}', "application/json", 400),
        (b'{"seal":"zz"}', "application/json", 400),
        (b'{"seal":7}', "application/json", 400),
        (f'{{"seal":"{NOBODYS}","number":"1"}}'.encode(), "application/json", 400),
        (b'{"seal":"' + b"a" * LARGEST + b'"}', "application/json", 413),
        (f'{{"seal":"{NOBODYS}"}}'.encode(), "text/plain", 415),
        (f'{{"seal":"{NOBODYS}"}}'.encode(), "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_question_gets_no_answer(serve: Callable[..., Any], body: bytes, kind: str, status: int) -> None:
    def deed(page: Any) -> None:
        answer, said = Visitor(page.url).ask("POST", "/verify/status", body, kind)
        assert (answer.status, said) == (status, b"")

    serve(deed)


def test_every_answer_keeps_everything_else_out(serve: Callable[..., Any]) -> None:
    """Found, not found, wrong method, refused: the same policy, nothing stored, nothing of any session."""
    asked = [("GET", path) for path in (*parts(), "/verify/keys", "/verify/directory", "/", "/verify/", "/verify/nothing", "/v1/health")]

    def deed(page: Any) -> None:
        visitor = Visitor(page.url)
        for method, path in [*asked, ("DELETE", "/verify"), ("GET", "/verify/status")]:
            answer, _ = visitor.ask(method, path)
            policy = dict(part.split(" ", 1) for part in (answer.headers["Content-Security-Policy"] or "").split("; "))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
            assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
            assert "camera=(self)" in answer.headers["Permissions-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "Set-Cookie" not in answer.headers
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert answer.headers["Cache-Control"] == ("public, max-age=600" if answer.status == 200 else "no-store")

    serve(deed)


def test_nothing_of_the_node_s_own_door_is_here(serve: Callable[..., Any]) -> None:
    def deed(page: Any) -> None:
        for path in (
            "/v1/health",
            "/v1/directory",
            "/v1/issues/01JX0000000000000000000000",
            "/verify/../settings",
            "/verify/qr/../page.js",
        ):
            assert Visitor(page.url).ask("GET", path)[0].status == 404

    serve(deed)


def test_its_directory_serves_the_command(serve: Callable[..., Any], tmp_path: Path) -> None:
    def deed(page: Any) -> None:
        _, body = Visitor(page.url).ask("GET", "/verify/directory")
        file = tmp_path / "directory.json"
        file.write_bytes(body)
        known = read_seal_directory(file, None)
        assert (known.centre, known.pinned) == (page.network.centre.kid, False)
        assert {owner.town for owner in known.owners.values()} == {HERE, HOME}

    serve(deed)


def test_who_asks_too_often_is_told_when_to_come_again(serve: Callable[..., Any]) -> None:
    def deed(page: Any) -> None:
        visitor = Visitor(page.url)
        answers = [visitor.ask("POST", "/verify/status", json.dumps({"seal": NOBODYS}).encode())[0] for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["Retry-After"]) > 100
        assert visitor.ask("GET", "/verify")[0].status == 200

    serve(deed, visitors=Visitors(rate=0.001, burst=3))


def test_links_beyond_what_the_node_can_spare_are_closed(serve: Callable[..., Any]) -> None:
    def deed(page: Any) -> None:
        parts = urlsplit(page.url)
        address = (parts.hostname or "", parts.port or 0)
        held = [socket.create_connection(address, timeout=20) for _ in range(MOST_LINKS)]
        # Each has been let in by now, or this would not be answered.
        question, said = b"GET /verify/nothing HTTP/1.1\r\nHost: x\r\n\r\n", b""
        held[-1].sendall(question)
        assert held[-1].recv(12) == b"HTTP/1.1 404"
        with socket.create_connection(address, timeout=20) as one_more, suppress(ConnectionError):
            one_more.sendall(question)
            said = one_more.recv(12)
        assert said == b""
        for link in held:
            link.close()

    serve(deed)


def test_with_a_certificate_it_is_https_and_says_so_for_good(tmp_path: Path, network: Any) -> None:
    now = network.clock()
    authority = ca.make_authority("town CA", now)
    key = ca.new_key()
    ca.save_key(tmp_path / "key.pem", key)
    ca.save_certificate(
        tmp_path / "cert.pem", authority.issue("https://town.invalid/", key, ca.NODE_USES, (now - ca.BEFORE, now + ca.VALID))
    )

    async def nobodys(seal: bytes) -> IssueStatus | None:
        return None

    async def story() -> str:
        public = Public(HERE, "", network.book, network.centre.public(), nobodys, Log(StringIO(), network.clock))
        settings = VerifySettings((("127.0.0.1", 0),), (tmp_path / "cert.pem", tmp_path / "key.pem"))
        async with verifying(settings, public) as (url,):
            assert url.startswith("https://127.0.0.1:")
            trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port, ssl=trusting)
            writer.write(b"GET /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return answer.decode()

    answer = asyncio.run(story())
    assert answer.startswith("HTTP/1.1 200")
    assert "Strict-Transport-Security: max-age=63072000" in answer


def test_an_address_that_is_taken_is_told_in_plain_words(network: Any) -> None:
    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            public = Public(HERE, "", network.book, network.centre.public(), None, Log(StringIO(), network.clock))  # type: ignore[arg-type]
            async with verifying(VerifySettings((taken.getsockname(),), None), public):
                pass

    with pytest.raises(SettingsError, match=r"verify\.listen: 127\.0\.0\.1:\d+ cannot be listened on"):
        asyncio.run(story())


# -- what the page is made of -----------------------------------------------------------------------------------------

PAGE = files("assets") / "verify"


def test_the_code_of_others_is_what_was_published() -> None:
    """npm's qr 0.7.0, byte for byte; NOTICE names it. A newer one is taken whole, with its digests here."""
    digests = {
        "decode.js": "00e209820dcb11d624e9a03d6383e580766792b57d1651318f0a29e4e1ff0fe8",
        "index.js": "a0de370051f94bd74f218f74401fdf197585e3f9ef0143164f87ea941a3fdd6f",
        "LICENSE": "f9946796a8a5bd5981565142fa42e3b0cc36aef6f80e86beaf5905b3c0fef1b5",
        "LICENSE-MIT": "07a9f887e9215644439b808628b09f8eece932d79130ff563f958f3a1783e684",
    }
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in (PAGE / "qr").iterdir()} == digests


def test_the_page_asks_for_words_that_are_there_and_for_nothing_elsewhere() -> None:
    text = "\n".join(path.read_text("utf-8") for path in PAGE.iterdir() if path.name.endswith((".js", ".html", ".css")))
    keys = set(re.findall(r'"(verify(?:\.[a-z_]+)+)"', text))
    assert len(keys) > 30
    for language in ("ja", "en"):
        served = json.loads(parts()["/verify/words"].body)[language]
        assert keys - set(served) == set()
        assert served == {key: words for key, words in catalogue(language).items() if key.startswith("verify.")}
    assert re.findall(r"https?://", text) == []
    assert not re.search(r"innerHTML|outerHTML|document\.write|\beval\b|localStorage|sessionStorage|indexedDB|document\.cookie", text)
