"""The card's worker: read, verify, sign."""

import hashlib

from hardware.card import jpki, juki
from hardware.card.jpki import CardKind
from hardware.errors import CardError, CardMute, CardRemoved, NoCertificate, NotOurCard, PinLocked, ReaderLost, WrongPin
from hardware.interfaces import CardConnection
from jukinet.messages import proof_message
from kiosk.hours import JAPAN
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.states import Reason
from kiosk.tasks.desk import Desk, Tell
from kiosk.timing import Kind as Time
from kiosk.trust import Distrust

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
        ended = juki.expires(card) < self._desk.now().astimezone(JAPAN).date()
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
        case CardRemoved() | ReaderLost():
            return on.CardPulled()
        case _:
            return on.CardRefused(Reason.CARD_FAULT)
