"""The wordings and the order of a certificate, from its form in assets/forms/; a town may lay its own over it.

A town's own form is a TOML file with what it wants otherwise: `notes = […]`, a label under `[labels]`, all of `[[japanese]]` in another
order. What it does not name stays.
"""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from kiosk.document.fields import FOREIGN, JAPANESE


class FormError(Exception):
    """A form that cannot be used. `str()` names file, place and what would be right."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: every key is known."""


class Item(Table, frozen=True, kw_only=True):
    """One item of a person: what it is, its label in lines, what stands for nothing ("" = leave it out), its group, and the item before
    it that it shares a row with if both are short."""

    item: str
    label: list[str]
    blank: str = ""
    group: str
    beside: str = ""


class Labels(Table, frozen=True, kw_only=True):
    address: list[str]
    head: list[str]


class Sexes(Table, frozen=True, kw_only=True):
    male: str
    female: str
    unknown: str


class OptionalItems(Table, frozen=True, kw_only=True):
    """What the note on omitted items calls them."""

    relationship: str
    my_number: str
    resident_code: str


class Draft(Table, frozen=True, kw_only=True):
    """What stands in the preview where the issuer's words will stand."""

    mark: str
    note: str
    number: str
    statement_whole: str
    statement_part: str
    date: str
    seal: str


class Form(Table, frozen=True, kw_only=True):
    title: str
    subtitle: str
    continued: str
    end: str
    seal_note: str
    seal_suffixes: list[str]
    digital_seal: str
    microtext: str
    notes: list[str]
    omitted: str
    omitted_join: str
    draft: Draft
    sex: Sexes
    labels: Labels
    optional: OptionalItems
    japanese: list[Item]
    foreign: list[Item]


def read_form(name: str, own: Path | None = None) -> Form:
    """`assets/forms/NAME.toml`, with the file `own` over it. Raises FormError."""
    place = f"assets/forms/{name}.toml"
    try:
        text = files("assets").joinpath("forms", f"{name}.toml").read_text("utf-8")
        over = own.read_text("utf-8") if own else ""
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(f"{own or place}: {error}") from error
    form = parse_form(text, place)
    return parse_form(text, str(own), over) if own else form


def parse_form(text: str, place: str, over: str = "") -> Form:
    """`text` with `over` laid over it. Raises FormError, which begins with `place`."""
    try:
        form = msgspec.convert(_laid_over(tomllib.loads(text), tomllib.loads(over)), Form)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise FormError(f"{place}: {error}") from error
    for kind, items, known in (("japanese", form.japanese, JAPANESE), ("foreign", form.foreign, FOREIGN)):
        if sorted(item.item for item in items) != sorted(known):
            raise FormError(f"{place}: [[{kind}]] must have each of these items once: {', '.join(known)}")
    return form


def _laid_over(tree: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables are joined, all else is replaced."""
    both = {key: _laid_over(tree[key], value) for key, value in over.items() if isinstance(value, dict) and isinstance(tree.get(key), dict)}
    return tree | over | both


def words_of(form: Form) -> Iterator[str]:
    """Every text of the form, for drawing its characters ahead."""
    yield from _strings(msgspec.to_builtins(form))


def _strings(tree: object) -> Iterator[str]:
    match tree:
        case str():
            yield tree
        case list():
            for branch in tree:
                yield from _strings(branch)
        case dict():
            for branch in tree.values():
                yield from _strings(branch)
