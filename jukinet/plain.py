"""What is wrong with a node's settings is told to who typed the command in plain words, with exit status 1, never as a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from jukinet.errors import SettingsError


@contextmanager
def plain_words() -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
