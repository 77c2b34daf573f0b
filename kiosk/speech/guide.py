"""Keys, headphones and views -> what is pressed and what is said. One guide a terminal; it belongs to the main thread.

    keypad --keys, plug--> guide --events--> conductor (as from the screen)
    conductor --view--> guide --lines--> speaker

Rules
1. Speech begins with the plug of headphones, or with the help key held for 3 s (then by the loudspeaker, without names). It ends with the
   plug, with the key held again, and by the loudspeaker with the visit.
2. Any key silences at once. A new screen is read whole; of one that only changed, what is new. After 30 s of silence it is read again.
3. Up and down walk what can be pressed, and while it speaks the texts before that; select presses, back goes back, help explains, and
   pressed again reads the screen anew. Digits are the PIN's where one is asked for, elsewhere they press the choice of that number.
4. Pace, loudness and a dark screen are the visit's: the next one finds the usual.
"""

import queue
from collections.abc import Callable
from dataclasses import replace

from hardware.interfaces import Key, Keypad, KeypadLevel
from kiosk.session.events import EaseChosen, Event
from kiosk.session.layers import BEHIND, CLOSE
from kiosk.session.view import PinShown, View
from kiosk.speech.eyes import Eyes, NoEyes
from kiosk.speech.line import Item, line, phrase
from kiosk.speech.reading import VOICE, layers, reading
from kiosk.speech.speaker import Speaker
from kiosk.speech.telling import Hearing, Telling
from kiosk.speech.walk import Walk

HOLD_SECONDS = 3.0
# A second press of the same within this time is a trembling hand, as on the screen. (EN 301 549, 5.8: up to 0.5 s.)
BOUNCE_SECONDS = 0.3
# Where pressing often is meant.
REPEATS = frozenset({"copies.less", "copies.more", "pin.erase"})
# Pressed by select while nothing has the focus, as by a touch anywhere.
ANYWHERE = "attract.start"


class Guide:
    """`speaker` None: there is no voice, keys work all the same. `spoken` says which language is spoken for one."""

    def __init__(
        self,
        keypad: Keypad | None,
        speaker: Speaker | None,
        clock: Callable[[], float],
        eyes: Eyes | None = None,
        spoken: Callable[[str], str] = lambda language: language,
    ) -> None:
        self._keypad, self._clock = keypad, clock
        self.telling = Telling(speaker, clock, spoken)
        self._eyes: Eyes = eyes or NoEyes()
        self._act: Callable[[Event], None] = lambda event: None
        self._present: Callable[[], None] = lambda: None
        self.wake: Callable[[], None] = lambda: None  # told from the keypad's thread that something came
        self._inbox: queue.SimpleQueue[tuple[Key, bool] | KeypadLevel] = queue.SimpleQueue()
        self._view: View | None = None
        self._walk = Walk()
        self._layer = ""
        self._keys = False  # were used last, not fingers
        self._plugged = False
        self._held: float | None = None  # since when the help key is down
        self._last: tuple[str, float] = ("", 0.0)  # pressed, when
        self._eased = 0  # the visit that has been given more time
        self.dark = False

    def join(self, act: Callable[[Event], None], present: Callable[[], None]) -> None:
        """`act` gets what is pressed, `present` is told of each key: somebody is there. The keypad is heard from now on."""
        self._act, self._present = act, present
        if self._keypad is not None:
            self._keypad.watch(self._key, self._level)

    def close(self) -> None:
        self.telling.close()

    # -- from the keypad's thread -------------------------------------------------------------------------------------

    def _key(self, key: Key, down: bool) -> None:
        self._inbox.put((key, down))
        self.wake()

    def _level(self, level: KeypadLevel) -> None:
        if not level.headphones and self.telling.private:
            self.telling.hush()  # now, and not after the main thread's next turn: what is said was for ears only
        self._inbox.put(level)
        self.wake()

    # -- on the main thread -------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Takes what came from the keypad and lets time pass."""
        while True:
            try:
                came = self._inbox.get_nowait()
            except queue.Empty:
                break
            if isinstance(came, KeypadLevel):
                self._plug(came.headphones)
            else:
                self._moved(*came)
        now = self._clock()
        if self._held is not None and now - self._held >= HOLD_SECONDS:
            self._held = None
            self._switch()
        if self.telling.again():
            self._say_all()
        elif self.telling.nobody and self.telling.hearing is Hearing.ROOM and self._view is not None and not self._view.number:
            self._stop()  # nobody is there any more

    def show(self, view: View) -> None:
        """What the terminal shows now."""
        former, self._view, self.telling.language = self._view, view, view.language
        if former is not None and former.number and view.number != former.number:
            self._end_of_visit()
        if former is None or screen(former) != screen(view):
            if self._layer:
                self._eyes.lay("")
            self._layer = ""
            self._walk.begin(self._read())
            self.telling.somebody()
            self._say_all()
        else:
            for new in self._walk.renew(self._read()):
                self.telling.say(new)
        self._give_time()
        self._ring()

    def touched(self) -> None:
        """A finger was on the screen: the ring goes, and the voice falls silent."""
        self._keys = False
        self.telling.hush()
        self._ring()

    # -- speech on and off --------------------------------------------------------------------------------------------

    def _plug(self, plugged: bool) -> None:
        if plugged == self._plugged:
            return
        self._plugged = plugged
        if plugged:
            self._start(Hearing.EARS)
        elif self.telling.private:
            self.telling.hush()
            self._stop()

    def _switch(self) -> None:
        """The help key was held."""
        if not self.telling.listens:
            self._start(Hearing.ROOM)
        elif not self.telling.private:
            self.telling.say(line("speech.off"))
            self._stop()

    def _start(self, hearing: Hearing) -> None:
        if not self.telling.begin(hearing):
            return
        self._layer = ""
        self._eyes.lay("")
        self._walk.begin(self._read())
        self.telling.somebody()
        self._say_items()
        self._give_time()
        self._ring()

    def _stop(self) -> None:
        self.telling.end()
        self._usual()
        self._walk.renew(self._read())

    def _end_of_visit(self) -> None:
        self._usual()
        self._eased = 0
        self._keys = False
        if self.telling.hearing is Hearing.ROOM:
            self._stop()

    def _usual(self) -> None:
        self.telling.usual()
        self.dark = False
        self._eyes.blank(False)

    def _give_time(self) -> None:
        """Who listens needs longer than who looks: three times the time, once a visit, so that the resident can take it back."""
        view = self._view
        if view is None or not self.telling.listens or not view.number or self._eased == view.number:
            return
        if "ease.slow" in view.actions:
            self._eased = view.number
            if not view.ease.slow:
                self._act(EaseChosen(replace(view.ease, slow=True)))

    # -- keys ---------------------------------------------------------------------------------------------------------

    def _moved(self, key: Key, down: bool) -> None:
        now = self._clock()
        if down:
            self._present()
            self.telling.hush()
            self.telling.somebody()
            if not self._keys:
                self._eyes.lay(self._layer)  # fingers may have opened another
            self._keys = True
            if key is Key.HELP:
                self._held = now  # what it means shows when it comes up
                return
            self._press_key(key)
        elif key is Key.HELP and self._held is not None:
            self._held = None
            self._help()
        self._ring()

    def _press_key(self, key: Key) -> None:
        if self._view is None:
            return
        match key:
            case Key.UP:
                self._step(-1)
            case Key.DOWN:
                self._step(1)
            case Key.SELECT:
                self._select()
            case Key.BACK:
                self._press(CLOSE if self._layer else "back")
            case _:
                self._digit(int(key), self._view)

    def _step(self, step: int) -> None:
        item = self._walk.step(step, self._stops)
        if item is not None:
            self.telling.say(item.line)

    def _stops(self, item: Item) -> bool:
        """Texts are for ears; a line that the room must not hear is no place to stop at in the room."""
        return bool(item.line.to(self.telling.private)) if self.telling.listens else bool(item.action)

    def _select(self) -> None:
        if self._walk.focus is not None:
            self._press(self._walk.action)
        elif self._walk.find(ANYWHERE) is not None:
            self._press(ANYWHERE)
        else:
            first = self._walk.first()
            if first is not None:
                self.telling.say(first.line)

    def _digit(self, digit: int, view: View) -> None:
        if f"pin.{digit}" in view.actions and isinstance(view.shown, PinShown):
            if not self._layer and view.countdown is None and view.shown.entered < view.shown.length:
                self._act(view.actions[f"pin.{digit}"])
            return
        item = self._walk.numbered(digit)
        if item is not None:
            self._press(item.action)

    def _press(self, action: str) -> None:
        now = self._clock()
        if self._last[0] == action and now - self._last[1] < BOUNCE_SECONDS and action not in REPEATS:
            return
        self._last = (action, now)
        view = self._view
        assert view is not None
        if action in BEHIND.values():
            self._lay(action)
        elif action == CLOSE:
            self._lay("")
        elif action in VOICE:
            self._tell_voice(action)
        elif action in view.actions:
            self._act(view.actions[action])
        elif self._walk.focus is not None and not action:
            self.telling.say(self._walk.focus.line)

    def _help(self) -> None:
        """The first press explains, the second reads the screen again."""
        view = self._view
        if view is None:
            return
        if self._layer != "open.help" and "open.help" in layers(view) and view.countdown is None:
            self._lay("open.help")
        else:
            self._lay("", whole=True)

    def _lay(self, layer: str, whole: bool = False) -> None:
        """Of the screen below, the title is enough when a layer goes."""
        self._layer = layer
        self._eyes.lay(layer)
        self._walk.begin(self._read())
        if layer or whole:
            self._say_all()
        elif self._walk.items:
            self.telling.say(self._walk.items[0].line)

    def _tell_voice(self, action: str) -> None:
        pace = self.telling.pace
        match action:
            case "speech.repeat":
                self._lay("", whole=True)
            case "speech.blank":
                self.dark = not self.dark
                self._eyes.blank(self.dark)
            case "speech.slower" | "speech.faster":
                self.telling.change(pace.faster(1 if action == "speech.faster" else -1))
                self.telling.say(line(phrase("speech.rate", percent=self.telling.pace.percent)))
            case _:
                self.telling.change(pace.louder(1 if action == "speech.louder" else -1))
                self.telling.say(line(phrase("speech.volume", volume=self.telling.pace.volume + 1)))

    # -- what is said -------------------------------------------------------------------------------------------------

    def _read(self) -> tuple[Item, ...]:
        if self._view is None:
            return ()
        return reading(self._view, self._layer, self.telling.listens)

    def _say_all(self) -> None:
        """The present screen, or the layer that lies over it, and nothing of what was said before."""
        self.telling.hush()
        self._say_items()

    def _say_items(self) -> None:
        self.telling.say_language()
        for item in self._walk.items:
            self.telling.say(item.line)

    def _ring(self) -> None:
        self._eyes.focus(self._walk.action if self._keys else "")


def screen(view: View) -> tuple[object, ...]:
    """What must change for a screen to be another one."""
    return view.state, view.serial, view.language, view.countdown is None
