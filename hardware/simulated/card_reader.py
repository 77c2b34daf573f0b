"""A card reader in process: the driver's side is `CardReader`, the other side are hands that insert and pull at any moment."""

import logging
import threading
from collections.abc import Callable

from hardware.card.traffic import TRAFFIC, command_line, response_line
from hardware.errors import CardMute, CardRemoved, ReaderLost
from hardware.interfaces import CardConnection, Media, Reader, ReaderLevel
from hardware.simulated.card import SimulatedCard

log = logging.getLogger(__name__)


class SimulatedReader:
    """Levels are told from the thread of whoever moves, in order and before the move returns: after `insert` the level is told.
    `tell` must therefore not wait for another thread that moves the reader.

    `before_command` sees each command just before the card would, `after_command` once the card has done it and before anybody hears the
    answer: a test pulls the card there. `exchanged` counts commands.
    """

    def __init__(self) -> None:
        self.before_command: Callable[[bytes], None] | None = None
        self.after_command: Callable[[bytes], None] | None = None
        self.exchanged = 0
        self._order = threading.RLock()
        self._reader = Reader.READY
        self._card: SimulatedCard | None = None
        self._second = False  # a card in the second slot; nobody ever gets to speak to it
        self._counter = 0
        self._tell: Callable[[ReaderLevel], None] | None = None
        self._connection: _Connection | None = None

    # -- the driver's side --------------------------------------------------------------------------------------------

    def watch(self, tell: Callable[[ReaderLevel], None]) -> None:
        with self._order:
            self._tell = tell
            tell(self.level)

    def connect(self) -> CardConnection:
        with self._order:
            self._drop()
            if self._reader is not Reader.READY:
                raise ReaderLost("no reader")
            if self._card is None:
                raise CardRemoved("no card")
            if self._card.faults.mute:
                raise CardMute("the card does not answer")
            self._card.power(True)
            self._connection = _Connection(self, self._card)
            return self._connection

    def close(self) -> None:
        with self._order:
            self._tell = None
            self._drop()

    # -- hands --------------------------------------------------------------------------------------------------------

    def insert(self, card: SimulatedCard) -> None:
        """Instead of one that may be in."""
        with self._order:
            if self._card is not None:
                self.pull()
            self._card = card
            self._counter += 1
            self._say()

    def pull(self) -> None:
        """Even in the middle of a command."""
        with self._order:
            if self._card is None:
                return
            self._drop()
            self._card = None
            self._counter += 1
            self._say()

    def insert_beside(self) -> None:
        """Another card into a second slot, until the next `pull_beside`."""
        self._beside(True)

    def pull_beside(self) -> None:
        self._beside(False)

    def absent(self) -> None:
        """Cable out; a card stays in the slot."""
        with self._order:
            self._drop()
            self._reader = Reader.ABSENT
            self._say()

    def ready(self) -> None:
        with self._order:
            self._reader = Reader.READY
            self._say()

    @property
    def level(self) -> ReaderLevel:
        if self._card is None or self._reader is not Reader.READY:
            media = Media.NONE
        elif self._second:
            media = Media.SEVERAL
        else:
            media = Media.MUTE if self._card.faults.mute else Media.PRESENT
        return ReaderLevel(self._reader, media, self._counter)

    # -- between ------------------------------------------------------------------------------------------------------

    def exchange(self, connection: "_Connection", card: SimulatedCard, command: bytes) -> bytes:
        """Outside the lock: hands move while the card thinks."""
        self.exchanged += 1
        if self.before_command is not None:
            self.before_command(command)
        self._need(connection)
        reply = card.command(command)
        if self.after_command is not None:
            self.after_command(command)
        self._need(connection)
        return reply

    def let_go(self, connection: "_Connection") -> None:
        with self._order:
            if self._connection is connection:
                self._drop()

    def _need(self, connection: "_Connection") -> None:
        if self._connection is not connection:
            raise ReaderLost("the reader is gone") if self._reader is not Reader.READY else CardRemoved("the card is gone")

    def _drop(self) -> None:
        """Power off; the connection's next command fails."""
        self._connection = None
        if self._card is not None:
            self._card.power(False)

    def _beside(self, there: bool) -> None:
        with self._order:
            if self._second is not there:
                self._second = there
                self._counter += 1
                self._say()

    def _say(self) -> None:
        if self._tell is not None:
            self._tell(self.level)


class _Connection:
    def __init__(self, reader: SimulatedReader, card: SimulatedCard) -> None:
        self._reader = reader
        self._card = card

    def transmit(self, command: bytes | bytearray | list[int]) -> bytes:
        if log.isEnabledFor(TRAFFIC):
            log.log(TRAFFIC, command_line(command))
        reply = self._reader.exchange(self, self._card, bytes(command))
        if log.isEnabledFor(TRAFFIC):
            log.log(TRAFFIC, response_line(reply))
        return reply

    def close(self) -> None:
        self._reader.let_go(self)
