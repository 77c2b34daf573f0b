"""`jukinet card`: a card's state at the node that keeps cards, beside the running node; and at its holder's town how a resident comes to a
card: the first one by application, a newer one in an older one's place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Connection

from jukinet.errors import Kind, Problem, SettingsError
from jukinet.node import card_states, first_cards
from jukinet.node.card_states import CardStateError
from jukinet.node.cards import CardChecker, fingerprint
from jukinet.node.first_cards import Application, CardKind, FirstCardError
from jukinet.node.keeping import Kept, kept, now
from jukinet.node.register import bind_card, holder_of
from jukinet.plain import plain_words
from jukinet.revoked import Revoked

app = typer.Typer(
    help="Cards: handed out by the holder's town; lost, found, void or renewed at the node that keeps them.", no_args_is_help=True
)

Card = Annotated[Path, typer.Argument(help="Its certificate for user authentication (DER or PEM).")]
Settings = Annotated[Path, typer.Option(help="Of the centre, or of a prefecture that keeps its cards itself (TOML).")]
Town = Annotated[Path, typer.Option("--settings", help="Of the municipality that the resident lives in (TOML).")]
Resident = Annotated[int, typer.Argument(min=1, help="The resident's number in the register (宛名番号).")]
_MUNICIPALITY = 5  # digits of its code
_WRONG = {
    Kind.CARD_UNKNOWN: "not for user authentication, or of no CA for cards that this node knows",
    Kind.CARD_EXPIRED: "its certificate, or the CA's, is not in force",
}
Result = TypeVar("Result")


@app.command()
def show(card: Card, settings: Settings) -> None:
    """Say how a card is, and to which municipality it belongs."""
    with plain_words(), kept(settings) as node:
        certificate = _fingerprint(card)
        home, state = _done(node, lambda connection: card_states.state_of(connection, node.code, certificate))
    typer.echo(f"{state}, of {home}")


@app.command()
def suspend(card: Card, settings: Settings) -> None:
    """Stop a card for a while: its holder has lost it (一時停止)."""
    _set(card, settings, "suspended", card_states.suspend)


@app.command()
def resume(card: Card, settings: Settings) -> None:
    """Let a suspended card go again: it was found."""
    _set(card, settings, "resumed", card_states.resume)


@app.command()
def revoke(
    card: Card, settings: Settings, why: Annotated[Revoked, typer.Option(help="As RFC 5280, 5.3.1 calls it.")] = Revoked.LOST
) -> None:
    """Make a card void for good."""
    if why is Revoked.SUSPENDED:
        raise typer.BadParameter("suspended is for a while; `jukinet card suspend` does that")
    _set(card, settings, str(why), lambda connection, keeper, certificate: card_states.revoke(connection, keeper, certificate, why))


@app.command()
def renew(
    card: Card,
    newer: Annotated[Path, typer.Argument(help="The newer card's.")],
    settings: Annotated[Path, typer.Option(help="Of the keeper, and then of the holder's municipality (TOML).")],
) -> None:
    """Put a newer card in an older one's place. Done twice: at the keeper, and at the municipality that has handed it out."""
    with plain_words(), kept(settings) as node:
        older, certificate = _fingerprint(card), _fingerprint(newer)
        if len(node.code) != _MUNICIPALITY:
            home = _done(node, lambda connection: card_states.renew(connection, node.code, older, certificate))
            _note(node, "renewed", int.from_bytes(older))
            typer.echo(f"renewed; its holder lives in {home}")
            return
        holder = node.register.read_now(lambda connection: holder_of(connection, node.code, older))
        if holder is None:
            raise SettingsError(f"{card}: nobody's card here; it is renewed where its holder lives")
        node.register.write_now(lambda connection: bind_card(connection, node.code, certificate, holder.id))
        _note(node, "renewed", holder.id)
    typer.echo("the newer card has its holder")


@app.command()
def apply(
    resident: Resident, settings: Town, kind: Annotated[CardKind, typer.Option(help="Written down with the day.")] = CardKind.MY_NUMBER
) -> None:
    """Take in a resident's application for a first card (交付申請)."""
    with plain_words(), _handing_out(settings) as node:
        node.register.read_now(lambda connection: first_cards.must_live_here(connection, node.code, resident))
        taken = node.issues.write_now(lambda connection: first_cards.apply(connection, node.log, resident, kind))
    typer.echo(_said(taken))


@app.command()
def withdraw(resident: Resident, settings: Town) -> None:
    """Give an application up: the resident does not want the card, or does not live here any more."""
    with plain_words(), _handing_out(settings) as node:
        given_up = node.issues.write_now(lambda connection: first_cards.withdraw(connection, node.log, resident))
    typer.echo(_said(given_up))


@app.command("hand-over")
def hand_over(resident: Resident, card: Card, settings: Town) -> None:
    """Hand a card over to the resident who has applied for it (交付). The node tells whoever keeps the cards; then it can be used."""
    with plain_words(), _handing_out(settings) as node:
        certificate = _in_force(card, CardChecker.load(node.card_anchors))
        node.register.read_now(lambda connection: first_cards.must_live_here(connection, node.code, resident))
        node.register.read_now(lambda connection: first_cards.must_be_nobodys(connection, node.code, certificate))
        handed = node.issues.write_now(lambda connection: first_cards.hand_over(connection, node.log, resident, certificate))
    typer.echo(_said(handed))


@app.command("applications")
def applications_command(
    settings: Town, all_of_them: Annotated[bool, typer.Option("--all", help="Those that are done with, too.")] = False
) -> None:
    """Who has applied for a card: numbers and days, no names."""
    with plain_words(), _handing_out(settings) as node:
        found = node.issues.read_now(lambda connection: first_cards.applications(connection, node.code))
    shown = [_said(each) for each in found if all_of_them or not each.done]
    typer.echo("\n".join(shown) or "none")


@contextmanager
def _handing_out(settings: Path) -> Iterator[Kept]:
    with kept(settings) as node:
        if len(node.code) != _MUNICIPALITY:
            raise SettingsError(f"{settings}: {node.code} hands no cards out; the settings of the resident's municipality are required")
        try:
            yield node
        except FirstCardError as error:
            raise SettingsError(str(error)) from None


def _in_force(card: Path, checker: CardChecker) -> bytes:
    """Its fingerprint, if a kiosk would let it in. Raises SettingsError."""
    der = _der(card)
    try:
        checker.certificate(der, now())
    except Problem as problem:
        raise SettingsError(f"{card}: {_WRONG[problem.kind]}") from None
    return fingerprint(der)


def _said(application: Application) -> str:
    handed = f", handed over {application.handed}" if application.handed else ""
    days = f"{application.kind:<9}  applied {application.applied}{handed}"
    return f"{application.number:>4}  resident {application.resident}  {days}: {application.word}"


def _set(card: Path, settings: Path, deed: str, change: Callable[[Connection, str, bytes], str]) -> None:
    with plain_words(), kept(settings) as node:
        if len(node.code) == _MUNICIPALITY:
            raise SettingsError(f"{settings}: a municipality keeps no cards; the settings of the centre or of its prefecture are required")
        certificate = _fingerprint(card)
        home = _done(node, lambda connection: change(connection, node.code, certificate))
        _note(node, deed, int.from_bytes(certificate))
    typer.echo(f"{deed}; its holder lives in {home}")


def _done(node: Kept, job: Callable[[Connection], Result]) -> Result:
    try:
        return node.register.write_now(job)
    except CardStateError as error:
        raise SettingsError(str(error)) from None


def _note(node: Kept, deed: str, subject: int) -> None:
    """A line that only who has the node's key, and the card or the resident's number, can find."""
    of = node.log.subject(subject)
    node.issues.write_now(lambda connection: node.log.append(connection, "node_card_state", deed=deed, subject=of))


def _fingerprint(file: Path) -> bytes:
    return fingerprint(_der(file))


def _der(file: Path) -> bytes:
    try:
        data = file.read_bytes()
        certificate = x509.load_pem_x509_certificate(data) if data.startswith(b"-----") else x509.load_der_x509_certificate(data)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from None
    except ValueError:
        raise SettingsError(f"{file}: no certificate; one in DER or PEM is required") from None
    return certificate.public_bytes(Encoding.DER)
