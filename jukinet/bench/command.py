"""`jukinet bench`. What it measures with is imported only when it is run: the node's process starts by the same program."""

import json
from pathlib import Path
from typing import Annotated

import typer

from jukinet.plain import plain_words

SIZES = (10_000, 1_000_000)  # what a copy costs must not depend on it


def bench(
    folder: Annotated[Path, typer.Option(help="Where labs and registers lie; registers stay for the next time.")] = Path("build/bench"),
    residents: Annotated[list[int] | None, typer.Option(help="Sizes of the home town's register: 10,000 and 1,000,000.")] = None,
    postgresql: Annotated[
        str, typer.Option(help="Also on this server: postgresql+psycopg://USER@/DATABASE?host=FOLDER. Makes databases there.")
    ] = "",
    visits: Annotated[int, typer.Option(min=100, help="Visits a round.")] = 500,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; told are the median and the best.")] = 3,
    at_once: Annotated[int, typer.Option(min=1, help="Terminals that ask at the same time, each over one kept link.")] = 32,
    links: Annotated[int, typer.Option(min=1, help="Links open while memory is read.")] = 100,
    out: Annotated[Path | None, typer.Option(help="Also as JSON into this file.")] = None,
) -> None:
    """Load a small network with visits and print what a copy costs: µs of CPU at each node, waiting times, memory, the disk."""
    from jukinet.bench.machine import facts, fsyncs
    from jukinet.bench.report import figures, table
    from jukinet.bench.run import measure
    from jukinet.tls import OPENSSL

    folder.mkdir(parents=True, exist_ok=True)
    with plain_words():
        for line in facts(OPENSSL):
            typer.echo(line)
        typer.echo(f"disk: fdatasync of 4 KiB {fsyncs(folder)}\n")
        every = []
        for server in dict.fromkeys(("", postgresql)):
            for size in residents or SIZES:
                every.append(measure(folder, size, server, visits, max(links, at_once), at_once, rounds))
                typer.echo(table(every[-1]))
        if out is not None:
            out.write_text(json.dumps([figures(each) for each in every], indent=1) + "\n", encoding="utf-8")
