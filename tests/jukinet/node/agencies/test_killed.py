"""Towns, prefecture and centre killed while they tell: in the end the copies are what the towns have."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic, sleep

from sqlalchemy import Connection

from jukinet.lab.layout import prepare
from jukinet.lab.run import Lab
from jukinet.node.identity import identity_of
from jukinet.node.register import Entry, change, everybody
from jukinet.node.resident import Standing
from jukinet.node.storage.open import File, open_store, read_once
from tests.conftest import WithCards
from tests.jukinet.node.agencies.office import CENTRE, HERE, HOME, PREFECTURE

SECONDS = 60.0  # the machine does other things as well
ITEMS = ("town", "resident_code", "name", "birth", "sex", "address", "change", "changed")


def happens(connection: Connection, town: str, chance: Random) -> None:
    """To ten people of a town."""
    people = [entry.person for entry in everybody(connection, town)]
    for person in chance.sample(people, 10):
        day = f"2026-{chance.randrange(1, 11):02d}-{chance.randrange(1, 28):02d}"
        moved = {"address": f"岐阜県どこか{chance.randrange(1000)}番地"}
        what = chance.choice([moved, {"state": Standing.MOVED}, {"state": Standing.DECEASED}])
        change(connection, town, person.id, "異動", day, **what)


def own(lab: Lab) -> set[tuple[str, ...]]:
    """What the towns have, as they would tell it."""
    found = set()
    for town in (HOME, HERE):
        for entry in read_once(lab.paths.node(town) / "register.db", partial(_all, town=town)):
            told = identity_of(entry.person, entry.change, entry.changed)
            found.add((town, *(str(getattr(told, item)) for item in ITEMS[1:])))
    return found


def _all(connection: Connection, town: str) -> list[Entry]:
    return list(everybody(connection, town))


def kept(lab: Lab, keeper: str) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(f"file:{lab.paths.node(keeper) / 'register.db'}?mode=ro", uri=True)) as file:
        return set(file.execute(f"select {', '.join(ITEMS)} from identities"))


def test_copies_equal_the_towns_however_often_anybody_is_killed(tmp_path: Path, with_cards: WithCards) -> None:
    chance = Random(8)
    with Lab(prepare(with_cards(tmp_path / "lab"), 60, 1, datetime.now(UTC))) as lab:
        for keeper in (PREFECTURE, CENTRE):
            for town in (HOME, HERE):
                lab.kill(town)
                store = open_store(lab.paths.node(town) / "register.db", File.REGISTER)
                store.write_now(partial(happens, town=town, chance=chance))
                store.close()
                lab.restart(town)  # tells at once what it has not told
            lab.restart(keeper)  # SIGKILL, whatever it is at
        until = monotonic() + SECONDS
        while not own(lab) == kept(lab, PREFECTURE) == kept(lab, CENTRE):
            assert monotonic() < until
            sleep(0.1)
        assert len(kept(lab, CENTRE)) >= 120
