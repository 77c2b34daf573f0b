"""`jukinet`: the register network's commands. Bad settings are told in plain words with exit status 1, never as a traceback."""

import json
import signal
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import typer

from jukinet.commands import Commands
from jukinet.errors import SettingsError
from jukinet.peers import PeerKind
from jukinet.plain import plain_words

app = typer.Typer(
    cls=Commands,
    help="The register network: a node, its register and audit log, a lab of four nodes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show the values of variables, and those can be people's
)


class Swap(StrEnum):
    """Answers that a lab's town can mix up on purpose."""

    HOUSEHOLDS = "households"
    EXTRACTS = "extracts"
    ISSUES = "issues"


@app.command()
def node(
    settings: list[Path] = typer.Option(..., help="The node's settings (TOML). Several: as many nodes in one process, kept apart."),
    attached: bool = typer.Option(False, help="End when standard input ends, too: for nodes that another program runs."),
) -> None:
    """Run a node until SIGTERM. Prints one line when it is ready; its log goes to standard error."""
    from jukinet.node.server import run

    with plain_words():
        run(settings, attached)


@app.command()
def lab(
    folder: Path = typer.Argument(..., help="Where the lab lies; made when it is not there."),
    residents: int = typer.Option(300, min=1, max=2_000_000, help="Residents of each town's register."),
    seed: int = typer.Option(1, help="The same seed makes the same people."),
    swap: Swap | None = typer.Option(None, help="Let the kiosk's town mix up these answers, to see a kiosk refuse them."),
) -> None:
    """Make a small network of invented people and run it until SIGTERM. Prints one line when it is ready."""
    from jukinet.lab.layout import prepare
    from jukinet.lab.run import Lab

    with plain_words():
        paths = prepare(folder, residents, seed, datetime.now(UTC))
        with Lab(paths, swap) as running:
            # Not before the nodes are started: they would inherit it. Until here SIGTERM ends us, and the nodes with us.
            signals = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
            signal.pthread_sigmask(signal.SIG_BLOCK, signals)
            typer.echo(f"ready {paths.kiosk_settings}")
            for code, page in running.pages.items():
                typer.echo(f"verification page of {code}: {page}")
            while not running.died():
                if signal.sigwait(signals) != signal.SIGCHLD:
                    return
            code = running.died()[0]
            raise SettingsError(f"node {code} ended by itself; {paths.node(code) / 'node.log'} says why")


@app.command()
def visit(
    visit: str = typer.Argument(..., help="The visit's id."),
    settings: Path = typer.Option(..., help="The node's settings (TOML)."),
) -> None:
    """Print what a node has written down of a visit's paper: issued, printed, voided or unknown. Nothing and exit status 1: no issue.

    Reads the node's file, whether the node runs or not. At the home town it is what the issuing town has told so far.
    """
    from jukinet.node.issuance import recorded_status
    from jukinet.node.settings import load
    from jukinet.node.storage.place import File

    with plain_words():
        own = load(settings)
        status = recorded_status(own.place(File.ISSUES), own.code, visit)
        if status is None:
            raise typer.Exit(1)
        typer.echo(status.value)


@app.command()
def openapi(role: PeerKind | None = typer.Option(None, help="Only what a node of this role is asked.")) -> None:
    """Print what can be asked of nodes as OpenAPI 3.1 (JSON)."""
    from jukinet.openapi import document

    typer.echo(json.dumps(document(role), ensure_ascii=False, indent=2))


@app.command()
def vectors(folder: Path = typer.Argument(..., help="Where they go; keys.json there is used again.")) -> None:
    """Write the conformance vectors for other programs that speak the network's protocol."""
    from jukinet.vectors.files import write_vectors

    for name in write_vectors(folder):
        typer.echo(name)


def main() -> None:
    app(prog_name="jukinet")


if __name__ == "__main__":
    main()
