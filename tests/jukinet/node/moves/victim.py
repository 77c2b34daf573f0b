"""A process that can be killed in the middle of a move: both towns, prefecture and centre in it, on files that stay.

Reads orders from standard input, one JSON a line: {"root", "directory", "key", "now", "die"}. For each it forks; the child tells the story
of a move, and kills itself with SIGKILL at the die-th point. Points are: before a commit of any database, as a question leaves for another
node, as its answer does. Answers "STATUS POINTS" (STATUS as in subprocess, POINTS as counted by the child).
"""

import itertools
import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event

from jukinet.node.directory import DirectoryBook
from jukinet.signing import AnswerKey
from tests.jukinet.node.conftest import Clock, Network
from tests.jukinet.node.moves.conftest import Towns


class Points:
    """Counted in memory that outlives the child."""

    def __init__(self, die: int, pipe: int) -> None:
        self._die, self._pipe, self._count, self._one = die, pipe, 0, Lock()

    def pass_one(self, *_: Any) -> None:
        with self._one:  # each database has a thread that writes
            self._count += 1
            os.write(self._pipe, struct.pack("i", self._count))
            if self._count == self._die:
                os.kill(os.getpid(), signal.SIGKILL)


def tell(order: dict[str, Any], pipe: int) -> None:
    book = DirectoryBook(order["directory"], order["key"])
    network = Network(Path(order["root"]), Clock(datetime.fromisoformat(order["now"])), book, AnswerKey.make())
    network._visits = itertools.count(1_000_000)  # not those of whoever goes on
    points = Points(order["die"], pipe)

    async def story(network: Network) -> None:
        event.listen(Engine, "commit", points.pass_one)
        network.at_line = points.pass_one
        await Towns(network).moves()

    network.run(story, start=True)


def one(order: dict[str, Any], deed: Callable[[dict[str, Any], int], None]) -> str:
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        status = 1
        try:
            deed(order, told)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(told)
    count = b""
    while piece := os.read(heard, 4096):
        count = (count + piece)[-4:]
    os.close(heard)
    _, status = os.waitpid(child, 0)
    return f"{os.waitstatus_to_exitcode(status)} {struct.unpack('i', count)[0] if count else 0}"


if __name__ == "__main__":
    for line in sys.stdin:
        print(one(json.loads(line), tell), flush=True)
