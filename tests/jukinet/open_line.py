"""Test equipment: a line that hears in clear what passes between two members of the network.

It has the keys of both, which nobody outside a test has: to who asks it is the asked node, to the node it is who asks. What it heard is
what was said inside TLS, byte by byte, both ways.
"""

import asyncio
import base64
import binascii
import re
from contextlib import suppress

from jukinet.tls import TlsFiles, door_context, line_context, name_of
from tests.jukinet.toxic import ToxicLines

PIECE = 16_384
_ENCODED = re.compile(rb"[0-9A-Za-z_+/-]{16,}={0,2}")


class OpenLine:
    """From `asker` to the node `code` at `port`. `lines` lends its loop."""

    def __init__(self, lines: ToxicLines, code: str, port: int, asker: TlsFiles, asked: TlsFiles) -> None:
        self._code, self._to, self._asker, self._asked = code, port, asker, asked
        self.heard = bytearray()
        self.port = lines.do(self._open())
        self.url = f"https://127.0.0.1:{self.port}"

    async def _open(self) -> int:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0, ssl=door_context(self._asked))
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _forward(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        context = line_context(self._asker)
        try:
            far_in, far_out = await asyncio.open_connection("127.0.0.1", self._to, ssl=context, server_hostname=name_of(self._code))
        except OSError:  # a node that does not run yet
            near_out.close()
            return
        ways = [asyncio.create_task(self._pump(*way)) for way in ((near_in, far_out), (far_in, near_out))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            near_out.close()
            far_out.close()

    async def _pump(self, here: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await here.read(PIECE):
                self.heard += data
                there.write(data)
                await there.drain()


def unpacked(said: bytes) -> bytes:
    """With everything in it that is base64, as signed answers are, and what is base64 inside that."""
    found, layer = [said], said
    for _ in range(3):
        layer = b"\n".join(decoded for piece in _ENCODED.findall(layer) if (decoded := _decoded(piece)))
        found.append(layer)
    return b"\n".join(found)


def _decoded(piece: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(piece.rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_")) + b"=" * (-len(piece.rstrip(b"=")) % 4))
    except binascii.Error:
        return b""
