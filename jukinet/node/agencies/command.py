"""`jukinet agency-table`: the centre signs which administrative body may ask what, and shows what is signed."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from jukinet.errors import SettingsError, WrongAnswer
from jukinet.node.agencies.rights import read_table
from jukinet.plain import plain_words
from jukinet.signing import AnswerKey, load_public, open_agencies, sign_agencies

table = typer.Typer(help="Which administrative body may ask what: the table that the centre signs.", no_args_is_help=True)


@table.command()
def sign(
    source: Annotated[Path, typer.Argument(metavar="TABLE", help="The table (TOML), as assets/agencies/table.toml.")],
    out: Annotated[Path, typer.Argument(help="The signed table; put in place whole, so that a running node may read it.")],
    key: Annotated[Path, typer.Option(help="The private key that signs the directory, too (JWK).")],
    version: Annotated[int, typer.Option(min=1, help="Higher than that of the table in force.")],
) -> None:
    """Sign a table. A line for a private body, or for one that is not named, is refused."""
    with plain_words():
        try:
            made = read_table(source.read_text(encoding="utf-8"), version, datetime.now(UTC).isoformat(timespec="seconds"))
            beside = out.with_name(out.name + ".new")
            beside.write_text(sign_agencies(made, AnswerKey.load(key)), encoding="ascii")
            os.replace(beside, out)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{source}: {error}") from None
    typer.echo(f"version {version}: {len(made.bodies)} bodies, {len(made.grants)} lines")


@table.command()
def show(
    file: Annotated[Path, typer.Argument(help="The signed table.")],
    key: Annotated[Path, typer.Option(help="The directory's public key (JWK).")],
) -> None:
    """Print a signed table, if its signature holds."""
    with plain_words():
        try:
            signed = open_agencies(file.read_text(encoding="ascii").strip(), load_public(key))
        except (OSError, ValueError) as error:
            raise SettingsError(f"{file}: {error}") from None
        except WrongAnswer as wrong:
            raise SettingsError(f"{file}: not signed with {key} ({wrong.field})") from None
    typer.echo(f"version {signed.version}, {signed.issued}")
    for body in signed.bodies:
        typer.echo(f"\n{body.name} ({body.kind}{' ' * bool(body.prefecture)}{body.prefecture}) {body.title}")
        for grant in signed.grants:
            if grant.body == body.name:
                by, forms, items = (" ".join(each) for each in (grant.find_by, grant.forms, grant.items))
                typer.echo(f"    {grant.affair}: {grant.title}; {grant.ground}")
                typer.echo(f"        found by {by}; {forms}; told: {items or 'nothing but the verdict'}; embargo {grant.embargo}")
