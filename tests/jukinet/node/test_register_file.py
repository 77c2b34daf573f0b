"""A register out of a file and into one: what goes in comes out, all or nothing, and an error says line and column and nobody's name."""

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy.exc import DBAPIError

from jukinet.node.columns import COLUMNS, line_of
from jukinet.node.people import population
from jukinet.node.register import Entry, added, change, derive_again, everybody, find, history_after, versions
from jukinet.node.register_file import MOST_ERRORS, Taken, WrongFile, take_in, write_out
from jukinet.node.storage.open import File, Place, Server, Store, open_store
from jukinet.node.storage.tables import history, residents
from jukinet.node_messages import Change

TOWN = "21202"
PEOPLE = list(population(120, 3, TOWN))


@pytest.fixture
def store(new_place: Callable[..., Place]) -> Iterator[Store]:
    store = open_store(new_place(File.REGISTER, TOWN), File.REGISTER)
    yield store
    store.close()


def as_csv(entries: list[Entry], columns: tuple[str, ...] = COLUMNS, **format: Any) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, **format)
    writer.writerow(columns)
    for entry in entries:
        cells = dict(zip(COLUMNS, line_of(entry), strict=True))
        writer.writerow([cells[name] for name in columns])
    return text.getvalue().encode()


FILE = as_csv([added(person) for person in PEOPLE])


def take(store: Store, data: bytes, town: str = TOWN) -> Taken:
    return store.write_now(partial(take_in, file=io.BytesIO(data), town=town))


def written(store: Store, town: str = TOWN) -> bytes:
    file = io.BytesIO()
    store.read_now(partial(write_out, file=file, town=town))
    return file.getvalue()


def wrong(store: Store, data: bytes) -> list[str]:
    with pytest.raises(WrongFile) as caught:
        take(store, data)
    assert store.read_now(partial(history_after, town=TOWN, seq=0, most=1)) == [], "nothing half done"
    return [str(line) for line in caught.value.lines]


def test_what_goes_in_comes_out(store: Store) -> None:
    assert take(store, FILE) == Taken(lines=120, added=120)
    assert written(store) == FILE


TOWNS = (f"{code:05d}" for code in count(30_000))
REASONS = st.text("転入届出職権記載", min_size=1, max_size=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(chosen=st.sets(st.integers(0, len(PEOPLE) - 1)), reason=REASONS)
def test_any_people_come_out_as_they_went_in_each_town_for_itself(store: Store, chosen: set[int], reason: str) -> None:
    """Again and again into one register, each time as another town: the same numbers and codes, and nobody meets."""
    town = next(TOWNS)
    people = [structs.replace(PEOPLE[at], town=town) for at in sorted(chosen)]
    entries = [Entry(person, added(person).change, reason, person.birth) for person in people]
    data = as_csv(entries)
    assert take(store, data, town).added == len(chosen)
    assert written(store, town) == data
    assert list(store.read_now(lambda connection: list(everybody(connection, town)))) == entries


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + FILE,
        FILE.replace(b"\r\n", b"\n"),
        FILE.rstrip(b"\r\n"),
        as_csv([added(person) for person in PEOPLE], COLUMNS[::-1]),
        as_csv([added(person) for person in PEOPLE], quoting=csv.QUOTE_ALL),
        FILE + b"\r\n\r\n",
    ],
    ids=["BOM", "LF", "no last line end", "other order", "quoted", "empty lines"],
)
def test_other_ways_to_write_the_same(store: Store, data: bytes) -> None:
    take(store, data)
    assert written(store) == FILE


def test_again_changes_nothing_and_a_change_is_a_line_of_history(store: Store) -> None:
    take(store, FILE)
    assert take(store, FILE) == Taken(lines=120)
    moved = structs.replace(PEOPLE[1], address="岐阜県大垣市雪見台1番地")
    gone = structs.replace(PEOPLE[2], state="moved")
    entries = [Entry(moved, Change.CHANGED, "転居", "2026-11-02"), Entry(gone, Change.REMOVED, "転出", "2026-11-20")]
    assert take(store, as_csv(entries)) == Taken(lines=2, changed=2)
    lines = store.read_now(partial(history_after, town=TOWN, seq=120, most=9))
    assert [(what, day, person) for _, what, day, person in lines] == [
        (Change.CHANGED, "2026-11-02", moved),
        (Change.REMOVED, "2026-11-20", gone),
    ]
    assert store.read_now(partial(find, town=TOWN, resident=1)) == PEOPLE[0], "who is not in the file stays"


def test_what_was_before_is_kept_with_its_days(store: Store) -> None:
    take(store, FILE)
    for day, address in (("2020-04-01", "雪見台1番地"), ("2026-11-01", "若葉台2番地")):
        store.write_now(partial(change, town=TOWN, resident=3, reason="転居", changed=day, address=address))
    store.write_now(partial(change, town=TOWN, resident=3, reason="死亡", changed="2026-11-20", state="deceased"))
    found = store.read_now(partial(versions, town=TOWN, resident=3))
    began = PEOPLE[2].became_resident
    assert [(each.since, each.until, each.change, each.reason) for each in found] == [
        (began, "2020-04-01", Change.ADDED, "記載"),
        ("2020-04-01", "2026-11-01", Change.CHANGED, "転居"),
        ("2026-11-01", "2026-11-20", Change.CHANGED, "転居"),
        ("2026-11-20", "", Change.REMOVED, "死亡"),
    ]
    assert [each.person.address for each in found][1:] == ["雪見台1番地", "若葉台2番地", "若葉台2番地"]


def test_the_server_is_told_how_the_tables_grow(postgresql: Any) -> None:
    """Else it plans for the empty table that it knew when the transaction began, and goes through the whole town for each resident."""
    with postgresql.database() as url:
        store = open_store(Server(url, None, File.REGISTER, TOWN), File.REGISTER)
        take(store, FILE)
        sizes = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('residents', 'history') AND relkind = 'r'"
        found = store.read_now(lambda connection: dict(connection.exec_driver_sql(sizes).all()))
        store.close()
    assert found == {"residents": 120, "history": 120}


def test_history_is_only_added_to(store: Store) -> None:
    take(store, FILE)
    here = history.c.town == TOWN
    for deed in (history.delete().where(here, history.c.seq == 1), history.update().where(here).values(reason="")):
        with pytest.raises(DBAPIError, match="only added to"):
            store.write_now(lambda connection, deed=deed: connection.execute(deed) and None)
    assert written(store) == FILE


def test_the_current_records_follow_from_the_history(store: Store) -> None:
    take(store, FILE)
    take(store, FILE.replace(TOWN.encode(), b"21361"), "21361")
    store.write_now(partial(change, town=TOWN, resident=3, reason="転居", changed="2026-11-01", address="雪見台1番地"))
    rows = (residents.select().where(residents.c.town == TOWN).order_by(residents.c.id)).execution_options()
    before = store.read_now(lambda connection: connection.execute(rows).all())
    store.write_now(partial(derive_again, town=TOWN))
    assert store.read_now(lambda connection: connection.execute(rows).all()) == before
    assert len(before) == 120


# -- errors -----------------------------------------------------------------------------------------------------------


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def altered(line: int, old: str, new: str) -> bytes:
    """FILE with a word of that line (from 1) replaced."""
    lines = lines_of(FILE)
    assert old.encode() in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old.encode(), new.encode(), 1)
    return b"".join(lines)


def test_errors_name_line_and_column_and_quote_nothing(store: Store) -> None:
    person = PEOPLE[40]
    found = wrong(store, altered(42, f",{person.birth},", ",2026-13-40,"))
    assert found == ["line 42: 生年月日: a date as 2019-05-01 is required, or one of the forms for dates that are not known"]
    assert person.called not in found[0]


def test_errors_of_the_file_itself(store: Store) -> None:
    lines = lines_of(FILE)
    assert wrong(store, b"") == [f"line 1: {name}: the column is missing" for name in COLUMNS]
    assert wrong(store, FILE.replace("氏名,".encode(), b"name,", 1)) == [
        "line 1: 氏名: the column is missing",
        "line 1: column 9: its heading is unknown",
    ]
    short = b"".join([*lines[:3], b",".join(lines[3].split(b",")[:9]), b"\r\n", *lines[4:]])
    assert wrong(store, short) == ["line 4: 42 columns are required, not 9"]
    assert wrong(store, FILE.replace("青葉 花子".encode(), "青葉 花子".encode("shift_jis"), 1)) == ["line 3: it is not UTF-8"]
    assert wrong(store, altered(3, "青葉 花子", '"青葉 花子')) == ["line 3: it is no line of CSV: a quotation mark too few, or too long"]
    assert wrong(store, altered(3, "青葉 花子", "葉" * 30_000))[0].startswith("line 3: it is no line of CSV")


def test_nobody_is_in_it_twice(store: Store) -> None:
    lines = lines_of(FILE)
    assert wrong(store, FILE + lines[5])[0].startswith("line 122: 宛名番号: a larger number")
    assert wrong(store, b"".join([lines[0], lines[2], lines[1]]))[0].startswith("line 3: 宛名番号: a larger number")
    code = altered(122 - 1, PEOPLE[119].resident_code, PEOPLE[4].resident_code)
    assert wrong(store, code) == ["line 121: 住民票コード: it is another resident's, in the register or in this file"]


def test_a_code_that_the_register_knows_as_anothers(store: Store) -> None:
    take(store, FILE)
    stranger = structs.replace(PEOPLE[4], id=999)
    with pytest.raises(WrongFile, match="line 2: 住民票コード"):
        take(store, as_csv([added(stranger)]))
    assert written(store) == FILE


def test_two_in_one_place_of_a_household(store: Store) -> None:
    same = structs.replace(PEOPLE[1], number=1)
    found = wrong(store, as_csv([added(person) for person in (PEOPLE[0], same, PEOPLE[2])]))
    assert [line.split(":")[:2] for line in found] == [["line 2", " 世帯内順位"], ["line 3", " 世帯内順位"]]


def test_who_moved_away_leaves_the_place(store: Store) -> None:
    gone = structs.replace(PEOPLE[0], state="moved")
    head = structs.replace(PEOPLE[1], number=1, relationship="世帯主")
    assert take(store, as_csv([added(gone), added(head)])).added == 2


def test_errors_end_somewhere(store: Store) -> None:
    found = wrong(store, FILE.replace(b",0,0,0,", b",0,x,0,"))
    assert len(found) == MOST_ERRORS
    assert found[0].startswith("line 2: 転出予定")


def test_a_file_of_another_town_is_refused(store: Store) -> None:
    with pytest.raises(WrongFile, match="line 2: 市区町村コード: 21361 is required"):
        take(store, FILE, "21361")


class Endless(io.RawIOBase):
    """As many residents as wanted, never all at once."""

    def __init__(self, people: int) -> None:
        self.people = people
        self.at = 0
        self.lines = self._lines()

    def _lines(self) -> Iterator[bytes]:
        yield lines_of(FILE)[0]
        person = PEOPLE[0]
        for at in range(1, self.people + 1):
            one = structs.replace(person, id=at, household=at, resident_code=f"{at:011d}")
            yield as_csv([added(one)]).splitlines(keepends=True)[1]

    def readline(self, size: int | None = -1) -> bytes:
        line = next(self.lines, b"")
        self.at += len(line)
        return line

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at, self.lines = 0, self._lines()
        return 0

    def tell(self) -> int:
        return self.at


def test_many_lines_take_no_more_memory_than_some(store: Store) -> None:
    peaks, heard = [], []
    for people in (1_000, 3_000):
        tracemalloc.start()
        with pytest.raises(LookupError):
            store.write_now(partial(take_and_undo, file=Endless(people), progress=heard.append))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
    assert len(heard) == 1 + 3
    assert heard[-1] > heard[-2] > 0


def take_and_undo(connection: Any, file: Any, progress: Any) -> None:
    take_in(connection, file, TOWN, progress)
    raise LookupError("enough")
