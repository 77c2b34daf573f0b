"""The visit decides; nothing here touches anything. `receive(event, now) -> [commands]`.

Theory of operation
1. The terminal is in exactly one state. Three things move it: an event (TRANSITIONS), a level that no longer fits (LEVEL_RULES, applied
   after each event until nothing changes), and a time limit (LIMITS), which ends in the event TimeUp.
2. An event that is not in the table for the present state cannot happen: `ImpossibleEvent` is raised and nothing has moved.
   Level events may come in any state and only set a level.
3. Coming to rest in a state gives the commands of ENTRY (a state only passed through gives none). Each command gets a ticket that belongs
   to that state. An answer with a ticket of a state already left answers a question that nobody asks any more: it is dropped, here only.
4. Idle time: in a state whose limit warns, a warning is shown for WARNING_SECONDS before TimeUp; every event of the resident ends it.
5. A visit is one object, made on leaving ATTRACT and dropped on entering a state of rest. What is not in it is not remembered.
6. Time and identifiers come in as arguments. `deadline` says when `tick` wants to be called next.

Targets that depend on data are `Choice`s: a named question and a way for each answer, so that the diagram and the walk test see them all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from hardware.interfaces import Media, Mouth
from kiosk.session.actions import Action, call_staff
from kiosk.session.commands import Chime, Command, ForgetVisit, WipePin
from kiosk.session.ease import SLOW, USUAL, Ease
from kiosk.session.entry import ENTRY
from kiosk.session.events import CardPulled, EaseChosen, Event, LanguageChosen, MoreTime, StaffWanted, TimeUp
from kiosk.session.levels import LevelEvent, Levels
from kiosk.session.limit import Limit
from kiosk.session.limits import LIMITS, PAPER_WITHOUT_SENSOR, WARNING_SECONDS
from kiosk.session.rules import LEVEL_RULES, note_paper
from kiosk.session.states import PIN_STATES, State
from kiosk.session.table import TRANSITIONS
from kiosk.session.visit import Place, Visit
from kiosk.session.way import Choice, To

# States of rest hold no visit.
RESTING = frozenset({State.RECOVERING, State.ATTRACT, State.CLOSED, State.OUT_OF_SERVICE, State.VENDOR_MODE})


class ImpossibleEvent(Exception):
    """An event that cannot happen in this state: a fault of the caller's, and nothing has moved."""


@dataclass(frozen=True)
class Numbered:
    """A command and the ticket its answer must bear."""

    ticket: int
    command: Command


class Session:
    """One terminal's session. `new_id` gives the ULID of a new visit."""

    levels: Levels
    left_behind: str

    def __init__(
        self,
        place: Place,
        new_id: Callable[[], str],
        now: float,
        limits: Mapping[State, Limit | None] = LIMITS,
        levels: Levels | None = None,
    ) -> None:
        self.place: Place = place
        self.levels: Levels = levels or Levels()
        self.visit: Visit | None = None
        self.state: State = State.RECOVERING
        self.serial = 0  # of the state entered
        self.countdown: int | None = None
        self.chimes = 0
        self.left_behind: str = ""  # "card" | "paper" | "recovery": why staff must come
        self.visits = 0
        self._limits = limits
        self._new_id = new_id
        self._ticket = 0
        self._open: set[int] = set()
        self._entered = now
        self._touched = now
        self._given: list[Numbered] = []
        self._fresh = False  # entered, ENTRY not yet given

    # -- what comes in ------------------------------------------------------------------------------------------------

    def start(self, now: float) -> list[Numbered]:
        """The first commands: the terminal settles what a power cut may have left."""
        self._enter(State.RECOVERING, now)
        self._settle(now)
        return self._take()

    def receive(self, event: Event, now: float, ticket: int | None = None) -> list[Numbered]:
        """One event in, commands out. Raises ImpossibleEvent and moves nothing when the event is not in the table."""
        if ticket is not None and ticket not in self._open:
            return []
        if isinstance(event, LevelEvent):
            self.levels = event.applied(self.levels)
            note_paper(self)
            self._settle(now)
            return self._take()
        self._move(event, now)
        self._settle(now)
        return self._take()

    def possible(self, event: type[Event]) -> bool:
        """Whether `receive` would take an event of this type now."""
        if event in (LanguageChosen, EaseChosen, StaffWanted, MoreTime):
            return self.visit is not None or event in TRANSITIONS[self.state]
        return event in TRANSITIONS[self.state]

    def touched(self, now: float) -> None:
        """Somebody is there: the idle time starts anew, a warning goes away."""
        self._touched = now
        self.countdown = None

    # -- time ---------------------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do; None: never, until something else happens."""
        limit = self._limits[self.state]
        if limit is None:
            return None
        if self.countdown is not None:
            return self._end(limit) - self.countdown + 1
        if self.chimes < len(limit.chimes):
            return min(self._entered + limit.chimes[self.chimes], self._end(limit))
        return self._end(limit) - (WARNING_SECONDS if limit.warns else 0)

    def tick(self, now: float) -> list[Numbered]:
        """Time has passed: chimes, counts a warning down, or lets the state's limit end it."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        limit = self._limits[self.state]
        assert limit is not None
        if now >= self._end(limit):
            return self.receive(TimeUp(), now)
        if limit.warns:
            self.countdown = max(1, round(self._end(limit) - now))
            return []
        self.chimes += 1
        self._give(Chime(self.chimes))
        return self._take()

    def _end(self, limit: Limit) -> float:
        if limit.warns:
            return self._touched + limit.seconds * (SLOW if self.ease.slow else 1) + WARNING_SECONDS
        if self.state is State.TAKE_PAPER and not self.sees_paper:
            return self._entered + PAPER_WITHOUT_SENSOR
        return self._entered + limit.seconds

    @property
    def ease(self) -> Ease:
        return self.visit.ease if self.visit is not None else USUAL

    @property
    def sees_paper(self) -> bool:
        return self.levels.mouth is not Mouth.UNKNOWN

    # -- moving -------------------------------------------------------------------------------------------------------

    def _move(self, event: Event, now: float) -> None:
        if isinstance(event, LanguageChosen) and self.visit is not None:
            self.visit.language = event.language
            self.touched(now)
            return
        if isinstance(event, EaseChosen) and self.visit is not None:
            self.visit.ease = event.ease
            self.touched(now)
            return
        if isinstance(event, StaffWanted) and self.visit is not None:
            self.touched(now)
            if not self.visit.staff_called:
                self.visit.staff_called = True
                self._perform(call_staff, event)
            return
        if isinstance(event, MoreTime) and self.visit is not None:
            self.touched(now)
            return
        way = TRANSITIONS[self.state].get(type(event))
        if way is None:
            raise ImpossibleEvent(f"{type(event).__name__} in {self.state}")
        if isinstance(event, CardPulled):
            # The level will say so too, but later: without this the next rule would believe the card is still there.
            self.levels = replace(self.levels, media=Media.NONE)
        self._go(way, event, now)

    def _settle(self, now: float) -> None:
        """Levels to a fixed point. Each rule leads away from the state it applies in, so this ends; the bound catches a bad rule."""
        for _ in range(len(State)):
            rule = next((rule for rule in LEVEL_RULES if self.state in rule.states and rule.applies(self)), None)
            if rule is None:
                if self._fresh:
                    self._fresh = False
                    for action in ENTRY.get(self.state, ()):
                        self._perform(action, None)
                return
            self._go(rule.way, None, now)
        raise ImpossibleEvent(f"level rules chase each other around {self.state}")

    def _go(self, way: To | Choice, event: Event | None, now: float) -> None:
        to = way if isinstance(way, To) else way.ways[way.question(self, event)]
        actions: Iterable[Action] = to.actions
        if to.state is None:
            if event is not None:
                self.touched(now)
            for action in actions:
                self._perform(action, event)
            return
        if self.visit is None and to.state not in RESTING:
            self.visits += 1
            self.visit = Visit(self._new_id(), self.visits, self.place.languages[0])
        for action in actions:  # they may look at where we come from
            self._perform(action, event)
        self._enter(to.state, now)

    def _enter(self, state: State, now: float) -> None:
        leaving = self.state
        pending, self._given = self._given, []
        self._open.clear()
        self.state, self.serial = state, self.serial + 1
        self._entered = self._touched = now
        self.countdown, self.chimes = None, 0
        if leaving in PIN_STATES and (state not in PIN_STATES or state is State.ENTER_PIN):
            self._give(WipePin())
        for numbered in pending:  # given on the way: their answers belong to the state entered
            self._give(numbered.command)
        self._fresh = True
        if state in RESTING and self.visit is not None:
            self.visit = None
            self._give(ForgetVisit())

    def _perform(self, action: Action, event: Event | None) -> None:
        for command in action(self, event):
            self._give(command)

    def _give(self, command: Command) -> None:
        self._ticket += 1
        if command.ends_in:
            self._open.add(self._ticket)
        self._given.append(Numbered(self._ticket, command))

    def _take(self) -> list[Numbered]:
        given, self._given = self._given, []
        return given
