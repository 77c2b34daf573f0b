"""For the inside of a private pcscd (run by test_memory.py): a visit at a window in a process of its own, and then a look into its memory.

The card is a process of its own, too: nothing of it may be found in the terminal's. Each digit of the PIN is a finger's touch.
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hardware.simulated.pcsc_lab import ADDRESS_VARIABLE
from kiosk.running import OVERWRITTEN
from tests.kiosk.flows.test_display import GLASS, Terminal, plain

PIN = "7391"
MARK = b"\x046502\x00"  # planted by this test, as a PIN that was not wiped would lie there


def memory(process: int) -> Iterator[bytes]:
    """What the process can write, piece by piece."""
    maps = Path(f"/proc/{process}/maps").read_text(encoding="ascii")
    with open(f"/proc/{process}/mem", "rb", buffering=0) as source:
        for line in maps.splitlines():
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if found is None or line.endswith("[vvar]"):
                continue
            start, end = (int(number, 16) for number in found.groups())
            try:
                source.seek(start)
                yield source.read(end - start)
            except (OSError, OverflowError):
                continue


def found(process: int, patterns: dict[str, bytes]) -> dict[str, int]:
    counts = dict.fromkeys(patterns, 0)
    for piece in memory(process):
        for name, pattern in patterns.items():
            counts[name] += piece.count(pattern)
    return counts


@contextmanager
def card(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "hardware.simulated", "card", "--vpcd", os.environ[ADDRESS_VARIABLE], "--card", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        yield
        process.send_signal(signal.SIGTERM)


def names_of(network) -> dict[str, bytes]:
    """Every text of the holder's household, as UTF-8 and as Python keeps it."""
    with closing(sqlite3.connect(f"file:{network.folder}/nodes/21202/register.db?mode=ro", uri=True)) as db:
        people = [json.loads(record) for (record,) in db.execute("SELECT record FROM history ORDER BY seq")]
    household = next(person["household"] for person in people if "花子" in person.get("name", ""))
    texts = {
        person[item]
        for person in people
        if person["household"] == household
        for item in ("name", "kana", "address", "resident_code", "my_number")
        if person.get(item)
    }
    assert len(texts) >= 4
    patterns = {}
    for number, text in enumerate(sorted(texts)):
        patterns[f"text {number}, utf-8"] = text.encode()
        if not text.isascii():
            patterns[f"text {number}, str"] = text.encode("utf-16-le")
    return patterns


def test_neither_pin_nor_name_is_in_the_memory_after_the_visit(network, tmp_path) -> None:
    folder = tmp_path / "card"
    shutil.copytree(network.folder / "cards" / "hanako", folder)
    file = folder / "card.toml"
    text, changed = re.subn(r'"1234"', f'"{PIN}"', file.read_text(encoding="utf-8"))
    assert changed
    file.write_text(text, encoding="utf-8")
    patterns = {
        "PIN in a command": b"\x04" + PIN.encode(),
        "PIN as text": PIN.encode() + b"\x00",
        "PIN as str of two bytes": PIN.encode("utf-16-le") + b"\x00\x00",
        **names_of(network),
    }
    surroundings = plain() | OVERWRITTEN | {"GLASS_MARK": MARK.hex()}
    command = [
        sys.executable,
        str(GLASS),
        str(network.file),
        str(tmp_path / "state"),
        "pcsc:",
        "simulated:custom-vkp80?baud=0",
        "offscreen",
    ]
    with subprocess.Popen(
        command, env=surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=GLASS.parents[3]
    ) as process:
        terminal = Terminal(process)

        def press(action: str) -> None:
            terminal.offering(action)
            terminal.order(f"tap {action}")

        terminal.see("attract")
        press("attract.start")
        terminal.see("choose_service")
        press("service.copy")
        terminal.see("insert_card")
        with card(folder):
            terminal.see("enter_pin")
            for digit in PIN:
                press(f"pin.{digit}")
            press("pin.done")
            terminal.see("choose_persons")
            during = found(process.pid, patterns)
            press("persons.all")
            press("persons.next")
            for state, action in (("choose_items", "items.next"), ("choose_copies", "copies.next")):
                terminal.see(state)
                press(action)
            terminal.see("confirm")
            press("confirm.yes")
            terminal.see("take_card")
        terminal.see("take_paper").order("take").see("receipt")
        press("receipt.no")
        terminal.see("goodbye").see("attract")
        assert found(process.pid, {"mark": MARK})["mark"] >= 1  # the search finds what is there
        assert any(count for name, count in during.items() if name.startswith("text"))  # so are names while they are shown
        after = found(process.pid, patterns)
        process.kill()
    assert {name: count for name, count in after.items() if count} == {}
