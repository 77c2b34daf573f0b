"""Bytes from a printer -> what they say.

The printer mixes flow control, real-time status, automatic status, answers to GS r and blocks in one stream. One bit pattern of the
first byte tells them apart (Epson TM-T88III manual, appendix G), and flow control may stand between the bytes of all others.
`feed` is total: no sequence of bytes raises, any chunking gives the same replies, and what cannot be a reply comes out as Noise, so
that a wrong baud rate is seen as one.
"""

from dataclasses import dataclass

from hardware.printer.models import StatusKind


@dataclass(frozen=True)
class FlowControl:
    """XOFF (`stop`) or XON. Normally eaten by the operating system's IXON."""

    stop: bool


@dataclass(frozen=True)
class RealTime:
    """Answer to a DLE EOT; it does not say to which."""

    status: int


@dataclass(frozen=True)
class Asb:
    """Automatic status back: four bytes, levels (never edges: two changes may come as one frame)."""

    printer: int
    errors: int
    paper: int
    more: int


@dataclass(frozen=True)
class FullStatus:
    """Answer to DLE EOT 20 of Custom's mechanisms."""

    paper: int
    user: int
    recoverable: int
    unrecoverable: int


@dataclass(frozen=True)
class Queued:
    """Answer to GS r."""

    status: int


@dataclass(frozen=True)
class Block:
    """A block with its header and the data before the closing 00."""

    header: int
    data: bytes


@dataclass(frozen=True)
class Noise:
    """Bytes that are no reply."""

    data: bytes


Reply = FlowControl | RealTime | Asb | FullStatus | Queued | Block | Noise

XON, XOFF = 0x11, 0x13
BLOCK_HEADERS = (0x35, 0x37, 0x39, 0x3B, 0x3D, 0x5F)
LONGEST_BLOCK = 96  # bytes; GS I answers with up to some 80


class Replies:
    """`feed` what was read. `status` decides what a leading 10 0F means: Custom's frame, or the start of an ASB."""

    def __init__(self, status: StatusKind) -> None:
        self._status = status
        self._open = bytearray()  # an unfinished reply

    def feed(self, data: bytes) -> list[Reply]:
        replies: list[Reply] = []
        for byte in data:
            if byte in (XON, XOFF):
                replies.append(FlowControl(stop=byte == XOFF))
            else:
                self._byte(byte, replies)
        return replies

    def _byte(self, byte: int, replies: list[Reply]) -> None:
        if self._open:
            if self._continues(byte):
                self._open.append(byte)
                done = self._finished()
                if done is not None:
                    replies.append(done)
                    self._open.clear()
                return
            # The rest of this reply was lost on the way: what is there is noise, and the byte begins anew.
            replies.append(Noise(bytes(self._open)))
            self._open.clear()
        if byte & 0x80:
            replies.append(Noise(bytes((byte,))))
        elif byte & 0x93 == 0x12:
            replies.append(RealTime(byte))
        elif byte & 0x93 == 0x10 or byte in BLOCK_HEADERS:
            self._open.append(byte)
        elif byte & 0x90 == 0:
            replies.append(Queued(byte))
        else:
            replies.append(Noise(bytes((byte,))))

    def _continues(self, byte: int) -> bool:
        if self._full_status:
            return True
        if self._open[0] & 0x93 == 0x10:
            return byte & 0x90 == 0
        if self._open[0] == 0x39:
            return byte & 0x80 == 0
        return byte & 0x80 == 0 and len(self._open) < LONGEST_BLOCK

    def _finished(self) -> Reply | None:
        bytes_in = self._open
        if self._full_status:
            return FullStatus(*bytes_in[2:6]) if len(bytes_in) == 6 else None
        if bytes_in[0] & 0x93 == 0x10:
            return Asb(*bytes_in) if len(bytes_in) == 4 else None
        if bytes_in[0] == 0x39:  # extended ASB: four bytes, no closing 00
            return Block(0x39, bytes(bytes_in[1:])) if len(bytes_in) == 5 else None
        return Block(bytes_in[0], bytes(bytes_in[1:-1])) if bytes_in[-1] == 0 else None

    @property
    def _full_status(self) -> bool:
        return self._status is StatusKind.CUSTOM and self._open[:2] == b"\x10\x0f"


def process_id(reply: Reply) -> bytes | None:
    """The four bytes of an answer to GS ( H 48 (37 22 d1-d4 00)."""
    if isinstance(reply, Block) and reply.header == 0x37 and len(reply.data) == 5 and reply.data[0] == 0x22:
        return reply.data[1:]
    return None


def is_cleared(reply: Reply) -> bool:
    """37 25 00: DLE DC4 8 has been done."""
    return reply == Block(0x37, b"\x25")


def is_power_on(reply: Reply) -> bool:
    """3B 31 00, sent after each start where the memory switch Msw1-1 is set."""
    return reply == Block(0x3B, b"\x31")
