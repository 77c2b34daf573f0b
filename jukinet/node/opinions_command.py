"""`jukinet opinions`: what was counted of services under discussion."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from jukinet.messages import Use
from jukinet.node.keeping import kept
from jukinet.node.opinions import Count, counts
from jukinet.plain import plain_words


def opinions(
    settings: Annotated[Path, typer.Option(help="The node's settings (TOML).")],
    by_day: Annotated[bool, typer.Option("--by-day", help="A line for each day.")] = False,
) -> None:
    """Print how many residents chose what of each service under discussion, and the mean of their marks (1 to 5)."""
    with plain_words(), kept(settings) as node:
        found = node.issues.read_now(partial(counts, town=node.code))
    groups: dict[tuple[str, str], list[Count]] = {}
    for each in found:
        groups.setdefault((each.about, each.day if by_day else ""), []).append(each)
    for (about, day), group in groups.items():
        typer.echo("  ".join(part for part in (about, day, _said(group)) if part))
    if not found:
        typer.echo("none")


def _said(group: list[Count]) -> str:
    of = {use: sum(each.count for each in group if each.use == use) for use in Use}
    mean = sum(each.count * each.rating for each in group) / sum(of.values())
    marks = " ".join(f"{mark}:{sum(each.count for each in group if each.rating == mark)}" for mark in range(1, 6))
    return f"{'  '.join(f'{use} {number}' for use, number in of.items())}  marks {marks}  mean {mean:.1f}"
