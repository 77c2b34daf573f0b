"""The notice of moving out (転出届): who moves, on which day, to which town. The address there is told at its counter: nothing is typed.

The card's holder is among those who move, since it is the card that takes the paper certificate's place.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.session import actions as do
from kiosk.session import commands, way
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import visit_of
from kiosk.session.events import Event
from kiosk.session.limit import Limit
from kiosk.session.part import BACK_STOP, Actions, Show, Shows
from kiosk.session.states import State
from kiosk.session.way import Choice, Row, To, stay

if TYPE_CHECKING:
    from kiosk.session.session import Session

# More persons than this stand one after the other.
ONE_A_LINE = 4


def choose_town(session: "Session", event: Event | None) -> tuple[()]:
    assert isinstance(event, on.TownChosen)
    visit = visit_of(session)
    visit.moving = replace(visit.moving, town=event.code)
    return ()


def choose_prefecture(session: "Session", event: Event | None) -> tuple[()]:
    """On the way back, no prefecture."""
    visit = visit_of(session)
    visit.moving = replace(visit.moving, prefecture=event.code if isinstance(event, on.TownChosen) else "", town="")
    return ()


ROWS: dict[State, Row] = {
    State.CHOOSE_MOVERS: {
        on.PersonToggled: stay(do.toggle_person),
        on.PersonsChosen: stay(do.choose_persons),
        on.Forward: To(State.CHOOSE_DAY),
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.CHOOSE_TOWN: {
        on.TownChosen: Choice(way.is_town, {True: stay(choose_town), False: To(State.CHOOSE_TOWN, choose_prefecture)}),
        on.Forward: Choice(way.town_chosen, {True: To(State.MOVE_CONFIRM), False: stay()}),
        on.Back: Choice(way.prefecture_chosen, {True: To(State.CHOOSE_TOWN, choose_prefecture), False: To(State.CHOOSE_DAY)}),
        **way.LEAVE,
    },
}

# As for all screens with a resident's data.
LIMITS: dict[State, Limit | None] = {State.CHOOSE_MOVERS: Limit(120, warns=True), State.CHOOSE_TOWN: Limit(120, warns=True)}


def _choose_movers(session: "Session") -> Shows:
    visit = visit_of(session)
    members = visit.household.members if visit.household else []
    actions: Actions = {f"persons.{member.number}": on.PersonToggled(member.number) for member in members if not member.holder}
    if len(members) > 1:
        actions |= {"persons.all": on.PersonsChosen(True), "persons.self": on.PersonsChosen(False)}
    choices = tuple(
        show.PersonChoice(member.number, member.name, member.kana, member.number in visit.persons, member.holder) for member in members
    )
    shown = show.PersonsShown(choices, visit.household.town_name if visit.household else "")
    return shown, actions | {"persons.next": on.Forward()} | BACK_STOP


def _choose_town(session: "Session") -> Shows:
    visit, moving = visit_of(session), visit_of(session).moving
    offered = moving.offered(visit.household.town if visit.household else "")
    actions: Actions = {f"town.{town.code}": on.TownChosen(town.code) for town in offered}
    if moving.town:
        actions["towns.next"] = on.Forward()
    within = moving.name(moving.prefecture) if moving.prefecture else ""
    choices = tuple(show.TownChoice(town.code, town.name.removeprefix(within), town.code == moving.town) for town in offered)
    return show.TownsShown(offered is not moving.prefectures, within, choices), actions | BACK_STOP


SHOWS: dict[State, Show] = {State.CHOOSE_MOVERS: _choose_movers, State.CHOOSE_TOWN: _choose_town}


def facts(session: "Session") -> tuple[tuple[str, str], ...]:
    """What will be told."""
    visit, moving = visit_of(session), visit_of(session).moving
    members = visit.household.members if visit.household else []
    names = [member.name for member in members if member.number in visit.persons]
    return (
        ("movers", ("\n" if len(names) <= ONE_A_LINE else "、").join(names)),
        ("leaves", moving.chosen),
        ("new_town", moving.name(moving.town)),
    )


def tell(session: "Session") -> commands.Command:
    visit, moving = visit_of(session), visit_of(session).moving
    return commands.TellMoveOut(visit.proof, tuple(sorted(visit.persons)), moving.chosen, moving.town, visit.language)
