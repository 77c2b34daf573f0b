"""A move by card in the network's worker: where it stands, the notices, and the slip that each of them ends in.

The terminal writes nothing of it into its journal. A notice is idempotent by the visit's name, and whoever is not told how it ended (a line
that broke, a power cut) asks for the service again and is shown what the towns know.
"""

import hashlib
from datetime import datetime
from typing import Any

from jukinet.errors import Problem, WrongAnswer
from jukinet.messages import CardProof, Move
from jukinet.move_messages import CarryOnAsk, MoveInAsk, MoveOutAsk, MovesAsk
from kiosk.document.move_in import MoveIn
from kiosk.document.move_out import MoveOut
from kiosk.hours import JAPAN
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.moving import TownName, in_groups
from kiosk.session.states import State
from kiosk.tasks.desk import Desk, Tell
from kiosk.tasks.network import ask_failed, seconds_in
from kiosk.timing import Kind as Time
from kiosk.words import Words


class MoveTasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self, command: commands.AskMoves, tell: Tell) -> Event:
        """Half of the state's time: the household may be asked for in the other."""
        desk, seconds = self._desk, seconds_in(State.MOVE_LOOKING) / 2
        ask = MovesAsk(**self._common(command.proof))
        with desk.watch.span(Time.NETWORK):
            try:
                moves = desk.client.moves(ask, _card(command.proof), seconds).moves
                directory = desk.client.directory(seconds)
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        towns = tuple(TownName(town.code, town.name) for town in sorted(directory.towns, key=lambda town: town.code))
        prefectures = sorted(directory.prefectures, key=lambda prefecture: prefecture.code)
        named = tuple(TownName(prefecture.code, prefecture.name) for prefecture in prefectures)
        return on.MovesCame(tuple(moves), desk.town, self._now().date(), towns, named)

    def out(self, command: commands.TellMoveOut, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = MoveOutAsk(**self._common(proof), persons=list(command.persons), leaves=command.leaves, destination=command.town)
        with desk.watch.span(Time.NETWORK):
            try:
                move = desk.client.move_out(ask, _card(proof), seconds_in(State.MOVE_FILING)).moves[0]
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN):
            about = self._about(move)
            slip = MoveOut(**about, new_town=self._name(command.town), leaves=move.leaves, until=move.until)
            desk.papers["move_out"] = [desk.composer.move_out(Words(command.language), slip)]
        return on.MoveTaken(move)

    def arrive(self, command: commands.TellMoveIn, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = MoveInAsk(**self._common(proof), move=command.move, moved=command.moved)
        with desk.watch.span(Time.NETWORK):
            try:
                move = desk.client.move_in(ask, _card(proof), seconds_in(State.MOVE_FILING)).moves[0]
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)
        with desk.watch.span(Time.OWN):
            slip = MoveIn(**self._about(move), waiting=move.number, old_town=self._name(move.origin), moved=command.moved)
            desk.papers["move_in"] = [desk.composer.move_in(Words(command.language), slip)]
        return on.MoveTaken(move)

    def carry_on(self, command: commands.CarryOn, tell: Tell) -> Event:
        desk, proof = self._desk, command.proof
        ask = CarryOnAsk(**self._common(proof), move=command.move)
        with desk.watch.span(Time.NETWORK):
            try:
                return on.MoveTaken(desk.client.carry_on(ask, _card(proof), seconds_in(State.MOVE_FILING)).moves[0])
            except (Problem, WrongAnswer) as error:
                return ask_failed(error)

    def _common(self, proof: commands.Proof) -> dict[str, Any]:
        card = CardProof(certificate=proof.certificate, signature=proof.signature)
        return {"visit": proof.visit, "nonce": proof.nonce, "town": self._desk.town, "kiosk": self._desk.kiosk, "proof": card}

    def _about(self, move: Move) -> dict[str, Any]:
        """What both slips say."""
        desk, now = self._desk, self._now()
        return {
            "town_name": desk.town_name,
            "number": in_groups(move.move),
            "date": f"{now:%Y-%m-%d}",
            "time": f"{now:%H:%M}",
            "persons": move.persons,
            "contact": desk.contact,
        }

    def _name(self, code: str) -> str:
        """From the directory that the answer was opened with."""
        towns = self._desk.client.directory(seconds_in(State.MOVE_FILING)).towns
        return next((town.name for town in towns if town.code == code), code)

    def _now(self) -> datetime:
        return self._desk.now().astimezone(JAPAN)


def _card(proof: commands.Proof) -> bytes:
    return hashlib.sha256(proof.certificate).digest()
