"""What a driver needs of a line to a printer, whatever the line is."""

from typing import Protocol


class Port(Protocol):
    """An open line. `write` and `read` raise PrinterLost when the line itself is gone (adapter pulled); a printer that is off or
    unplugged from a line that still stands is silent instead."""

    def write(self, data: bytes, urgent: bool = False) -> int:
        """Hands over as much as goes without waiting and says how many bytes that were; 0 while the printer holds us off (XOFF).
        `urgent` writes past that: real-time commands are obeyed by a printer whose buffer is full."""

    def read(self, timeout: float) -> bytes:
        """What has come; if nothing has, waits up to `timeout` seconds and returns b"" then."""

    def close(self) -> None:
        """Never raises, never waits for the printer."""
