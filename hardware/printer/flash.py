"""Static art in the printer's flash (NV graphics): written once, printed by eleven bytes, and never a seal.

A picture is kept under two characters that follow from its dots, so that stale art cannot be printed: another picture has another name.
What a printer has is asked, not remembered; art that it has not is sent like any other picture. Flash wears out with writing (Epson: some
ten times a day at most), so only what is missing is written, once a start.

Sources: Epson ESC/POS command reference, GS ( L functions 64 (key list), 67 (define), 69 (print); GS 8 L for pictures of more than 64 kB is
not used, no art is that large.
"""

from hashlib import sha256

from hardware.printer.commands import HAZARDS
from hardware.printer.page import Art, Bitmap
from hardware.printer.replies import Block, Reply

FIRST, KINDS = 0x20, 95  # characters a name is made of: 20h to 7Eh
ASK_KEYS = b"\x1d(L\x04\x00\x30\x40KC"
ROOM = 65_535 - 11  # bytes of dots in one definition


def stored_picture(art: Art) -> Bitmap:
    """As it lies in the flash: from the paper's left edge on, since not all printers place it."""
    return Bitmap.of_lines(art.x + art.picture.width, art.picture.lines)


def key_of(picture: Bitmap) -> str:
    """Two characters. Of a handful of pictures, two have the same one in ten thousand; `define` would print the later one."""
    number = int.from_bytes(sha256(picture.width.to_bytes(2, "big") + picture.rows).digest()[:8], "big")
    return chr(FIRST + number % KINDS) + chr(FIRST + number // KINDS % KINDS)


def can_be_stored(picture: Bitmap) -> bool:
    """One command takes it, and none of its dots would be taken for a real-time command."""
    return len(picture.rows) <= ROOM and not HAZARDS.search(define(picture))


def define(picture: Bitmap) -> bytes:
    size = picture.width.to_bytes(2, "little") + picture.height.to_bytes(2, "little")
    body = b"\x30\x43\x30" + key_of(picture).encode("ascii") + b"\x01" + size + b"\x31" + picture.rows
    return b"\x1d(L" + len(body).to_bytes(2, "little") + body


def show(key: str) -> bytes:
    """Prints the picture and feeds its height; the print buffer must be empty."""
    return b"\x1d(L\x06\x00\x30\x45" + key.encode("ascii") + b"\x01\x01"


def keys_in(reply: Reply) -> frozenset[str] | None:
    """The names a printer has, from its answer to ASK_KEYS (37 72 40 names 00); None for another reply."""
    if not isinstance(reply, Block) or reply.header != 0x37 or reply.data[:2] not in (b"\x72\x40", b"\x72\x41"):
        return None
    names = reply.data[2:].decode("latin-1")
    return frozenset(names[at : at + 2] for at in range(0, len(names) - 1, 2))
