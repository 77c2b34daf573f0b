"""Makes the clips: `python -m kiosk.speech.build [LANGUAGE …]`, or `make speech`. Only what is missing or has other words now.

Names of the town and its office are recorded too, of a terminal's settings (`--settings FILE`): they stand in no catalogue.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from kiosk.settings import load_settings
from kiosk.speech.clips import Clips, folder_of
from kiosk.speech.saying import NAMES, Clip, fixed, given
from kiosk.speech.synthesis import NoVoice, voice_of
from kiosk.words import LANGUAGES

# After so many clips what is there is noted, so that a build that is broken off goes on where it was.
NOTE_EVERY = 100


def make(clips: Clips, language: str, wanted: Iterable[Clip], only: bool = True) -> tuple[int, int]:
    """How many had to be made, and how many others were removed (`only`). Raises NoVoice."""
    name, voice = voice_of(language)
    wanted = list(wanted)
    missing = [clip for clip in wanted if not clips.has(clip) or not clips.path(clip).is_file()]
    for number, clip in enumerate(missing, 1):
        clips.keep(clip, voice(clip.text))
        if number % NOTE_EVERY == 0:
            clips.note(language, name)
    gone = clips.drop(language, {clip.id for clip in wanted}) if only else 0
    clips.note(language, name)
    return len(missing), gone


def main(
    languages: Annotated[list[str] | None, typer.Argument(help="All, if none is named.")] = None,
    folder: Annotated[str, typer.Option(help="Where to; the user's cache, if it is not named.")] = "",
    settings: Annotated[Path | None, typer.Option(help="A terminal's settings, for the names in them.")] = None,
) -> None:
    clips = Clips(folder_of(folder))
    if settings is not None:
        town = load_settings(settings, joins=False).town
        made, _ = make(clips, NAMES, [given(town.name), given(town.contact)], only=False)
        typer.echo(f"{NAMES}: {made} names made")
    for language in languages or LANGUAGES:
        try:
            wanted = list(fixed(language))
            made, gone = make(clips, language, wanted)
        except NoVoice as error:
            typer.echo(f"{language}: no clips: {error}")
            continue
        typer.echo(f"{language}: {made} clips made, {gone} removed, {len(wanted)} there")


if __name__ == "__main__":
    typer.run(main)
