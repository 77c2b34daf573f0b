"""`jukinet agency`: what an administrative body types. docs/agencies.md is the manual."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep, time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from jukinet.agency.batch import Run, Wrong
from jukinet.agency.client import AgencyClient
from jukinet.agency.lines import CODE, FOUR, TOLD, VERDICTS, sought_of, told_text
from jukinet.agency.settings import load
from jukinet.agency_messages import CheckAsk, Sought
from jukinet.errors import Problem, SettingsError
from jukinet.plain import plain_words

agency = typer.Typer(help="An administrative body asks: about one person, or about a file of them.", no_args_is_help=True)

CHECK_SECONDS = 20.0
MOST_TOLD = 100  # wrong lines told on the terminal; all of them stand in the answer
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, of a ULID

Settings = Annotated[Path, typer.Option(help="How to reach the node (TOML).")]
Affair = Annotated[str, typer.Option(help="The affair, as the table of agencies names it.")]


@agency.command()
def check(settings: Settings, affair: Affair) -> None:
    """Ask about one person. The items are read from standard input, one a line, so that no list of processes shows them: 氏名, 生年月日,
    性別 (男, 女, 空欄), 住所, 住民票コード. The last, or the first four, may be left empty."""
    with plain_words(), _said():
        sought = _typed()
        with closing(AgencyClient(load(settings))) as client:
            finding = client.check(CheckAsk(affair=affair, sought=sought), CHECK_SECONDS).finding
    typer.echo(f"結果: {VERDICTS[finding.verdict]}")
    if finding.changed:
        typer.echo(f"変わった項目: {' '.join(TOLD[item] for item in finding.changed)}")
    for item, name in TOLD.items():
        if text := told_text(finding, item):
            typer.echo(f"{name}: {text}")


@agency.command()
def batch(
    asked: Annotated[Path, typer.Argument(metavar="IN", help="CSV in UTF-8, a person a line.")],
    out: Annotated[Path, typer.Argument(help="The answer, a new file that its owner alone can read.")],
    settings: Settings,
    affair: Affair,
) -> None:
    """Ask about a file of people. Cut off or killed, it goes on where it was when begun again with the same words. Exit status 2: all is
    answered but lines that could not be asked; they are told with their numbers."""
    told = 0

    def wrong(line: Wrong) -> None:
        nonlocal told
        told += 1
        if told <= MOST_TOLD:
            bar.console.print(str(line), markup=False, highlight=False)

    with plain_words(), _said(), closing(AgencyClient(load(settings))) as client, _bar() as bar:
        size = asked.stat().st_size if asked.exists() else 0
        task = bar.add_task(asked.name, total=size)
        run = Run(client.batch, _new_batch, sleep, lambda at: bar.update(task, completed=at), wrong)
        counts = run.file(asked, out, affair)
    for word in (*VERDICTS.values(), "誤り"):
        typer.echo(f"{word} {counts[word]}")
    if counts["誤り"]:
        raise typer.Exit(2)


def _typed() -> Sought:
    """Raises SettingsError."""
    line = {name: _item(name) for name in (*FOUR, CODE)}
    four = any(line[name] for name in FOUR)
    sought = sought_of(line if four else {CODE: line[CODE]})
    if isinstance(sought, str):
        raise SettingsError(sought)
    return sought


def _item(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(name, default="", show_default=False, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _bar() -> Progress:
    """On a terminal; elsewhere only what is wrong is told."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())


@contextmanager
def _said() -> Iterator[None]:
    """A node's no, or a line that does not work, in plain words."""
    try:
        yield
    except Problem as problem:
        raise SettingsError(f"the node says: {problem}") from None
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from None


def _new_batch() -> str:
    number = int(time() * 1000) << 80 | secrets.randbits(80)
    return "".join(_DIGITS[number >> 5 * at & 31] for at in reversed(range(26)))
