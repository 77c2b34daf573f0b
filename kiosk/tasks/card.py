"""The card's worker: read, verify, sign; and write into a service's own area."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hardware.card import jpki, juki, municipal
from hardware.card.jpki import CardKind
from hardware.errors import (
    AreaFull,
    CardError,
    CardMute,
    CardRemoved,
    NoCertificate,
    NotOurCard,
    PinLocked,
    ReaderLost,
    TerminalRefused,
    WrongPin,
)
from hardware.interfaces import CardConnection
from jukinet.messages import proof_message
from kiosk.hours import JAPAN
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.own import AreaRecord
from kiosk.session.states import Reason
from kiosk.tasks import areas
from kiosk.tasks.areas import AreaRefused
from kiosk.tasks.desk import Desk, Tell
from kiosk.timing import Kind as Time
from kiosk.trust import Distrust

NUMBER_CHANCE = 8  # bytes for a new number: 64 bits, so that a remainder by 10^12 favours no digit

_DISTRUST: dict[Distrust, Reason] = {
    Distrust.NO_CERTIFICATE: Reason.CARD_FAULT,
    Distrust.PURPOSE: Reason.CARD_FOREIGN,
    Distrust.TEST: Reason.CARD_TEST,
    Distrust.ISSUER: Reason.CARD_FOREIGN,
    Distrust.NOT_YET: Reason.CARD_NOT_YET,
    Distrust.EXPIRED: Reason.CARD_EXPIRED,
}


class CardTasks:
    """One connection at most, kept from READING to the signature: a verified PIN lives no longer than it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._card: CardConnection | None = None

    def read(self, command: commands.ReadCard, tell: Tell) -> Event:
        self.release()
        try:
            with self._desk.watch.span(Time.DEVICES):
                card = self._card = self._desk.reader.connect()
                if jpki.identify(card) is CardKind.JUKI and self._has_ended(card):
                    return on.CardRefused(Reason.CARD_JUKI_ENDED)
                certificate = jpki.read_certificate(card)
                tries = jpki.tries_left(card)
        except CardError as error:
            return _card_event(error)
        distrust = self._desk.trust.judge(certificate)
        if distrust is not None:
            return on.CardRefused(_DISTRUST[distrust])
        if tries == 0:
            return on.CardRefused(Reason.PIN_LOCKED)
        return on.CardWasRead(certificate, tries)

    def _has_ended(self, card: CardConnection) -> bool:
        """A 住基カード tells its last day in an application of its own; its JPKI has no certificate for user authentication."""
        juki.select(card)
        ended = juki.expires(card) < self._today()
        jpki.identify(card)
        return ended

    def prove(self, command: commands.ProveCard, tell: Tell) -> Event:
        pin = self._desk.pin.digits()
        try:
            if self._card is None:
                return on.CardPulled()
            digest = hashlib.sha256(proof_message(command.visit, command.nonce, self._desk.kiosk)).digest()
            with self._desk.watch.span(Time.DEVICES):
                jpki.verify(self._card, pin)
                signature = jpki.sign(self._card, digest)
        except CardError as error:
            return _card_event(error)
        finally:
            pin[:] = [0] * len(pin)
            self._desk.pin.wipe()
        self.release()
        return on.Proved(signature)

    def change_pin(self, command: commands.ChangePin, tell: Tell) -> Event:
        desk = self._desk
        old, new, again = (buffer.digits() for buffer in (desk.pin, desk.new_pin, desk.new_pin_again))
        try:
            if self._card is None:
                return on.CardPulled()
            if new != again:
                return on.PinsDiffer()
            with desk.watch.span(Time.DEVICES):
                jpki.change_pin(self._card, old, new)
        except CardError as error:
            return _card_event(error)
        finally:
            for codes in (old, new, again):
                codes[:] = [0] * len(codes)
            desk.wipe_pins()
        self.release()
        return on.PinChanged()

    def read_area(self, command: commands.ReadArea, tell: Tell) -> Event:
        """No other application than the judged card's own and this service's is selected."""
        self.release()
        own = self._desk.own[command.service]
        try:
            with self._desk.watch.span(Time.DEVICES):
                card = self._card = self._desk.reader.connect()
                areas.judge_card(card, own.ordinance.photo_id, self._today())
                tries = areas.enter(card, own)
                if tries is None:
                    return on.AreaRead(self._to_be_had(areas.read(card, own, self._today())))
        except CardError as error:
            return _card_event(error)
        return on.CardRefused(Reason.PIN_LOCKED) if tries == 0 else on.AreaWantsPin(tries)

    def open_area(self, command: commands.OpenArea, tell: Tell) -> Event:
        pin = self._desk.pin.digits()
        try:
            if self._card is None:
                return on.CardPulled()
            with self._desk.watch.span(Time.DEVICES):
                municipal.open_with_pin(self._card, pin)
                return on.AreaRead(areas.read(self._card, self._desk.own[command.service], self._today()))
        except CardError as error:
            return _card_event(error)
        finally:
            pin[:] = [0] * len(pin)
            self._desk.pin.wipe()

    def register_card(self, command: commands.RegisterCard, tell: Tell) -> Event:
        own, chance = self._desk.own[command.service], self._desk.chance(NUMBER_CHANCE)
        return self._written(lambda card: areas.register(card, own, self._today(), chance))

    def book_slot(self, command: commands.BookSlot, tell: Tell) -> Event:
        """The time is taken before the card is written: of a card that left in between nobody knows, and then it stays taken."""
        own, taken = self._desk.own[command.service], self._desk.taken
        slot = next(slot for slot in own.ordinance.slots if slot.id == command.slot)
        taken.add(slot, self._today().isoformat())
        end = self._written(lambda card: areas.book(card, own, self._today(), slot.id))
        if isinstance(end, on.CardRefused):
            taken.remove(slot)
        return end

    def _written(self, write: Callable[[CardConnection], AreaRecord]) -> Event:
        if self._card is None:
            return on.CardPulled()
        try:
            with self._desk.watch.span(Time.DEVICES):
                return on.AreaWritten(self._to_be_had(write(self._card)))
        except CardError as error:
            return _card_event(error)

    def _to_be_had(self, record: AreaRecord) -> AreaRecord:
        """Without the times that another card was booked for here."""
        if record.slots is None:
            return record
        return replace(record, slots=tuple(slot for slot in record.slots if slot not in self._desk.taken))

    def _today(self) -> date:
        return self._desk.now().astimezone(JAPAN).date()

    def release(self) -> None:
        if self._card is not None:
            card, self._card = self._card, None
            with self._desk.watch.span(Time.DEVICES):
                card.close()


def _card_event(error: CardError) -> Event:
    match error:
        case WrongPin():
            return on.PinWrong(error.tries_left)
        case PinLocked():
            return on.CardRefused(Reason.PIN_LOCKED)
        case NoCertificate():
            return on.CardRefused(Reason.CARD_NO_CERTIFICATE)
        case NotOurCard():
            return on.CardRefused(Reason.CARD_NOT_OURS)
        case CardMute():
            return on.CardRefused(Reason.CARD_TURNED)
        case AreaRefused():
            return on.CardRefused(error.reason)
        case AreaFull():
            return on.CardRefused(Reason.AREA_FULL)
        case TerminalRefused():
            return on.CardRefused(Reason.AREA_KEY)
        case CardRemoved() | ReaderLost():
            return on.CardPulled()
        case _:
            return on.CardRefused(Reason.CARD_FAULT)
