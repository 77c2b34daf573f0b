"""The table of what the door refuses, each refusal recorded with its reason; and who a peer is."""

import http.client
import socket
import ssl
from pathlib import Path

import pytest

from jukinet.errors import SettingsError
from jukinet.peers import Peer, PeerKind
from jukinet.tls import Limit, NodeLink, TlsFiles, door_context, line_context, peer_in, refusal

REQUEST = b"GET /v1/health HTTP/1.1\r\nHost: node\r\n\r\n"


def context_with(world, certificate: str | None, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """A foreign client's, which checks nothing of ours."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(world.folder / "ca.pem")
    context.maximum_version = most
    if certificate is not None:
        files = world.files(certificate)
        context.load_cert_chain(files.certificate, files.key)
    return context


def get_health(port: int, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    try:
        connection.request("GET", "/v1/health")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (None, "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        ("foreign", "unable to get local issuer certificate"),
        ("server-only", "unsuitable certificate purpose"),
        ("expired", "certificate has expired"),
        ("early", "certificate is not yet valid"),
    ],
)
def test_bad_certificates_are_refused_and_recorded(world, open_town, certificate: str | None, reason: str) -> None:
    town = open_town()
    with pytest.raises((OSError, http.client.HTTPException)):
        get_health(town.port, context_with(world, certificate))
    address, recorded = town.refusal()
    assert recorded == reason
    assert address.startswith("127.0.0.1:")
    assert town.services.asked == []
    assert get_health(town.port, context_with(world, "kiosk")) == 200


def test_older_tls_is_refused_and_recorded(world, open_town) -> None:
    town = open_town()
    with pytest.raises(OSError, match=r"(?i)version|alert|reset|eof"):
        get_health(town.port, context_with(world, "kiosk", ssl.TLSVersion.TLSv1_2))
    assert town.refusal()[1] == "UNSUPPORTED_PROTOCOL"


@pytest.mark.parametrize(("sent", "reason"), [(REQUEST, "HTTP_REQUEST"), (b"\x00\xffSSH-2.0-x\r\n", "WRONG_VERSION_NUMBER")])
def test_whoever_does_not_speak_tls_is_refused_and_recorded(open_town, sent: bytes, reason: str) -> None:
    town = open_town()
    with socket.create_connection(("127.0.0.1", town.port), timeout=10) as plain:
        plain.sendall(sent)
        assert town.refusal()[1] == reason


def test_silent_client_is_shown_out(open_town) -> None:
    town = open_town(handshake_seconds=0.2)
    with socket.create_connection(("127.0.0.1", town.port), timeout=10) as silent:
        assert town.refusal()[1] == "time-out"
        assert silent.recv(1) == b""


def test_client_that_leaves_at_once_is_recorded(open_town) -> None:
    town = open_town()
    socket.create_connection(("127.0.0.1", town.port), timeout=10).close()
    assert town.refusal()[1]


def test_bytes_that_come_with_the_end_of_the_handshake_are_not_lost(world, open_town) -> None:
    """Two pipelined requests in one packet with Finished, again and again, since it is a race that this is about."""
    town = open_town()
    context = context_with(world, "kiosk")
    for _ in range(40):
        inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        link = context.wrap_bio(inward, outward)
        with socket.create_connection(("127.0.0.1", town.port), timeout=10) as plain:
            with pytest.raises(ssl.SSLWantReadError):
                link.do_handshake()
            plain.sendall(outward.read())
            while True:
                inward.write(plain.recv(65536))
                try:
                    link.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    continue
            link.write(REQUEST)
            link.write(REQUEST)
            plain.sendall(outward.read())
            answers = b""
            while answers.count(b"HTTP/1.1 200 OK") < 2:
                try:
                    answers += link.read(65536)
                except ssl.SSLWantReadError:
                    piece = plain.recv(65536)
                    assert piece
                    inward.write(piece)


def test_no_ticket_is_given_out(world, open_town) -> None:
    """So that nobody comes back on an older proof."""
    town = open_town()
    with (
        socket.create_connection(("127.0.0.1", town.port), timeout=10) as plain,
        context_with(world, "kiosk").wrap_socket(plain, server_hostname="node") as link,
    ):
        link.sendall(REQUEST)
        assert link.recv(65536)
        assert link.version() == "TLSv1.3"
        assert link.session is None or not link.session.has_ticket


def test_a_new_certificate_holds_for_newcomers_and_open_links_stay(world, open_town) -> None:
    town = open_town()
    context = context_with(world, "kiosk")
    before = http.client.HTTPSConnection("127.0.0.1", town.port, context=context, timeout=10)
    before.request("GET", "/v1/health")
    assert before.getresponse().read()
    town.use_certificate("second-town")
    after = http.client.HTTPSConnection("127.0.0.1", town.port, context=context, timeout=10)
    for connection in (before, after):
        connection.request("GET", "/v1/health")
        assert connection.getresponse().status == 200
    serials = [peer_in(connection.sock.getpeercert(True)).serial for connection in (before, after)]
    assert serials == [world.serials["town"], world.serials["second-town"]]
    before.close()
    after.close()


# -- the asker's side -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("home", "the peer is not jukinet://node/21361"),
        ("kiosk", "unsuitable certificate purpose"),
        ("town-as-kiosk", "unsuitable certificate purpose"),
        ("foreign", "unable to get local issuer certificate"),
    ],
)
def test_another_node_is_not_told_the_question(world, open_town, certificate: str, reason: str) -> None:
    impostor = open_town(certificate=certificate)
    link = NodeLink(impostor.url, line_context(world.files("kiosk"), "21361"), Limit(lambda: 0.0, until=10))
    with pytest.raises(OSError, match=r"verify failed|not jukinet") as caught:
        link.connect()
    assert refusal(caught.value) == reason
    assert impostor.services.asked == []


def test_the_right_node_is_asked(world, open_town) -> None:
    town = open_town()
    limit = Limit(lambda: 0.0, until=10)
    link = NodeLink(town.url, line_context(world.files("kiosk"), "21361"), limit)
    link.request("GET", "/v1/health")
    assert link.getresponse().read().startswith(b"{")
    assert link.is_usable()
    assert limit.sent > 20
    assert limit.received > 100
    town.stop()
    assert not link.is_usable()
    link.close()
    assert not link.is_usable()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1", "https://", "127.0.0.1:1", "https://127.0.0.1", "https://127.0.0.1:1/path", "https://a:b", "https://a:99999"],
)
def test_addresses_of_nodes(world, url: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        NodeLink(url, line_context(world.files("kiosk"), "21361"), Limit(lambda: 0.0, until=10))


# -- identities -------------------------------------------------------------------------------------------------------


def test_peer_is_its_uri_and_nothing_else(world) -> None:
    def peer(name: str) -> Peer | None:
        return peer_in(ssl.PEM_cert_to_DER_cert((world.folder / f"{name}.pem").read_text()))

    kiosk = peer("kiosk")
    assert kiosk is not None
    assert (kiosk.uri, kiosk.kind, kiosk.code) == ("jukinet://kiosk/21361/k1", PeerKind.KIOSK, "21361")
    assert kiosk.serial == world.serials["kiosk"]
    assert len(kiosk.fingerprint) == 32
    assert peer("nobody") is None
    assert peer("ca") is None
    assert peer_in(b"no certificate") is None


def test_files_that_are_no_certificates_are_named(world, tmp_path: Path) -> None:
    good = world.files("town")
    (tmp_path / "empty").touch()
    with pytest.raises(SettingsError, match=r"town\.pem.*kiosk\.key"):
        door_context(TlsFiles(good.certificate, world.files("kiosk").key, good.ca))
    with pytest.raises(SettingsError, match=r"absent.*No such file"):
        door_context(TlsFiles(tmp_path / "absent", good.key, good.ca))
    with pytest.raises(SettingsError, match=r"empty: CA certificates"):
        door_context(TlsFiles(good.certificate, good.key, tmp_path / "empty"))
