"""What the simulated printer's sensors say, in the three forms in which printers say it.

Bits: Epson TM-T88III manual p. 318-322 (ASB) and DLE EOT; Custom KPM manuals (DLE EOT 20).
"""

from dataclasses import dataclass


@dataclass
class Senses:
    """`cutter_error` and `jam_error` stay after their cause is gone, until the host recovers (DLE ENQ)."""

    paper: bool = True
    near_end: bool = False
    cover: bool = False
    cutter_error: bool = False
    jam_error: bool = False
    hot: bool = False
    sheet_in_mouth: bool = False

    @property
    def offline(self) -> bool:
        return not self.paper or self.cover or self.cutter_error or self.jam_error

    def automatic(self) -> bytes:
        errors = 0x04 * (self.jam_error or self.cutter_error) | 0x08 * self.cutter_error | 0x40 * self.hot
        paper = 0x03 * (self.near_end or not self.paper) | 0x0C * (not self.paper) | 0x60
        return bytes((0x10 | 0x08 * self.offline | 0x20 * self.cover, errors, paper, 0x0F))

    def real_time(self, number: int) -> bytes:
        bits = {
            1: 0x08 * self.offline,
            2: 0x04 * self.cover | 0x20 * (not self.paper) | 0x40 * (self.cutter_error or self.jam_error or self.hot),
            3: 0x04 * (self.jam_error or self.cutter_error) | 0x08 * self.cutter_error | 0x40 * self.hot,
            4: 0x0C * (self.near_end or not self.paper) | 0x60 * (not self.paper),
        }[number]
        return bytes((0x12 | bits,))

    def queued(self) -> bytes:
        """GS r 1: near end in bits 0-1, end in bits 2-3."""
        return bytes((0x03 * (self.near_end or not self.paper) | 0x0C * (not self.paper),))

    def full_custom(self) -> bytes:
        paper = 0x01 * (not self.paper) | 0x04 * self.near_end | 0x20 * self.sheet_in_mouth
        return bytes((0x10, 0x0F, paper, 0x02 * self.cover, 0x01 * self.hot | 0x40 * self.jam_error, 0x01 * self.cutter_error))
