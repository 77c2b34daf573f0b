"""The network's worker: questions to the node, what their refusals mean for the resident, and the outbox."""

import hashlib

from hardware.interfaces import PrinterLevel, PrinterState
from hardware.printer.models import PrinterModel
from hardware.printer.status import enough_paper
from jukinet.errors import Kind, NotToday, PaperWay, Problem, WrongAnswer
from jukinet.messages import CardProof, ExtractAsk, HouseholdAsk, IssueAsk, Item, OpinionAsk, Result, Use
from jukinet.revoked import Revoked
from kiosk.document.render import preview_png
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.limits import LIMITS
from kiosk.session.states import Reason, State
from kiosk.tasks.desk import Desk, Tell
from kiosk.timing import Kind as Time

# Of the picture shown on request, pixels: the screen scales it.
PREVIEW_WIDTH = 720

_PROBLEMS: dict[Kind, Reason] = {
    Kind.CARD_EXPIRED: Reason.CARD_EXPIRED,
    Kind.CARD_UNKNOWN: Reason.CARD_FOREIGN,
    Kind.UNDER_AGE: Reason.UNDER_AGE,
    Kind.GONE: Reason.GONE,
    Kind.NO_MEMBER: Reason.NO_MEMBER,
    Kind.MOVE_USED: Reason.MOVE_USED,
    Kind.MOVE_DATE: Reason.MOVE_DATE,
    Kind.UNREACHABLE: Reason.NETWORK,
    Kind.BUSY: Reason.NETWORK,
    Kind.STALE: Reason.NETWORK,
    Kind.DEADLINE: Reason.NETWORK,
    Kind.INTERNAL: Reason.NETWORK,
    Kind.PEER_REVOKED: Reason.PEER_REFUSED,
    Kind.NOT_ALLOWED: Reason.PEER_REFUSED,
    Kind.WRONG_TOWN: Reason.PEER_REFUSED,
}
_REVOKED: dict[str, Reason] = {
    Revoked.MOVED: Reason.CARD_MOVED,
    Revoked.RENAMED: Reason.CARD_RENAMED,
    Revoked.SUPERSEDED: Reason.CARD_SUPERSEDED,
    Revoked.HELD: Reason.CARD_HELD,
    Revoked.CEASED: Reason.CARD_CEASED,
    Revoked.SUSPENDED: Reason.CARD_SUSPENDED,
}
_PAPER_WAY: dict[str, Reason] = {
    PaperWay.CARD_EXPIRED: Reason.CARD_EXPIRED,
    PaperWay.CARD_REVOKED: Reason.CARD_REVOKED,
    PaperWay.CARD_UNKNOWN: Reason.CARD_FOREIGN,
    PaperWay.NOT_CARRIED_ON: Reason.MOVE_NOT_CARRIED_ON,
    PaperWay.NO_CARD: Reason.MOVE_NO_CARD,
    PaperWay.LATE_NOTICE: Reason.MOVE_LATE_NOTICE,
    PaperWay.LATE: Reason.MOVE_LATE,
    PaperWay.NOT_EXPECTED: Reason.MOVE_NOT_EXPECTED,
    PaperWay.SAME_TOWN: Reason.MOVE_SAME_TOWN,
    PaperWay.NO_SUCH_TOWN: Reason.MOVE_NO_TOWN,
}
_CLOSED: dict[str, Reason] = {"network": Reason.NETWORK_CLOSED, "closure": Reason.TOWN_PAUSED}
_NOT_TODAY: dict[str, Reason] = {
    NotToday.COUNTER: Reason.COUNTER,
    NotToday.HOME_CLOSED: Reason.HOME_CLOSED,
    NotToday.HOME_UNREACHABLE: Reason.HOME_UNREACHABLE,
}


def ask_failed(error: Problem | WrongAnswer) -> on.AskFailed:
    """What a node's no means for the resident."""
    if isinstance(error, WrongAnswer):
        return on.AskFailed(Reason.WRONG_ANSWER)
    if error.kind is Kind.NOT_TODAY:
        return on.AskFailed(_NOT_TODAY.get(error.reason, Reason.COUNTER), today=False)
    if error.kind is Kind.CARD_REVOKED:
        return on.AskFailed(_REVOKED.get(error.reason, Reason.CARD_REVOKED))
    if error.kind is Kind.PAPER_WAY:
        return on.AskFailed(_PAPER_WAY.get(error.reason, Reason.MOVE_NOT_EXPECTED))
    if error.kind is Kind.CLOSED:
        return on.AskFailed(_CLOSED.get(error.reason, Reason.TOWN_CLOSED))
    return on.AskFailed(_PROBLEMS.get(error.kind, Reason.FAULT))


class NetworkTasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def nonce(self, command: commands.FetchNonce, tell: Tell) -> Event:
        with self._desk.watch.span(Time.NETWORK):
            try:
                return on.NonceCame(self._desk.client.nonce(command.visit, seconds_in(State.PROVING)))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)

    def household(self, command: commands.AskHousehold, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = HouseholdAsk(visit=proof.visit, nonce=proof.nonce, town=desk.town, kiosk=desk.kiosk, proof=_card_proof(proof))
        with desk.watch.span(Time.NETWORK):
            try:
                return on.HouseholdCame(desk.client.household(ask, _card_digest(proof), seconds_in(State.ASKING)))
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
                extract, answer = desk.client.extract(ask, _card_digest(proof), seconds_in(State.PREPARING))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN):
            if desk.composer.undrawable(extract):
                return on.Undrawable()
            draft = desk.composer.draft(extract, desk.town_name)
            rows = sum(page.height for page in draft) * command.copies
            return on.DocumentReady(extract, answer, len(draft), _obstacle(desk.level(), rows, desk.model, desk.printer.rows_since_low))

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
        with desk.watch.span(Time.OWN, waits=True):
            desk.journal.asking(proof.visit, command.copies)
        with desk.watch.span(Time.NETWORK):
            try:
                issue = desk.client.issue(ask, _card_digest(proof), seconds_in(State.ISSUING))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN, waits=True):
            desk.journal.issued(proof.visit)
        return on.Issued(issue)

    def opinion(self, command: commands.SendOpinion, tell: Tell) -> Event:
        """Under the kiosk's name, not the visit's: nothing says whose it was."""
        desk = self._desk
        ask = OpinionAsk(town=desk.town, about=command.about, use=Use(command.use), rating=command.rating)
        with desk.watch.span(Time.NETWORK):
            try:
                desk.client.opinion(ask, seconds_in(State.SENDING_OPINION))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        return on.OpinionCounted()

    def void(self, command: commands.VoidIssue, tell: Tell) -> Event:
        with self._desk.watch.span(Time.OWN, waits=True):
            self._desk.journal.outcome(command.visit, Result.VOIDED, command.reason)
        return on.OutcomeKept()

    def report(self) -> bool:
        """Sends what stands in the outbox, in order. False: some of it must wait."""
        desk = self._desk
        for report in desk.journal.unreported():
            try:
                with desk.watch.span(Time.NETWORK):
                    desk.client.report(report, seconds_in(State.ISSUING))
            except Problem as problem:
                # A visit that the node never issued has nothing to void there; anything else is asked again later.
                if problem.kind is not Kind.NOT_FOUND:
                    return False
            except WrongAnswer:
                return False
            desk.journal.reported(report.visit, report.result)
        return True


def _obstacle(level: PrinterLevel, rows: int, model: PrinterModel, rows_since_low: int) -> Reason | None:
    """Why a job of `rows` dot rows may not begin, before anything is issued for it."""
    if enough_paper(level, rows, model, rows_since_low):
        return None
    return Reason.PAPER if level.state in (PrinterState.LOW, PrinterState.OUT) else Reason.NO_PRINTER


def _card_proof(proof: commands.Proof) -> CardProof:
    return CardProof(certificate=proof.certificate, signature=proof.signature)


def _card_digest(proof: commands.Proof) -> bytes:
    return hashlib.sha256(proof.certificate).digest()


def seconds_in(state: State) -> float:
    """A little less than the state's own limit, so that the answer "it did not answer" comes first."""
    limit = LIMITS[state]
    return limit.seconds * 0.9 if limit is not None else 20.0
