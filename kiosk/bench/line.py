"""A line to the node that a hand can cut: a forwarder on loopback between the kiosk's client and its node.

The cut is at the wire, so the field's client meets what it would meet in a town hall: links that die, connections that are refused. TLS
runs through untouched, and the node is known by its certificate, not by the address it is reached at.
"""

import select
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

CHUNK = 65_536


class CuttableLine:
    """Forwards to `url` (https://HOST:PORT) from `self.url`. `cut` ends every link and takes no new one, `join` lets them in again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._far = (parts.hostname or "127.0.0.1", parts.port or 443)
        self._open = True
        self._links: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, name="line", daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._open = False
            links, self._links = self._links, set()
        for link in links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)  # whoever pumps it sees its end and closes it

    def join(self) -> None:
        with self._lock:
            self._open = True

    def set(self, up: bool) -> None:
        self.join() if up else self.cut()

    def close(self) -> None:
        self.cut()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(near,), name="line-link", daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        with near:
            try:
                far = socket.create_connection(self._far, timeout=5)
            except OSError:
                return
            with far:
                with self._lock:
                    if not self._open:
                        return
                    self._links |= {near, far}
                with suppress(OSError):
                    _pump(near, far)
                with self._lock:
                    self._links -= {near, far}


def _pump(near: socket.socket, far: socket.socket) -> None:
    """Both ways until either end hangs up."""
    other = {near: far, far: near}
    while True:
        for link in select.select(list(other), [], [])[0]:
            data = link.recv(CHUNK)
            if not data:
                return
            other[link].sendall(data)
