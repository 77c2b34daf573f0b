"""Replies -> what stands in the printer's way. Pure: a status is a value, each reply makes the next.

ASB bits: Epson TM-T88III manual p. 318-322. DLE EOT bits: same, and Ithaca's. Custom's frame: KPM54/150/210/300 manuals; its bits vary
by model, the ones used here are those all of them share, and bit 6 of the recoverable errors for a jam.
"""

from dataclasses import dataclass, replace

from hardware.interfaces import Mouth, PrinterLevel, PrinterState
from hardware.printer.models import Presenter, PrinterModel
from hardware.printer.replies import Asb, FullStatus, Noise, RealTime, Reply, is_power_on

# The printer cannot print by itself any more; somebody has to come. The buffers must be cleared before anybody touches the roll.
STANDSTILL = frozenset({PrinterState.OFFLINE, PrinterState.CUTTER, PrinterState.JAM, PrinterState.COVER, PrinterState.OUT})


@dataclass(frozen=True)
class Status:
    """Levels as last heard. `starts` counts restarts that the printer told of; `noise` the replies in a row that were none."""

    heard: bool = False
    cover: bool = False
    near_end: bool = False
    end: bool = False
    cutter: bool = False
    jam: bool = False
    hot: bool = False
    sheet: bool = False
    noise: int = 0
    starts: int = 0

    def after(self, reply: Reply) -> "Status":
        """DLE EOT answers are not levels here, because they do not say which question they answer: see `asked`."""
        if isinstance(reply, Noise):
            return replace(self, noise=self.noise + len(reply.data))
        if is_power_on(reply):
            return Status(starts=self.starts + 1)
        if isinstance(reply, Asb):
            return replace(
                self,
                heard=True,
                noise=0,
                cover=bool(reply.printer & 0x20),
                cutter=bool(reply.errors & 0x08),
                # Recoverable without the cutter's bit, or unrecoverable: somebody has to look into it.
                jam=bool(reply.errors & 0x24) and not reply.errors & 0x08,
                # "Recovers by itself" is the head's heat, or the cover opened while printing.
                hot=bool(reply.errors & 0x40) and not reply.printer & 0x20,
                near_end=reply.paper & 0x03 == 0x03,
                end=reply.paper & 0x0C == 0x0C,
            )
        if isinstance(reply, FullStatus):
            return replace(
                self,
                heard=True,
                noise=0,
                cover=bool(reply.user & 0x03),
                cutter=bool(reply.unrecoverable & 0x03),
                jam=bool(reply.recoverable & 0x40) or bool(reply.unrecoverable & 0x0C),
                hot=bool(reply.recoverable & 0x01),
                near_end=bool(reply.paper & 0x04),
                end=bool(reply.paper & 0x01),
                sheet=bool(reply.paper & 0x20),
            )
        return self

    def asked(self, number: int, answer: RealTime) -> "Status":
        """`answer` to DLE EOT `number`. Only for when nothing graphic is under way, so that no other question can have been heard."""
        now = replace(self, heard=True, noise=0)
        bits = answer.status
        if number == 2:
            return replace(now, cover=bool(bits & 0x04))
        if number == 3:
            cutter = bool(bits & 0x08)
            return replace(now, cutter=cutter, jam=bool(bits & 0x24) and not cutter, hot=bool(bits & 0x40) and not now.cover)
        if number == 4:
            return replace(now, near_end=bits & 0x0C == 0x0C, end=bits & 0x60 == 0x60)
        return now

    def level(self, model: PrinterModel) -> PrinterLevel:
        return PrinterLevel(self._state(), self._mouth(model))

    def _mouth(self, model: PrinterModel) -> Mouth:
        if model.presenter is Presenter.NONE or not self.heard:
            return Mouth.UNKNOWN
        return Mouth.PAPER if self.sheet else Mouth.EMPTY

    def _state(self) -> PrinterState:
        if not self.heard:
            return PrinterState.UNKNOWN
        for bad, state in (
            (self.cutter, PrinterState.CUTTER),
            (self.jam, PrinterState.JAM),
            (self.cover, PrinterState.COVER),
            (self.end, PrinterState.OUT),
            (self.hot, PrinterState.HOT),
            (self.near_end, PrinterState.LOW),
        ):
            if bad:
                return state
        return PrinterState.READY


def enough_paper(level: PrinterLevel, rows: int, model: PrinterModel, rows_since_low: int) -> bool:
    """Whether a job of `rows` may begin. `rows_since_low` is what has been printed since the near-end sensor tripped.

    Before it trips nobody knows how much is on the roll, and a job is let through; after that only what is certainly left counts.
    """
    if level.state is PrinterState.READY:
        return True
    return level.state is PrinterState.LOW and model.millimetres(rows + rows_since_low) <= model.near_end_mm
