"""`kiosk`: the appliance's command line."""

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hardware.errors import SettingsError
from jukinet.errors import SettingsError as NetworkSettingsError
from kiosk.demo_cases import CASES
from kiosk.document.answer import AnswerError, Paper
from kiosk.document.fonts import FontMissing, NoGlyph
from kiosk.document.form import FormError
from kiosk.journal import JournalBroken
from kiosk.lab import LabFailed
from kiosk.script import ScriptFailed
from kiosk.session.ease import TextSize, Theme

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


class Language(StrEnum):
    """Those of `kiosk.words.WORK_LANGUAGES`."""

    JA = "ja"
    EN = "en"


Lab = Annotated[Path, typer.Option("--lab", help="Folder of the embedded network, used when there are no settings.")]
Seed = Annotated[int, typer.Option(help="Of the invented residents.")]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("build/demo"),
    seed: Seed = 1,
    resident: Annotated[str, typer.Option(help=f"Which invented resident comes, and for what: {', '.join(CASES)}.")] = "hanako",
    real: Annotated[bool, typer.Option(help="Through the running pcscd (a card on vpcd) and a pty instead of in-process devices.")] = False,
    language: Annotated[str, typer.Option(help="The resident's.")] = "ja",
) -> None:
    """One resident's visit from end to end, on embedded defaults, with every result kept for looking at."""
    from kiosk.demo import run_demo

    if resident not in CASES:
        raise typer.BadParameter(f"--resident {resident}: nobody of that name; known are {', '.join(CASES)}")
    raise typer.Exit(run_demo(out, seed, resident, real, language, typer.echo))


@app.command()
def run(
    settings: Annotated[Path | None, typer.Option(help="Settings file; without one an embedded network is started.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="No window: a plain loop, worked by --script.")] = False,
    script: Annotated[Path | None, typer.Option(help="Steps of a scripted resident; see docs/architecture.md.")] = None,
    lab: Lab = Path("build/kiosk"),
    seed: Seed = 1,
    residents: Annotated[int, typer.Option(help="Invented residents of each town of the embedded network.")] = 200,
    transcript: Annotated[Path | None, typer.Option(help="File for what would be said, in the place of the sound card.")] = None,
) -> None:
    """The terminal itself: in a window with the bench panel where devices are simulated, or headless."""
    from kiosk.running import run_terminal

    if headless and script is None:
        raise typer.BadParameter("--headless needs --script FILE: without a screen somebody must say what is pressed")
    raise typer.Exit(run_terminal(settings, script, headless, lab, residents, seed, transcript))


@app.command("out-of-order")
def out_of_order(settings: Annotated[Path, typer.Option(help="Settings file: whose counter people are sent to.")]) -> None:
    """The picture that stands there when the kiosk itself cannot run; until SIGTERM."""
    from kiosk.out_of_order import show_out_of_order
    from kiosk.settings import load_settings

    raise typer.Exit(show_out_of_order(load_settings(settings, joins=False)))


@app.command()
def check(
    settings: Annotated[Path | None, typer.Option(help="Settings file; without one an embedded network is started.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
    png: Annotated[Path | None, typer.Option(help="Findings as the paper for the staff.")] = None,
    language: Annotated[str, typer.Option(help="Of the words.")] = "en",
    lab: Lab = Path("build/kiosk"),
    seed: Seed = 1,
    residents: Annotated[int, typer.Option(help="Invented residents of each town of the embedded network.")] = 200,
) -> None:
    """Looks at card reader, printer, network, clock and disk. Exit status 1 when anything needs somebody."""
    from kiosk.staff.report import check_terminal

    raise typer.Exit(check_terminal(settings, as_json, png, language, lab, residents, seed, typer.echo))


@app.command()
def render(
    answer: Annotated[Path, typer.Option(help='JSON file: {"extract": …, "issue": …}, or what another paper says.')],
    png: Annotated[Path, typer.Option(help="The paper, one dot a pixel.")],
    job: Annotated[Path | None, typer.Option(help="The bytes for the printer.")] = None,
    model: Annotated[str, typer.Option(help="Printer model.")] = "custom-vkp80",
    paper: Annotated[Paper, typer.Option(help="Which paper.")] = Paper.COPY,
    language: Annotated[Language, typer.Option(help="Of papers other than the copy.")] = Language.JA,
    form: Annotated[Path | None, typer.Option(help="The town's own form, laid over ours.")] = None,
) -> None:
    """Composes the copies of an answer kept in a file, or another paper."""
    from kiosk.document.files import render_paper

    render_paper(paper, answer, language, form, png, job, model)


@app.command()
def gallery(
    out: Annotated[Path, typer.Option(help="Folder for the pictures and their index.")],
    language: Annotated[list[str] | None, typer.Option(help="One or more; all when none is named.")] = None,
    theme: Annotated[list[Theme] | None, typer.Option(help="As for languages.")] = None,
    size: Annotated[list[TextSize] | None, typer.Option(help="As for languages.")] = None,
    small: Annotated[bool, typer.Option(help="Half as high and wide.")] = False,
) -> None:
    """Every screen with invented data as pictures, in every language, theme and size of text, and pages that show them."""
    from rich.progress import Progress

    from kiosk.screens.gallery import render_gallery
    from kiosk.screens.style import Look
    from kiosk.words import LANGUAGES

    look = Look(540, 960, 2.0) if small else Look()
    with Progress() as progress:
        task = progress.add_task(str(out))
        render_gallery(
            out,
            language or LANGUAGES,
            look,
            theme or Theme,
            size or TextSize,
            lambda done, of: progress.update(task, completed=done, total=of),
        )


@app.command()
def explain(
    out: Annotated[Path, typer.Option(help="Folder for one page a language.")],
    language: Annotated[list[str] | None, typer.Option(help="One or more; all when none is named.")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Whose names of the centre, the card and the law; today's.")
    ] = None,
) -> None:
    """What the network is and what can be had of it, as the terminal says it, on A4 pages (HTML) to print."""
    from kiosk.explain import write_explanations
    from kiosk.hours import JAPAN
    from kiosk.words import LANGUAGES

    chosen = tuple(language or LANGUAGES)
    unknown = [each for each in chosen if each not in LANGUAGES]
    if unknown:
        raise typer.BadParameter(f"--language {unknown[0]}: no words; known are {', '.join(LANGUAGES)}")
    for file in write_explanations(out, chosen, (day or datetime.now(JAPAN)).date()):
        typer.echo(file)


@app.command()
def verify(
    source: Annotated[str, typer.Argument(help='Picture of the paper (PNG, JPEG), the text of its seal ("JK1:…"), or - to read that.')],
    directory: Annotated[Path, typer.Option(help="The directory of municipalities, as the verification page offers it.")],
    centre_key: Annotated[Path | None, typer.Option(help="The centre's public key (JWK) from another source than the directory.")] = None,
    language: Annotated[Language, typer.Option(help="Of the words.")] = Language.JA,
) -> None:
    """Is the digital seal of a copy good, and what does it say? Without a network. Exit status 0 good, 1 not good, 2 could not be read."""
    from kiosk.verify.command import console
    from kiosk.verify.command import verify as verify_seal
    from kiosk.words import Words

    raise typer.Exit(verify_seal(source, directory, centre_key, Words(language), console()))


def main() -> None:
    """Errors that a person can act on are one line on stderr, never a traceback."""
    try:
        app()
    except (
        SettingsError,
        NetworkSettingsError,
        LabFailed,
        ScriptFailed,
        JournalBroken,
        AnswerError,
        FontMissing,
        FormError,
        NoGlyph,
    ) as error:
        sys.exit(f"kiosk: {error}")


if __name__ == "__main__":
    main()
