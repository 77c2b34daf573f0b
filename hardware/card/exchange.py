"""One command and its whole answer, over a connection's `transmit`.

Neither pcscd nor pyscard does what T=0 asks of a terminal (ISO/IEC 7816-3 12.2): 61xx means fetch the rest with GET RESPONSE, 6Cxx
means say it again with Le = xx. It is done here, for every application.
"""

from hardware.card.apdu import LE_MAX, Command, Ins, Response, decode_response
from hardware.errors import CardRemoved
from hardware.interfaces import CardConnection

MOST_ROUNDS = 300  # 300 × 256 bytes is more than any file holds: a card that always has more is broken


def send(card: CardConnection, command: Command) -> Response:
    """Raises CardRemoved, ReaderLost."""
    response = send_raw(card, command.encode())
    le = response.status.right_le
    if le is not None and le != command.le:
        again = Command(command.ins, command.p1, command.p2, command.data, le, command.cla)
        response = send_raw(card, again.encode())
    return response


def send_raw(card: CardConnection, command: bytes | list[int]) -> Response:
    """Sends what is already an APDU (a PIN command, which must stay wipeable) and fetches all of a 61xx answer."""
    response = _once(card, command)
    data = response.data
    for _ in range(MOST_ROUNDS):
        waiting = response.status.more
        if waiting is None:
            return Response(data, response.status)
        response = _once(card, Command(Ins.GET_RESPONSE, le=waiting).encode())
        right = response.status.right_le
        if right is not None and right < LE_MAX:
            response = _once(card, Command(Ins.GET_RESPONSE, le=right).encode())
        data += response.data
    raise CardRemoved("the card does not come to an end")


def _once(card: CardConnection, command: bytes | list[int]) -> Response:
    raw = card.transmit(command)
    if len(raw) < 2:  # what pcscd hands over when the card leaves in the middle of a command
        raise CardRemoved("answer without a status word")
    return decode_response(raw)
