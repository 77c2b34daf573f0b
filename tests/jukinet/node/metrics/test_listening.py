"""The address of the figures: nowhere unless named, and a clear word when it cannot be had."""

import asyncio
import io
import socket

import pytest

from jukinet.errors import SettingsError
from jukinet.node.directory import DirectoryBook
from jukinet.node.links import LiveLinks
from jukinet.node.log import Log
from jukinet.node.metrics.counts import Counts
from jukinet.node.metrics.listening import watching
from jukinet.node.metrics.watched import Watched
from jukinet.node.trust import Trust, load_trust
from tests.jukinet.conftest import PATIENCE, TOWN, SmallTown, World, node_files, now

Addresses = list[tuple[str, int]]


def listen(world: World, tmp_path, addresses: Addresses) -> list[str]:
    """Where the figures of a town are, told once they are shown there."""
    raw = world.directory()
    files = node_files(world, TOWN, raw, tmp_path / "node")
    trust = Trust(load_trust(files, now()), DirectoryBook(raw, world.directory_key.public()), PATIENCE, now)
    watched = Watched(TOWN, SmallTown(world, TOWN, raw), trust, LiveLinks(1, 1), Counts())

    async def once() -> list[str]:
        async with watching(addresses, watched, Log(io.StringIO(), now)) as where:
            return where

    return asyncio.run(once())


def test_nowhere_unless_named(world: World, tmp_path) -> None:
    assert listen(world, tmp_path, []) == []


def test_on_each_address_that_is_named_and_on_no_other(world: World, tmp_path) -> None:
    where = listen(world, tmp_path, [("127.0.0.1", 0), ("127.0.0.2", 0)])
    assert [url.rpartition(":")[0] for url in where] == ["http://127.0.0.1", "http://127.0.0.2"]
    assert all(url.endswith("/metrics") for url in where)


def test_an_address_that_is_taken(world: World, tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"metrics\.listen: 127\.0\.0\.1:{port} cannot be listened on"):
            listen(world, tmp_path, [("127.0.0.1", port)])
