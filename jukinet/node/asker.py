"""How a node asks another one; `lines.Lines` does it over mutual TLS."""

from typing import Protocol


class Asker(Protocol):
    async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
        """POSTs `body` to the node of a town, a prefecture or "centre"; its answer's bytes. Raises Problem."""
