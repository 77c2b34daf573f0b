"""Who looked at my record, in the network's worker: the question, and the list as screen and paper say it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from hardware.printer.status import enough_paper
from jukinet.disclosure_messages import DisclosureAsk
from jukinet.errors import Problem, WrongAnswer
from jukinet.looks import Disclosed, Seen
from jukinet.messages import CardProof
from jukinet.notes import Checkpoint
from kiosk.document import disclosure as paper
from kiosk.document.fonts import NoGlyph
from kiosk.hours import JAPAN
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.looks import Look, Looked
from kiosk.session.parts.disclosure import PAPER
from kiosk.session.states import State
from kiosk.tasks.desk import Desk, Tell
from kiosk.tasks.network import ask_failed, seconds_in
from kiosk.timing import Kind as Time
from kiosk.words import Words

_DEED = "node_"  # before the kinds of lines


class DisclosureTasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self, command: commands.AskLooks, tell: Tell) -> Event:
        """Without paper where it does not suffice, or a title has a letter that no font here draws; the screen shows the list all the
        same."""
        desk, proof = self._desk, command.proof
        card = CardProof(certificate=proof.certificate, signature=proof.signature)
        ask = DisclosureAsk(visit=proof.visit, nonce=proof.nonce, town=desk.town, kiosk=desk.kiosk, proof=card)
        with desk.watch.span(Time.NETWORK):
            try:
                told = desk.client.disclosure(ask, hashlib.sha256(proof.certificate).digest(), seconds_in(State.LOOKING))
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN):
            looked = Looked(told.since, tuple(_look(seen) for seen in told.seen), told.more)
            return on.LooksCame(looked, self._compose(command, told, looked))

    def _compose(self, command: commands.AskLooks, told: Disclosed, looked: Looked) -> bool:
        desk, now = self._desk, self._desk.now().astimezone(JAPAN)
        number = command.proof.visit
        list_on_paper = paper.Disclosure(
            town_name=desk.town_name,
            number=" ".join(number[place : place + 5] for place in range(0, len(number), 5)),
            date=f"{now:%Y-%m-%d}",
            time=f"{now:%H:%M}",
            since=looked.since,
            until=f"{now:%Y-%m-%d}",
            looks=tuple(_on_paper(look) for look in looked.looks),
            proofs=tuple(_proofs(told.seen)),
            contact=desk.contact,
            more=looked.more,
        )
        try:
            page = desk.composer.disclosure(Words(command.language), list_on_paper)
        except NoGlyph:
            return False
        desk.papers[PAPER] = [page]
        return enough_paper(desk.level(), page.height, desk.model, desk.printer.rows_since_low)


def _look(seen: Seen) -> Look:
    if not seen.proven:
        return Look(seen.log, seen.index, False, body=seen.body)
    at = datetime.fromisoformat(seen.at).astimezone(JAPAN)
    deed = "" if seen.affair else seen.deed.removeprefix(_DEED)
    day, time = f"{at:%Y-%m-%d}", f"{at:%H:%M}"
    return Look(seen.log, seen.index, True, day, time, seen.body, seen.affair, deed, seen.ground, seen.times)


def _on_paper(look: Look) -> paper.Look:
    where = f"{look.log} No. {look.index}"
    return paper.Look(look.date, look.time, look.body, look.affair, look.ground, look.deed, look.times, where, look.proven)


def _proofs(seen: Iterable[Seen]) -> Iterable[paper.Proof]:
    """Of each log the newest state: lines of one answer may have come with different ones."""
    newest: dict[str, Checkpoint] = {}
    for each in seen:
        found = each.checkpoint
        if found is not None and (each.log not in newest or newest[each.log].size < found.size):
            newest[each.log] = found
    for log in sorted(newest):
        yield paper.Proof(newest[log].origin, newest[log].size, newest[log].root)
