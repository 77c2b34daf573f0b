"""Backups: all of it, made at work; the register put back and nothing else; an issue log is never taken back."""

import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import create_engine, insert, select

from jukinet.node.audit.log import AuditLog, Stream
from jukinet.node.audit.reading import verify
from jukinet.node.backup import BackupError, make_backup, move_in, put_back
from jukinet.node.identity import _TOLD
from jukinet.node.outbox import count, set_count
from jukinet.node.people import fill_register, population
from jukinet.node.register import added, bind_card, change, enter, everybody, find, holder_of, last_line
from jukinet.node.storage.open import File, Place, Server, Store, open_store, read_once
from jukinet.node.storage.tables import audit, identities

TOWN, OTHER = "21202", "21361"
PEOPLE = 80


@dataclass
class Town:
    code: str
    register: Store
    issues: Store
    log: AuditLog

    def move(self, resident: int, address: str) -> None:
        deed = partial(change, town=self.code, resident=resident, reason="転居", changed="2026-11-02", address=address)
        self.register.write_now(deed)

    def everybody(self) -> list[Any]:
        return self.register.read_now(lambda connection: list(everybody(connection, self.code)))

    def deed(self) -> None:
        self.issues.write_now(lambda connection: self.log.append(connection, "node_refused", actor="test", reason="test"))

    def kinds(self) -> bytes:
        return self.issues.read_now(lambda connection: b" ".join(connection.execute(select(audit.c.entry)).scalars()))

    def backup(self, file: Path) -> None:
        make_backup(file, self.code, self.register, self.issues, self.log)

    def restore(self, file: Path) -> None:
        put_back(file, self.code, self.register, self.issues, self.log)

    def close(self) -> None:
        self.register.close()
        self.issues.close()


def at_work() -> datetime:
    return datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def opened(new_place: Callable[..., Place], code: str) -> Town:
    log = AuditLog(code, b"k" * 32, at_work)
    return Town(
        code,
        open_store(new_place(File.REGISTER, code), File.REGISTER),
        open_store(new_place(File.ISSUES, code), File.ISSUES, log.seal_group),
        log,
    )


@pytest.fixture
def town(new_place: Callable[..., Place]) -> Iterator[Town]:
    town = opened(new_place, TOWN)
    fill_register(town.register, population(PEOPLE, 1, TOWN), TOWN)
    town.register.write_now(partial(bind_card, town=TOWN, certificate=b"card", resident=2))
    town.deed()
    yield town
    town.close()


def test_the_register_is_put_back_and_the_log_goes_on(town: Town, tmp_path: Path) -> None:
    before = town.everybody()
    town.backup(tmp_path / "monday")
    town.move(3, "岐阜県大垣市雪見台1番地")
    town.deed()
    town.restore(tmp_path / "monday")
    assert town.everybody() == before
    assert town.register.read_now(partial(holder_of, town=TOWN, certificate=b"card")).id == 2
    for stream in Stream:
        assert town.issues.read_now(partial(verify, town=TOWN, stream=stream)).wrong == ""
    assert town.kinds().count(b"node_refused") == 2, "what was done after the backup stays done"
    assert b"node_backup_made" in town.kinds()
    assert b"node_restore_begun" in town.kinds()
    assert b"node_restored" in town.kinds()
    town.move(3, "岐阜県大垣市若葉台9番地")
    assert town.register.read_now(partial(last_line, town=TOWN)) == PEOPLE + 1
    with pytest.raises(Exception, match="only added to"):
        town.register.write_now(lambda connection: connection.exec_driver_sql("DELETE FROM history WHERE town = '21202'") and None)


def test_what_is_entered_again_is_told_again(town: Town, tmp_path: Path) -> None:
    town.backup(tmp_path / "monday")
    town.move(3, "岐阜県大垣市雪見台1番地")
    town.issues.write_now(partial(set_count, town=TOWN, name=_TOLD, value=PEOPLE + 1))
    town.restore(tmp_path / "monday")
    assert town.issues.read_now(partial(count, town=TOWN, name=_TOLD)) == PEOPLE


def test_what_was_not_told_yet_is_still_to_be_told(town: Town, tmp_path: Path) -> None:
    town.issues.write_now(partial(set_count, town=TOWN, name=_TOLD, value=7))
    town.backup(tmp_path / "monday")
    town.restore(tmp_path / "monday")
    assert town.issues.read_now(partial(count, town=TOWN, name=_TOLD)) == 7


def test_a_backup_is_for_its_owner_and_never_written_over(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "monday"
    town.backup(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        town.backup(file)
    assert file.read_bytes() == written
    assert not list(tmp_path.glob("*.unfinished"))


def test_each_town_for_itself(town: Town, new_place: Callable[..., Place], tmp_path: Path) -> None:
    """Two towns of one operator on one server: one's backup holds nothing of the other's, and putting it back leaves the other alone."""
    other = opened(new_place, OTHER)
    fill_register(other.register, population(30, 1, OTHER), OTHER)
    other.deed()
    town.backup(tmp_path / "monday")
    assert OTHER.encode() + b"/" not in (tmp_path / "monday").read_bytes()
    assert read_once(tmp_path / "monday", lambda connection: len(list(everybody(connection, OTHER)))) == 0
    other.move(2, "岐阜県不破郡垂井町雪見台1番地")
    after = other.everybody()
    town.restore(tmp_path / "monday")
    assert other.everybody() == after
    with pytest.raises(BackupError, match=f"is of {TOWN}, not of {OTHER}"):
        other.restore(tmp_path / "monday")
    other.close()


def test_an_older_log_is_refused(town: Town, tmp_path: Path, new_place: Callable[..., Place]) -> None:
    """Somebody put last week's issue.db into place. Serials would be given out twice: nothing is put back into such a node."""
    town.backup(tmp_path / "monday")
    town.deed()
    town.backup(tmp_path / "tuesday")
    new = opened(lambda which, node: tmp_path / f"new-{which}.db", TOWN)
    with pytest.raises(BackupError, match="the log of exchanges in place"):
        new.restore(tmp_path / "monday")
    assert new.everybody() == []
    new.deed()
    with pytest.raises(BackupError, match="the log of exchanges in place"):
        new.restore(tmp_path / "tuesday")
    new.close()


def test_a_lost_register_is_put_back(tmp_path: Path) -> None:
    """The disk ate register.db, or it is damaged and was moved away; the issue log is as it was."""
    town = opened(lambda which, node: tmp_path / f"{which}.db", TOWN)
    fill_register(town.register, population(PEOPLE, 1, TOWN), TOWN)
    before = town.everybody()
    town.deed()
    town.backup(tmp_path / "monday")
    town.close()
    (tmp_path / "register.db").unlink()
    town = opened(lambda which, node: tmp_path / f"{which}.db", TOWN)
    assert town.everybody() == []
    town.restore(tmp_path / "monday")
    assert town.everybody() == before
    town.close()


def test_a_node_moves_into_other_databases(town: Town, tmp_path: Path, postgresql: Any) -> None:
    """From files to a server, and from a server to files: all of it, into nothing, once."""
    town.backup(tmp_path / "last")
    with postgresql.database() as url:
        other = postgresql_or_files(town, url, tmp_path)
        new = opened(other, TOWN)
        move_in(tmp_path / "last", TOWN, new.register, new.issues, new.log)
        assert new.everybody() == town.everybody()
        for stream in Stream:
            assert new.issues.read_now(partial(verify, town=TOWN, stream=stream)).wrong == ""
        assert new.kinds().count(b"node_refused") == 1
        new.deed()
        with pytest.raises(BackupError, match="empty databases only"):
            move_in(tmp_path / "last", TOWN, new.register, new.issues, new.log)
        new.close()


def postgresql_or_files(town: Town, url: str, folder: Path) -> Callable[..., Place]:
    """The kind that the town is not on."""
    if town.register.read_now(lambda connection: connection.dialect.name) == "sqlite":
        return lambda which, node: Server(url, None, which, node)
    return lambda which, node: folder / f"moved-{which}.db"


def test_nobody_moves_in_over_an_issue_log(town: Town, tmp_path: Path) -> None:
    town.backup(tmp_path / "monday")
    new = opened(lambda which, node: tmp_path / f"new-{which}.db", TOWN)
    new.deed()
    with pytest.raises(BackupError, match="has an issue log here already"):
        move_in(tmp_path / "monday", TOWN, new.register, new.issues, new.log)
    assert new.everybody() == []
    new.close()


def test_a_backup_reads_as_a_database_of_ours(town: Town, tmp_path: Path) -> None:
    town.backup(tmp_path / "monday")
    assert read_once(tmp_path / "monday", lambda connection: list(everybody(connection, TOWN))) == town.everybody()
    assert read_once(tmp_path / "monday", partial(verify, town=TOWN, stream=Stream.EXCHANGES)).size == 1


def test_a_prefectures_backup_holds_its_towns_rows(new_place: Callable[..., Place], tmp_path: Path) -> None:
    prefecture = opened(new_place, "21")
    row = {"resident_code": "1" * 11, "name": "n", "birth": "b", "sex": "male", "address": "a", "change": "added", "changed": "c"}
    prefecture.register.write_now(lambda connection: connection.execute(insert(identities), [row | {"town": TOWN}]) and None)
    prefecture.backup(tmp_path / "monday")
    prefecture.register.write_now(lambda connection: connection.execute(identities.delete().where(identities.c.town == TOWN)) and None)
    prefecture.restore(tmp_path / "monday")
    assert prefecture.register.read_now(lambda connection: connection.execute(select(identities.c.town)).scalars().all()) == [TOWN]
    prefecture.close()


@pytest.mark.parametrize("what", ["nothing", "text", "another database"])
def test_what_is_no_backup_is_told(town: Town, tmp_path: Path, what: str) -> None:
    file = tmp_path / "file"
    if what == "text":
        file.write_text("certainly no backup " * 100)
    elif what == "another database":
        open_store(tmp_path / "some.db", File.REGISTER).close()
        shutil.copy(tmp_path / "some.db", file)
    before = town.everybody()
    with pytest.raises(BackupError, match="file"):
        town.restore(file)
    assert town.everybody() == before


def test_a_backup_of_another_version_is_refused(town: Town, tmp_path: Path) -> None:
    town.backup(tmp_path / "monday")
    old = create_engine(f"sqlite:///{tmp_path}/monday")
    with old.begin() as connection:
        connection.exec_driver_sql("UPDATE about SET register = 'register_0001'")
    old.dispose()
    with pytest.raises(BackupError, match="register_0001"):
        town.restore(tmp_path / "monday")


def test_a_restore_that_breaks_off_leaves_the_register_as_it_was(town: Town, tmp_path: Path) -> None:
    """The backup is not what it says it is: the transaction ends with nothing changed, and history is still kept."""
    town.backup(tmp_path / "monday")
    town.move(3, "岐阜県大垣市雪見台1番地")
    before = town.everybody()
    broken = create_engine(f"sqlite:///{tmp_path}/monday")
    with broken.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE card_holders RENAME COLUMN resident TO other")
    broken.dispose()
    with pytest.raises(BackupError):
        town.restore(tmp_path / "monday")
    assert town.everybody() == before
    assert town.register.read_now(partial(find, town=TOWN, resident=3)).address == "岐阜県大垣市雪見台1番地"
    with pytest.raises(Exception, match="only added to"):
        town.register.write_now(lambda connection: connection.exec_driver_sql("DELETE FROM history WHERE town = '21202'") and None)


def test_a_backup_is_one_sight_of_a_register_at_work(town: Town, tmp_path: Path) -> None:
    """Somebody is entered while it is made: wholly in it or not at all."""
    somebody = next(population(1, 1, TOWN))
    stop, entered = threading.Event(), []

    def work() -> None:
        for number in range(10_000, 20_000):
            if stop.is_set():
                return
            new = structs.replace(somebody, id=number, household=number, resident_code=f"{number:011d}")
            town.register.write_now(partial(enter, town=TOWN, entries=[added(new)]))
            entered.append(number)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for at in range(3):
            file = tmp_path / f"at {at}"
            town.backup(file)
            people = read_once(file, lambda connection: len(list(everybody(connection, TOWN))))
            assert people == read_once(file, partial(last_line, town=TOWN))
    finally:
        stop.set()
        thread.join()
    assert entered
