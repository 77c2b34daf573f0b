"""On which day? A sheet of a calendar: nothing is typed, and no other day can be pressed than those that are offered."""

from datetime import date, timedelta

from kivy.metrics import mm
from kivy.uix.widget import Widget

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.looking import look
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Lines, Press, Push, Text

load_kv("choose_day")

DAY_MM = 18
SUNDAYS = (6, 0, 1, 2, 3, 4, 5)  # weeks begin with Sunday, as on calendars in Japan


class Weekday(Text):
    """Above its column."""


class NoDay(Lines):
    """A day of the month that cannot be chosen."""


class ChooseDay(KioskScreen):
    """Turning the sheet is the screen's own matter: the visit does not know of it."""

    stage = "choice"

    def compose(self) -> None:
        super().compose()
        days = self.view.shown.days
        self.dates = {choice.day: date.fromisoformat(choice.date) for choice in days}
        self.months = sorted({day.replace(day=1) for day in self.dates.values()})
        chosen = next((choice.day for choice in days if choice.chosen), 0)
        self.month = self.months.index(self.dates[chosen].replace(day=1))
        for weekday in SUNDAYS:
            self.ids.weekdays.add_widget(Weekday(words=self.here(f"weekday.{weekday}")))
        self._fill()

    def heading(self, part: str) -> str:
        shown = self.view.shown
        if not shown.arrives:
            return self.here(f"out.{part}")
        if part == "title":
            return self.here("in.title")
        day = date.fromisoformat(shown.planned)
        return self.here("in.lead", town=shown.town, day=self.say("date.day", year=day.year, month=day.month, day=day.day))

    def _fill(self) -> None:
        month = self.months[self.month]
        by_date = {day: number for number, day in self.dates.items()}
        self.ids.month.words = self.here("month", year=month.year, month=month.month)
        self.ids.days.clear_widgets()
        for _ in range(SUNDAYS.index(month.weekday())):
            self.ids.days.add_widget(Widget(size_hint_y=None, height=mm(DAY_MM)))
        day = month
        while day.month == month.month:
            if day in by_date:
                push = Push(action=f"day.{by_date[day]}", words=str(day.day), kind=Kind.CHOICE, font_size=look().type.body)
                push.height, push.inset = mm(DAY_MM), mm(1)
                self.ids.days.add_widget(push)
            else:
                self.ids.days.add_widget(NoDay(words=str(day.day)))
            day += timedelta(1)

    def reveal(self, action: str) -> None:
        month = next((self.months.index(day.replace(day=1)) for number, day in self.dates.items() if action == f"day.{number}"), self.month)
        if month != self.month:
            self._turn(month)

    def _turn(self, month: int) -> None:
        self.month = month
        self._fill()
        self.refresh()

    def press(self, press: Press) -> None:
        if press.action in ("days.earlier", "days.later"):
            self._turn(self.month + (1 if press.action == "days.later" else -1))
        else:
            super().press(press)

    def refresh(self) -> None:
        super().refresh()
        self.ids.earlier.offer(self.month > 0)
        self.ids.later.offer(self.month < len(self.months) - 1)
        chosen = {f"day.{choice.day}": choice.chosen for choice in self.view.shown.days}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
