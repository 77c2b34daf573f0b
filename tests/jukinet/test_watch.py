"""What a kiosk holds its town's log to: growth from what it was shown, and each answer's own line."""

import json
from pathlib import Path

import pytest

from jukinet.errors import WrongAnswer
from jukinet.messages import Growth, Logged
from jukinet.notes import Checkpoint, LogKey, log_origin, log_owner
from jukinet.signing import digest
from jukinet.tree import consistency, full_of, inclusion, leaf_hash, root_of
from jukinet.watch import LogWatch, check_logged

TOWN, VISIT, ANSWER = "21361", "01ARZ3NDEKTSV4RRFFQ69G5FA1", "an.answer.signed"


@pytest.fixture
def key(tmp_path: Path) -> LogKey:
    return LogKey.make(log_owner(TOWN), tmp_path / "log.key")


def lines(count: int, who: str = "a") -> list[bytes]:
    return [leaf_hash(f"{who}{number}".encode()) for number in range(count)]


def growth(key: LogKey, leaves: list[bytes], old: int) -> Growth:
    note = key.sign(Checkpoint(log_origin(TOWN, "exchanges"), len(leaves), root_of(leaves)))
    return Growth(checkpoint=note, path=consistency(old, len(leaves), full_of(leaves)) if old else [])


def test_growth_is_followed_through_restarts(key: LogKey, tmp_path: Path) -> None:
    file = tmp_path / "log.note"
    for old, new in ((0, 3), (3, 3), (3, 8)):
        LogWatch(TOWN, file).grown(growth(key, lines(new), old), key.public)
    assert LogWatch(TOWN, file).seen == file.read_text()
    assert "\n8\n" in file.read_text()


@pytest.mark.parametrize("other", [lines(8, "b"), lines(2)])
def test_another_history_is_refused_and_stays_refused(key: LogKey, tmp_path: Path, other: list[bytes]) -> None:
    watch = LogWatch(TOWN, tmp_path / "log.note")
    watch.grown(growth(key, lines(3), 0), key.public)
    for _ in range(2):
        with pytest.raises(WrongAnswer, match="log"):
            watch.grown(growth(key, other, min(3, len(other))), key.public)
    assert "\n3\n" in watch.seen


def test_no_growth_at_all_is_refused(key: LogKey) -> None:
    with pytest.raises(WrongAnswer, match="log"):
        LogWatch(TOWN, None).grown(None, key.public)


def test_another_key_s_checkpoint_is_refused_and_a_new_key_begins_anew(key: LogKey, tmp_path: Path) -> None:
    watch, new = LogWatch(TOWN, None), LogKey.make(log_owner(TOWN), tmp_path / "new.key")
    watch.grown(growth(key, lines(3), 0), key.public)
    with pytest.raises(WrongAnswer, match="log"):
        watch.grown(growth(new, lines(3), 3), key.public)
    watch.grown(growth(new, lines(5, "b"), 0), new.public)


def logged(key: LogKey, **changes: object) -> Logged:
    line = {"answer": digest(ANSWER.encode()).hex(), "visit": VISIT, "node": TOWN, "seq": 2} | changes
    entry = json.dumps(line)
    leaves = [*lines(2), leaf_hash(entry.encode()), *lines(2)]
    note = key.sign(Checkpoint(log_origin(TOWN, "exchanges"), 5, root_of(leaves)))
    return Logged(entry=entry, index=2, path=inclusion(2, 5, full_of(leaves)), checkpoint=note)


def test_an_answer_that_was_written_down(key: LogKey) -> None:
    check_logged(logged(key), ANSWER, VISIT, TOWN, key.public)


@pytest.mark.parametrize("changes", [{"answer": "00"}, {"visit": "another"}, {"node": "21202"}, {"seq": 3}])
def test_a_line_about_something_else(key: LogKey, changes: dict[str, object]) -> None:
    with pytest.raises(WrongAnswer, match="log"):
        check_logged(logged(key, **changes), ANSWER, VISIT, TOWN, key.public)


def test_a_line_that_is_not_in_the_log(key: LogKey, tmp_path: Path) -> None:
    true = logged(key)
    forged = [
        None,
        Logged(entry=true.entry, index=1, path=true.path, checkpoint=true.checkpoint),
        Logged(entry=true.entry.replace("answer", "Answer"), index=2, path=true.path, checkpoint=true.checkpoint),
        Logged(entry=true.entry, index=2, path=true.path[:-1], checkpoint=true.checkpoint),
        Logged(entry=true.entry, index=2, path=true.path, checkpoint=logged(LogKey.make(log_owner(TOWN), tmp_path / "other")).checkpoint),
    ]
    for proof in forged:
        with pytest.raises(WrongAnswer, match="log"):
            check_logged(proof, ANSWER, VISIT, TOWN, key.public)
