"""What each command does, blocking, in the worker that owns the device. Nothing here decides what comes next.

Each method is one command's work and returns the one event it ends in; devices' and network's errors become events here, by table.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hardware.card import jpki
from hardware.errors import (
    CardError,
    CardMute,
    CardRemoved,
    NoCertificate,
    NotOurCard,
    OnPaper,
    PinLocked,
    ReaderLost,
    WrongPin,
)
from hardware.interfaces import Band, CardConnection, CardReader, Outcome, Payment, Printer, PrinterLevel, Progress
from hardware.printer.encode import encode_job
from hardware.printer.models import PrinterModel
from hardware.printer.page import Page
from hardware.printer.status import enough_paper
from jukinet.client import RegisterClient
from jukinet.errors import Kind, NotToday, Problem, WrongAnswer
from jukinet.messages import CardProof, ExtractAsk, HouseholdAsk, IssueAsk, Item, Result, proof_message
from kiosk.document.certificate import Composer
from kiosk.document.receipt import Receipt, Slip
from kiosk.document.render import preview_png
from kiosk.hours import JAPAN
from kiosk.journal import Journal, Stage
from kiosk.pin import PinBuffer
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.limits import LIMITS
from kiosk.session.states import Reason, State
from kiosk.timing import Kind as Time
from kiosk.timing import Stopwatch
from kiosk.trust import CardTrust, Distrust
from kiosk.words import Words

# Of the picture shown on request, pixels: the screen scales it.
PREVIEW_WIDTH = 720

Tell = Callable[[Event], None]

_PROBLEMS: dict[Kind, Reason] = {
    Kind.CARD_EXPIRED: Reason.CARD_EXPIRED,
    Kind.CARD_REVOKED: Reason.CARD_REVOKED,
    Kind.CARD_UNKNOWN: Reason.CARD_FOREIGN,
    Kind.UNDER_AGE: Reason.UNDER_AGE,
    Kind.GONE: Reason.GONE,
    Kind.NO_MEMBER: Reason.NO_MEMBER,
    Kind.CLOSED: Reason.TOWN_CLOSED,
    Kind.UNREACHABLE: Reason.NETWORK,
    Kind.BUSY: Reason.NETWORK,
    Kind.DEADLINE: Reason.NETWORK,
    Kind.INTERNAL: Reason.NETWORK,
    Kind.PEER_REVOKED: Reason.PEER_REFUSED,
    Kind.NOT_ALLOWED: Reason.PEER_REFUSED,
    Kind.WRONG_TOWN: Reason.PEER_REFUSED,
}
_NOT_TODAY: dict[str, Reason] = {
    NotToday.COUNTER: Reason.COUNTER,
    NotToday.HOME_CLOSED: Reason.HOME_CLOSED,
    NotToday.HOME_UNREACHABLE: Reason.HOME_UNREACHABLE,
}
_DISTRUST: dict[Distrust, Reason] = {Distrust.EXPIRED: Reason.CARD_EXPIRED, Distrust.ISSUER: Reason.CARD_FOREIGN}


@dataclass
class Desk:
    """What the tasks work with. `level` gives the printer's present level."""

    reader: CardReader
    printer: Printer
    payment: Payment | None
    client: RegisterClient
    journal: Journal
    composer: Composer
    model: PrinterModel
    trust: CardTrust
    pin: PinBuffer
    watch: Stopwatch
    town: str
    town_name: str
    kiosk: str
    contact: str
    level: Callable[[], PrinterLevel]
    now: Callable[[], datetime]
    composed: list[Page]  # of the present visit; for the picture that the demo compares with the paper


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
                jpki.identify(card)
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


def ask_failed(error: Problem | WrongAnswer) -> on.AskFailed:
    """What a node's no means for the resident."""
    if isinstance(error, WrongAnswer):
        return on.AskFailed(Reason.WRONG_ANSWER)
    if error.kind is Kind.NOT_TODAY:
        return on.AskFailed(_NOT_TODAY.get(error.reason, Reason.COUNTER), today=False)
    return on.AskFailed(_PROBLEMS.get(error.kind, Reason.FAULT))


class NetworkTasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def nonce(self, command: commands.FetchNonce, tell: Tell) -> Event:
        with self._desk.watch.span(Time.NETWORK):
            try:
                return on.NonceCame(self._desk.client.nonce(command.visit, _seconds(State.PROVING)))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)

    def household(self, command: commands.AskHousehold, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = HouseholdAsk(visit=proof.visit, nonce=proof.nonce, town=desk.town, kiosk=desk.kiosk, proof=_card_proof(proof))
        with desk.watch.span(Time.NETWORK):
            try:
                return on.HouseholdCame(desk.client.household(ask, _card_digest(proof), _seconds(State.ASKING)))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)

    def prepare(self, command: commands.PrepareDocument, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = ExtractAsk(
            visit=proof.visit,
            nonce=proof.nonce,
            town=desk.town,
            kiosk=desk.kiosk,
            proof=_card_proof(proof),
            persons=list(command.persons),
            items=[Item(item) for item in command.items],
        )
        with desk.watch.span(Time.NETWORK):
            try:
                extract, answer = desk.client.extract(ask, _card_digest(proof), _seconds(State.PREPARING))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN):
            if desk.composer.undrawable(extract):
                return on.Undrawable()
            draft = desk.composer.draft(extract, desk.town_name)
            rows = sum(page.height for page in draft) * command.copies
            return on.DocumentReady(extract, answer, len(draft), enough_paper(desk.level(), rows, desk.model))

    def preview(self, command: commands.MakePreview, tell: Tell) -> Event:
        with self._desk.watch.span(Time.OWN):
            draft = self._desk.composer.draft(command.extract, self._desk.town_name)
            return on.PreviewReady(preview_png(draft, PREVIEW_WIDTH))

    def issue(self, command: commands.IssueDocument, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = IssueAsk(
            visit=proof.visit,
            nonce=proof.nonce,
            town=desk.town,
            kiosk=desk.kiosk,
            extract=command.answer,
            copies=command.copies,
            pages=command.pages,
        )
        with desk.watch.span(Time.OWN):
            desk.journal.asking(proof.visit, command.copies)
        with desk.watch.span(Time.NETWORK):
            try:
                issue = desk.client.issue(ask, _card_digest(proof), _seconds(State.ISSUING))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN):
            desk.journal.issued(proof.visit)
        return on.Issued(issue)

    def void(self, command: commands.VoidIssue, tell: Tell) -> Event:
        with self._desk.watch.span(Time.OWN):
            self._desk.journal.outcome(command.visit, Result.VOIDED, command.reason)
        return on.OutcomeKept()

    def report(self) -> bool:
        """Sends what stands in the outbox, in order. False: some of it must wait."""
        desk = self._desk
        for report in desk.journal.unreported():
            try:
                with desk.watch.span(Time.NETWORK):
                    desk.client.report(report, _seconds(State.ISSUING))
            except Problem as problem:
                # A visit that the node never issued has nothing to void there; anything else is asked again later.
                if problem.kind is not Kind.NOT_FOUND:
                    return False
            except WrongAnswer:
                return False
            desk.journal.reported(report.visit, report.result)
        return True


def _card_proof(proof: commands.Proof) -> CardProof:
    return CardProof(certificate=proof.certificate, signature=proof.signature)


def _card_digest(proof: commands.Proof) -> bytes:
    return hashlib.sha256(proof.certificate).digest()


def _seconds(state: State) -> float:
    """A little less than the state's own limit, so that the answer "it did not answer" comes first."""
    limit = LIMITS[state]
    return limit.seconds * 0.9 if limit is not None else 20.0


class PrinterTasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def print(self, command: commands.Print, tell: Tell) -> Event:
        desk, visit = self._desk, command.visit
        with desk.watch.span(Time.OWN):
            pages = [
                page for index in range(len(command.issue.copies)) for page in desk.composer.copy(command.extract, command.issue, index)
            ]
            desk.composed[:] = pages
            bands = encode_job(pages, desk.model)
            desk.journal.printing(visit, len(bands))

        printed = 0

        def told(progress: Progress) -> None:
            """Each change of certainty is on disk before the driver goes on: one more band on paper, or the end on its way."""
            nonlocal printed
            if progress.printed == printed and progress.sent < len(bands):
                return
            with desk.watch.span(Time.OWN):
                desk.journal.progress(visit, progress.sent, progress.printed, progress.rows)
            if progress.printed > printed:
                printed = progress.printed
                tell(on.Printing(printed, len(bands)))

        with desk.watch.span(Time.DEVICES):
            result = desk.printer.print(bands, told)
        with desk.watch.span(Time.OWN):
            copies = len(command.issue.copies) if result.outcome is Outcome.PRINTED else 0
            desk.journal.outcome(visit, Result(result.outcome), str(result.cause) if copies == 0 else "", copies)
        return on.PrintEnded(result.outcome, result.on_paper, result.cause)

    def recover(self, command: commands.Recover, tell: Tell) -> Event:
        """A visit that had not begun to print has no paper. One that had is settled by the printer, as far as it can know."""
        desk = self._desk
        for record in desk.journal.unsettled():
            if record.stage is not Stage.PRINTING:
                desk.journal.outcome(record.visit, Result.VOIDED, "restart")
                continue
            result = desk.printer.settle(record.sent, record.bands)
            copies = record.copies if result.outcome is Outcome.PRINTED else 0
            desk.journal.outcome(record.visit, Result(result.outcome), "restart" if copies == 0 else "", copies)
        return on.Recovered()

    def slip(self, command: commands.PrintSlip, tell: Tell) -> Event:
        desk, now = self._desk, self._desk.now().astimezone(JAPAN)
        with desk.watch.span(Time.OWN):
            slip = Slip(desk.town_name, f"{now:%Y-%m-%d}", f"{now:%H:%M}", command.reason, command.reference, desk.contact)
            page = desk.composer.slip(Words(command.language), slip)
        return self._small(page)

    def receipt(self, command: commands.PrintReceipt, tell: Tell) -> Event:
        desk, now = self._desk, self._desk.now().astimezone(JAPAN)
        with desk.watch.span(Time.OWN):
            receipt = Receipt(
                desk.town_name, f"{now:%Y-%m-%d}", f"{now:%H:%M}", len(command.numbers), command.fee, command.numbers, desk.contact
            )
            page = desk.composer.receipt(Words(command.language), receipt)
        return self._small(page)

    def _small(self, page: Page) -> Event:
        bands: list[Band] = encode_job([page], self._desk.model)
        with self._desk.watch.span(Time.DEVICES):
            result = self._desk.printer.print(bands, lambda progress: None)
        return on.SlipEnded(result.on_paper is OnPaper.ALL)

    def retract(self) -> None:
        with self._desk.watch.span(Time.DEVICES):
            self._desk.printer.retract()
