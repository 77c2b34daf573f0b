"""Who looked at my record: a page of lines, each a body, when, what for and on which ground; or that a line does not hold."""

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.widgets import Rule
from kiosk.session.looks import Look

load_kv("looks")


class LookRow(BoxLayout):
    """One line. What is only there in Japanese stays in Japanese letters."""

    when = StringProperty("")
    times = StringProperty("")
    who = StringProperty("")
    what = StringProperty("")


class UnprovenRow(BoxLayout):
    where = StringProperty("")
    words = StringProperty("")


class Looks(KioskScreen):
    stage = "choice"

    def compose(self) -> None:
        super().compose()
        shown = self.view.shown
        for place, look in enumerate(shown.looks):
            if place:
                self.ids.looks.add_widget(Rule())
            self.ids.looks.add_widget(self._row(look))
        if not shown.looks:
            self.ids.looks.parent.remove_widget(self.ids.looks)
        if not shown.more:
            self.ids.more.parent.remove_widget(self.ids.more)
        if shown.pages == 1:
            for each in (self.ids.page, self.ids.turns):
                each.parent.remove_widget(each)

    def _row(self, look: Look) -> LookRow | UnprovenRow:
        if not look.proven:
            return UnprovenRow(where=f"{look.body} No. {look.index}".lstrip(), words=self.here("unproven"))
        times = self.here("times", times=look.times) if look.times > 1 else ""
        what = look.affair or self.here(f"deed.{look.deed}")
        row = LookRow(when=f"{look.date}　{look.time}　{look.ground}", times=times, who=look.body, what=what)
        if not times:
            row.remove_widget(row.ids.times)
        return row

    def lead(self) -> str:
        shown = self.view.shown
        return self.here("lead" if shown.looks else "none", since=shown.since)
