"""A mass run beside single questions: `python -m tests.bench.agencies [--lines 1000000] [--folder build/bench-agencies]`.

A lab of its own whose centre knows as many invented people as the file has lines; their identities are put into its copy directly. One
body's client asks the whole file with `jukinet agency batch`; another asks about one person twenty times a second. Every three seconds the
run is stopped (SIGSTOP) or goes on, so that both kinds of moments see the same machine. Printed: lines a second while it runs, processor
time of client and centre, and how long single questions waited with the run and without. Figures of a shared machine are good for
comparing the two rows and for nothing else.
"""

import argparse
import csv
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep

from jukinet.agency.client import AgencyClient
from jukinet.agency.settings import load
from jukinet.agency_messages import CheckAsk, FourItems, Sought
from jukinet.lab.layout import prepare
from jukinet.lab.run import Lab
from jukinet.node.agencies.copy import take
from jukinet.node.storage.open import File, open_store
from jukinet.node_messages import Change, Identity

EVERY = 0.05  # seconds between single questions
WINDOW = 60  # single questions until the run is stopped or goes on: shorter than a node waits for the rest of a question
SETTLE = 10  # the first of them do not count: the piece before is still answered
CHUNK = 5000
TICKS = os.sysconf("SC_CLK_TCK")


def people(count: int) -> Iterator[Identity]:
    for at in range(count):
        yield Identity(
            resident_code=f"{at:011d}",
            name=f"見本 {at % 997}郎",
            birth=f"{1930 + at % 90}-{1 + at % 12:02d}-{1 + at % 28:02d}",
            sex=("male", "female")[at % 2],
            address=f"岐阜県見本市見本町{at % 89}丁目{at}番地",
            change=Change.DECEASED if at % 100 == 0 else Change.ADDED,
            changed="2020-04-01",
        )


def fill(file: Path, count: int) -> None:
    store = open_store(file, File.REGISTER)
    everybody = people(count)
    while chunk := list(islice(everybody, CHUNK)):
        store.write_now(partial(take, keeper="centre", town="21999", told=chunk))
    store.close()


def write(file: Path, count: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["氏名", "生年月日", "性別", "住所"])
        for each in people(count):
            writer.writerow([each.name, each.birth, {"male": "男", "female": "女"}[each.sex], each.address])


def cpu(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def ask_one(client: AgencyClient, each: Identity) -> float:
    """Milliseconds that it waited."""
    four = FourItems(name=each.name, birth=each.birth, sex=each.sex, address=each.address)
    began = monotonic()
    client.check(CheckAsk(affair="licence-application", sought=Sought(four=four)), 10)
    return (monotonic() - began) * 1000


def line(name: str, waited: list[float]) -> None:
    parts = quantiles(waited, n=100)
    shown = (("p50", parts[49]), ("p90", parts[89]), ("p99", parts[98]), ("longest", max(waited)))
    print(f"{name:16} {len(waited):6} questions", *(f"{word} {value:6.1f} ms" for word, value in shown), sep="   ", flush=True)


def main() -> None:
    reading = argparse.ArgumentParser()
    reading.add_argument("--lines", type=int, default=1_000_000)
    reading.add_argument("--folder", type=Path, default=Path("build/bench-agencies"))
    said = reading.parse_args()
    shutil.rmtree(said.folder, ignore_errors=True)
    paths = prepare(said.folder / "lab", 40, 1, datetime.now(UTC))
    fill(paths.node("centre") / "register.db", said.lines)
    asked, out = said.folder / "in.csv", said.folder / "out.csv"
    write(asked, said.lines)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
    with Lab(paths) as lab, closing(AgencyClient(load(paths.agency_settings("licences")))) as single:
        command = [sys.executable, "-m", "jukinet", "agency", "batch", str(asked), str(out), "--affair", "pension-status"]
        centre, began, stopped = cpu(lab.pid("centre")), monotonic(), 0.0
        run = subprocess.Popen([*command, "--settings", str(paths.agency_settings("pension"))], stdout=subprocess.PIPE, text=True)
        own, waited = 0.0, {True: list[float](), False: list[float]()}
        for goes, persons in zip(cycle((True, False)), iter(partial(islice, people(1_000_000), WINDOW), None)):
            if run.poll() is not None:
                break
            run.send_signal(signal.SIGCONT if goes else signal.SIGSTOP)
            own, turned = cpu(run.pid), monotonic()
            for at, each in enumerate(persons):
                sleep(EVERY)
                milliseconds = ask_one(single, each)
                if at >= SETTLE and (not goes or run.poll() is None):
                    waited[goes].append(milliseconds)
            stopped += 0.0 if goes else monotonic() - turned
        seconds, spent = monotonic() - began - stopped, cpu(lab.pid("centre")) - centre
        line("beside the run", waited[True])
        line("without it", waited[False])
        print(run.communicate()[0])
        print(f"{said.lines} lines in {seconds:.0f} s: {said.lines / seconds:.0f} a second, exit status {run.returncode}")
        print(f"processor: client {own:.0f} s, centre {spent:.0f} s (single questions included)")


if __name__ == "__main__":
    main()
