"""Mutual TLS 1.3, and who is at the other end. The only file that imports ssl.

OpenSSL checks the chain, the dates and the purpose (extended key usage) of the peer's certificate; what it does not know is who the
peer is. That is the SAN URI (RFC 5280, 4.2.1.6), read here: `peer_in` on the node's side, and on the asker's side a check inside
the handshake that the node is the one asked for, before a byte of the question leaves. Host names play no part.

Revocation is not checked here but on each request, by the node's own list: a certificate revoked in OpenSSL keeps its open links,
and a refused handshake cannot tell the peer why.

No session tickets: each link proves anew who it is, and a link that may be read holds an answer or its end, nothing else.
"""

import asyncio.sslproto
import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from jukinet.errors import SettingsError
from jukinet.peers import Peer, parse_uri

Context = ssl.SSLContext
OPENSSL = ssl.OPENSSL_VERSION

# Bytes that asyncio keeps for each TLS link, open or idle. Its own 256 KiB make 30 MB of 100 links; a question is 3 KiB, so 32 KiB
# are as fast. A class attribute that asyncio does not document; a test says when it is gone.
LINK_BUFFER = 32 * 1024


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: our certificate, its private key, and the network's CA."""

    certificate: Path
    key: Path
    ca: Path


def door_context(files: TlsFiles) -> ssl.SSLContext:
    """For the side that is asked. Raises SettingsError."""
    return _context(files, ssl.PROTOCOL_TLS_SERVER)


def line_context(files: TlsFiles, node: str | None = None) -> ssl.SSLContext:
    """For the side that asks, with asyncio as well as with `NodeLink`. Raises SettingsError.

    `node` is the code of the node that must answer. None: the one that each link's `server_hostname` names (see `name_of`), so that one
    context, loaded once, serves for all of them.
    """
    context = _context(files, ssl.PROTOCOL_TLS_CLIENT)

    def wanted(link: ssl.SSLObject | ssl.SSLSocket) -> str:
        return f"jukinet://node/{node if node is not None else (link.server_hostname or '').removesuffix(_NAMES)}"

    class ToNode(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            _must_be(wanted(self), self.getpeercert(True))

    class ToNodeBySocket(_CountedSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            _must_be(wanted(self), self.getpeercert(True))

    context.sslobject_class = ToNode
    context.sslsocket_class = ToNodeBySocket
    return context


def public_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """For a page that anyone may open: a server's certificate, none asked of the visitor, browsers' TLS 1.2 too. Raises SettingsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_pair(context, certificate, key)
    return context


_NAMES = ".node.jukinet.invalid"


def name_of(node: str) -> str:
    """The server_hostname for a link to the node of this code. It names no host: `.invalid` is nowhere (RFC 6761)."""
    return node + _NAMES


def keep_links_small() -> None:
    """From now on, for all of asyncio's TLS links in this process."""
    asyncio.sslproto.SSLProtocol.max_size = LINK_BUFFER


def _context(files: TlsFiles, protocol: "ssl._SSLMethod") -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # nodes are named by URI; see _must_be
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if protocol is ssl.PROTOCOL_TLS_SERVER:
        context.num_tickets = 0
    _load_pair(context, files.certificate, files.key)
    try:
        context.load_verify_locations(files.ca)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{files.ca}: CA certificates in PEM are required ({_why(error)})") from None
    return context


def _load_pair(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        pair = f"{certificate}, {key}"
        raise SettingsError(f"{pair}: a certificate in PEM with its own unencrypted key is required ({_why(error)})") from None


def _no_password() -> str:
    """Without this, OpenSSL would ask for the key's password on the terminal."""
    return ""


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason
    return getattr(error, "strerror", None) or type(error).__name__


def refusal(error: Exception) -> str:
    """A failed handshake in few words, for the record: "unable to get local issuer certificate", "HTTP_REQUEST", "time-out"."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, TimeoutError):
        return "time-out"
    return _why(error)


# -- who is there -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def peer_in(certificate: bytes) -> Peer | None:
    """The identity in a certificate (DER); None when it has none of ours, or several."""
    try:
        leaf = x509.load_der_x509_certificate(certificate)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    if len(uris) != 1 or (known := parse_uri(uris[0])) is None:
        return None
    kind, code = known
    return Peer(uris[0], kind, code, leaf.serial_number, leaf.fingerprint(SHA256()))


def certificate_of(link: object) -> bytes:
    """The certificate (DER) of a verified link's peer. `link` is what asyncio calls ssl_object."""
    return (link.getpeercert(True) if isinstance(link, ssl.SSLObject) else None) or b""


def _must_be(uri: str, certificate: bytes | None) -> None:
    peer = None if certificate is None else peer_in(certificate)
    if peer is None or peer.uri != uri:
        # An SSLError, since asyncio reports no other failure of a handshake.
        error = ssl.SSLCertVerificationError(1, f"the peer is not {uri}")
        error.reason, error.verify_code, error.verify_message = "NOT_THE_NODE_ASKED_FOR", 1, f"the peer is not {uri}"
        raise error


# -- asking, blocking -------------------------------------------------------------------------------------------------


@dataclass
class Limit:
    """Until when a blocking link may take, and what went over it. Shared by the link and whoever asks over it."""

    clock: Callable[[], float]  # monotonic seconds
    until: float = 0.0
    sent: int = 0  # bytes inside TLS
    received: int = 0

    def left(self) -> float:
        """Seconds. Raises TimeoutError when there are none."""
        left = self.until - self.clock()
        if left <= 0:
            raise TimeoutError("deadline")
        return left


class _CountedSocket(ssl.SSLSocket):
    """Keeps one deadline over any number of reads and writes, however small their pieces."""

    limit: Limit | None = None

    def send(self, data: "bytes | memoryview", flags: int = 0) -> int:  # type: ignore[override]
        self._hold()
        count = super().send(data, flags)
        if self.limit is not None:
            self.limit.sent += count
        return count

    def recv_into(self, buffer: "bytearray | memoryview", nbytes: int | None = None, flags: int = 0) -> int:  # type: ignore[override]
        self._hold()
        count = super().recv_into(buffer, nbytes, flags)
        if self.limit is not None:
            self.limit.received += count
        return count

    def _hold(self) -> None:
        if self.limit is not None:
            self.settimeout(self.limit.left())


def address_of(url: str) -> tuple[str, int]:
    """Host and port of https://HOST:PORT. Raises SettingsError."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme != "https" or not host or not port or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SettingsError(f'"{url}" is no address of a node; https://HOST:PORT is required')
    return host, port


class NodeLink(http.client.HTTPSConnection):
    """One TLS link to the node its context was made for."""

    def __init__(self, url: str, context: ssl.SSLContext, limit: Limit) -> None:
        """`url` is https://HOST:PORT. Raises SettingsError."""
        host, port = address_of(url)
        super().__init__(host, port, timeout=limit.left(), context=context)
        self.limit = limit

    def connect(self, seconds: float | None = None) -> None:
        """Within `seconds`, if that is less than what is left. Raises OSError; `ssl.SSLError` is one. Nothing of a question has left by
        then."""
        self.timeout = min(self.limit.left(), self.limit.left() if seconds is None else seconds)
        super().connect()
        if isinstance(self.sock, _CountedSocket):
            self.sock.limit = self.limit

    def is_usable(self) -> bool:
        """Open, and nothing unasked-for has come: an idle link that can be read was ended by the node."""
        if not isinstance(self.sock, ssl.SSLSocket):
            return False
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False
