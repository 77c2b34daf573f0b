"""Command bytes as a card takes them apart, and how it hands its answer over when it speaks T=0. Pure but for `Pending`'s one rest."""

from dataclasses import dataclass

from hardware.card.apdu import LE_MAX, SIGN_CLASS, Ins, StatusWord


@dataclass(frozen=True)
class Asked:
    """A parsed command; `le` None: no answer data wanted."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int | None

    @property
    def file(self) -> int:
        """The short id in P2; 0: the selected file."""
        return self.p2 & 0x1F


class Refused(Exception):
    """The card's status word other than 9000, and the data that a warning (62xx) comes with."""

    def __init__(self, status: int, data: bytes = b"") -> None:
        super().__init__(f"{status:04X}")
        self.status = status
        self.data = data


def status_bytes(status: int) -> bytes:
    return status.to_bytes(2, "big")


def parse(apdu: bytes) -> Asked:
    """The four cases of a short command (ISO/IEC 7816-3 12.1). Raises Refused: 6700 for any other length, extended ones included,
    6881 for logical channels, 6E00 for other classes."""
    if len(apdu) < 4:
        raise Refused(StatusWord.WRONG_LENGTH)
    cla, ins, p1, p2 = apdu[:4]
    if not (cla == 0x00 or (cla == SIGN_CLASS and ins == Ins.PERFORM_SECURITY_OPERATION)):
        raise Refused(StatusWord.CHANNEL if 0x00 < cla <= 0x03 else StatusWord.NO_CLA)
    rest = apdu[4:]
    if not rest:
        return Asked(cla, ins, p1, p2, b"", None)
    if len(rest) == 1:
        return Asked(cla, ins, p1, p2, b"", rest[0] or LE_MAX)
    count = rest[0]
    if count and len(rest) == 1 + count:
        return Asked(cla, ins, p1, p2, rest[1:], None)
    if count and len(rest) == 2 + count:
        return Asked(cla, ins, p1, p2, rest[1:-1], rest[-1] or LE_MAX)
    raise Refused(StatusWord.WRONG_LENGTH)


class Pending:
    """What a T=0 card keeps for GET RESPONSE (ISO/IEC 7816-3 12.2): it cannot take data and give data in one command."""

    def __init__(self) -> None:
        self._rest = b""

    def hand_over(self, asked: Asked, data: bytes) -> bytes:
        self._rest = b""
        if not data:
            return status_bytes(StatusWord.OK)
        if not asked.data:
            if asked.le is not None and asked.le > len(data):
                return status_bytes(0x6C00 | len(data) & 0xFF)
            return data + status_bytes(StatusWord.OK)
        self._rest = data
        return status_bytes(0x6100 | min(len(data), LE_MAX) & 0xFF)

    def fetch(self, asked: Asked) -> bytes:
        if not self._rest:
            raise Refused(StatusWord.CONDITIONS)
        le = asked.le or LE_MAX
        if le > len(self._rest):
            raise Refused(0x6C00 | len(self._rest) & 0xFF)
        data, self._rest = self._rest[:le], self._rest[le:]
        return data + status_bytes(0x6100 | min(len(self._rest), LE_MAX) & 0xFF if self._rest else StatusWord.OK)
