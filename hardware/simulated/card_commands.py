"""What a card does with each instruction: select, read, verify, change, sign, keep objects. A table; total over what `parse` lets through.

Each function gets the card's state and the parsed command, gives the answer's data, and raises Refused with any other status word.
"""

from collections.abc import Callable, Mapping

from hardware.card.apdu import LE_MAX, SIGN_CLASS, Ins, StatusWord
from hardware.simulated.card_apdu import Asked, Refused
from hardware.simulated.card_memory import DataFile, KeyFile, ObjectStore, PinFile, RecordFile
from hardware.simulated.card_proofs import challenge, external, internal, show_certificate
from hardware.simulated.card_state import CardState

SIGN_MOST = 245  # PKCS#1 v1.5 needs 11 of 256 bytes
PREFIX_LEAST = 5  # a registered application provider's id: the shortest name that selects
OBJECTS, FREE = 0x01, 0xFF  # P1 of GET and PUT DATA; P2 for the free bytes


def select(state: CardState, asked: Asked) -> bytes:
    if asked.p1 == 0x04 and asked.data:
        for application in state.applications:
            if len(asked.data) >= PREFIX_LEAST and application.name.startswith(asked.data):
                state.enter(application)
                return b""
        raise Refused(StatusWord.NO_FILE)
    if asked.p1 == 0x02 and len(asked.data) == 2:
        number = int.from_bytes(asked.data, "big")
        if state.application is None or number not in state.application.files:
            raise Refused(StatusWord.NO_FILE)
        state.file = number
        return b""
    raise Refused(StatusWord.WRONG_PARAMETERS)


def read_binary(state: CardState, asked: Asked) -> bytes:
    short = asked.p1 & 0x80
    _, file = state.named(DataFile, asked.p1 & 0x1F if short else 0)
    state.need(file.needs)
    if asked.data or asked.le is None:
        raise Refused(StatusWord.WRONG_LENGTH)
    offset = asked.p2 if short else asked.p1 << 8 | asked.p2
    if offset >= len(file.data):
        raise Refused(StatusWord.PAST_END)
    data = file.data[offset : offset + min(asked.le, state.faults.most_read)]
    if state.faults.ends_with_warning and offset + asked.le > len(file.data):
        raise Refused(StatusWord.END_OF_FILE, data)
    return data


def read_record(state: CardState, asked: Asked) -> bytes:
    if asked.p2 & 0x07 != 0x04:  # record P1 of the file
        raise Refused(StatusWord.WRONG_PARAMETERS)
    _, file = state.named(RecordFile, asked.p2 >> 3)
    if asked.data or asked.le is None:
        raise Refused(StatusWord.WRONG_LENGTH)
    if not 1 <= asked.p1 <= len(file.records):
        raise Refused(StatusWord.NO_RECORD)
    return file.records[asked.p1 - 1][: asked.le]


# -- PINs -------------------------------------------------------------------------------------------------------------


def verify(state: CardState, asked: Asked) -> bytes:
    if asked.p1 or asked.p2 & 0xE0 != 0x80:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    number, pin = state.named(PinFile, asked.file)
    if not asked.data and asked.le is None:
        if number in state.verified and state.faults.silent_when_verified:
            return b""
        raise Refused(_tries(pin))
    if not 1 <= len(asked.data) <= 16:
        raise Refused(StatusWord.WRONG_LENGTH)
    if pin.locked:
        raise Refused(state.faults.locked)
    right = pin.check(asked.data)
    state.changed()
    if not right:
        state.verified.discard(number)
        raise Refused(_tries(pin))
    state.verified.add(number)
    return b""


def change_pin(state: CardState, asked: Asked) -> bytes:
    if asked.p1 != 0x01 or asked.p2 & 0xE0 != 0x80:  # the new PIN alone, after VERIFY
        raise Refused(StatusWord.WRONG_PARAMETERS)
    number, pin = state.named(PinFile, asked.file)
    state.need(frozenset({number}))
    if not 1 <= len(asked.data) <= 16 or not asked.data.isascii():
        raise Refused(StatusWord.WRONG_LENGTH)
    pin.value = asked.data
    state.changed()
    return b""


def _tries(pin: PinFile) -> int:
    return StatusWord.NO_LIMIT if pin.limit is None else 0x63C0 | pin.left


# -- keys -------------------------------------------------------------------------------------------------------------


def sign(state: CardState, asked: Asked) -> bytes:
    if asked.cla != SIGN_CLASS:
        return show_certificate(state, asked)
    if asked.p1 or asked.p2 & 0xE0 != 0x80:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    _, key = state.named(KeyFile, asked.file)
    if key.ins != asked.ins:
        raise Refused(StatusWord.NO_INS)
    state.need(key.needs)
    if not 1 <= len(asked.data) <= SIGN_MOST or asked.le not in (None, LE_MAX):
        raise Refused(StatusWord.WRONG_LENGTH)
    return key.raw(asked.data)


# -- objects ----------------------------------------------------------------------------------------------------------


def get_data(state: CardState, asked: Asked) -> bytes:
    store = _store(state, asked)
    if asked.data or asked.le is None:
        raise Refused(StatusWord.WRONG_LENGTH)
    if asked.p2 == FREE:
        return store.free.to_bytes(2, "big")[: asked.le]
    if asked.p2 not in store.objects:
        raise Refused(StatusWord.NO_KEY)
    return store.objects[asked.p2][: asked.le]


def put_data(state: CardState, asked: Asked) -> bytes:
    store = _store(state, asked)
    if asked.p2 == FREE:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    if asked.le is not None:
        raise Refused(StatusWord.WRONG_LENGTH)
    if not store.put(asked.p2, asked.data):
        raise Refused(StatusWord.NO_ROOM)
    state.changed()
    return b""


def _store(state: CardState, asked: Asked) -> ObjectStore:
    if state.application is None or state.application.store is None:
        raise Refused(StatusWord.NO_INS)
    if asked.p1 != OBJECTS:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    state.need(state.application.store.needs)
    return state.application.store


COMMANDS: Mapping[int, Callable[[CardState, Asked], bytes]] = {
    Ins.SELECT: select,
    Ins.READ_BINARY: read_binary,
    Ins.READ_RECORD: read_record,
    Ins.VERIFY: verify,
    Ins.CHANGE_REFERENCE_DATA: change_pin,
    Ins.PERFORM_SECURITY_OPERATION: sign,
    Ins.GET_CHALLENGE: challenge,
    Ins.EXTERNAL_AUTHENTICATE: external,
    Ins.INTERNAL_AUTHENTICATE: internal,
    Ins.GET_DATA: get_data,
    Ins.PUT_DATA: put_data,
}
