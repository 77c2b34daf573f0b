"""The paper is out."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("take_paper")


class PaperOut(KioskScreen):
    """For `paper_left` too. Where the printer cannot see its paper, the resident says that it was taken."""

    def refresh(self) -> None:
        super().refresh()
        self.ids.reminder.words = self.say("take_paper.reminder") if self.view.shown.chimes else ""


class TakePaper(PaperOut):
    stage = "paper"
