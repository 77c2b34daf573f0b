"""A place for data of either kind: everything a store promises is shown on both."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jukinet.node.storage.open import File, Place, Server

NewPlace = Callable[..., Place]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewPlace]:
    """new_place(which, node="21361") -> an empty place. On a server all of a test's places are in one database."""
    if request.param == "sqlite":
        yield lambda which, node="21361": tmp_path / f"{which}-{node}.db"
        return
    with ExitStack() as stack:
        url = stack.enter_context(request.getfixturevalue("postgresql").database())
        yield lambda which, node="21361": Server(url, None, which, node)


@pytest.fixture
def place(new_place: NewPlace) -> Place:
    """For issues."""
    return new_place(File.ISSUES)
