"""Vectors of a log: checkpoints with signatures and witnesses, proofs of lines and of growth."""

import json
from collections.abc import Iterator

from jukinet.notes import Checkpoint, log_origin
from jukinet.tree import consistency, full_of, inclusion, leaf_hash, root_of
from jukinet.vectors.keys import AT, HERE, HOME, Keys, Vector

LINES = 11  # neither a power of two nor one less


# -- the log ----------------------------------------------------------------------------------------------------------


def log_lines() -> list[bytes]:
    return [json.dumps({"kind": "vector", "node": HERE, "seq": seq}, sort_keys=True).encode() for seq in range(LINES)]


def notes_vectors(keys: Keys) -> Vector:
    origin, at = log_origin(HERE, "exchanges"), int(AT.timestamp())
    checkpoint = Checkpoint(origin, LINES, root_of([leaf_hash(line) for line in log_lines()]))
    note = keys.log.sign(checkpoint)
    confirmed = note + keys.witness.cosign(checkpoint, at)
    other = Checkpoint(log_origin(HOME, "exchanges"), LINES, checkpoint.root)
    return {
        "about": "Checkpoints as C2SP signed notes. `key` and `witness` are vkeys; `at` is when the witness confirmed, null: it did not.",
        "key": keys.log.public.text,
        "witness": keys.witness.public.text,
        "origin": origin,
        "good": [
            {"note": note, "size": LINES, "root": checkpoint.root.hex(), "at": None},
            {"note": confirmed, "size": LINES, "root": checkpoint.root.hex(), "at": at},
        ],
        "bad": [
            {"why": "origin", "note": keys.log.sign(other)},
            {"why": "unsigned", "note": keys.witness.sign(checkpoint)},
            {"why": "signature", "note": note.replace(f"\n{LINES}\n", f"\n{LINES + 1}\n")},
            {"why": "checkpoint", "note": note.replace(f"\n{LINES}\n", f"\n0{LINES}\n")},
            {"why": "form", "note": checkpoint.text},
        ],
    }


def tree_vectors() -> Vector:
    lines = log_lines()
    leaves = [leaf_hash(line) for line in lines]
    full = full_of(leaves)

    def root(size: int) -> str:
        return root_of(leaves[:size]).hex()

    def included(index: int, size: int) -> Vector:
        path = [each.hex() for each in inclusion(index, size, full)]
        return {"line": lines[index].decode(), "index": index, "size": size, "path": path, "root": root(size)}

    def grown(old: int, size: int) -> Vector:
        path = [each.hex() for each in consistency(old, size, full)]
        return {"old": old, "old_root": root(old), "size": size, "path": path, "root": root(size)}

    def wrong() -> Iterator[Vector]:
        one, two = included(3, LINES), grown(6, LINES)
        yield {"why": "another line", **one, "line": lines[4].decode()}
        yield {"why": "another place", **one, "index": 4}
        yield {"why": "a hash too few", **one, "path": one["path"][:-1]}
        yield {"why": "a hash too many", **one, "path": [*one["path"], root(1)]}
        yield {"why": "outside the tree", **one, "index": LINES}
        yield {"why": "rewritten since", **two, "old_root": root(5)}
        yield {"why": "no growth of this", **two, "root": root(10)}
        yield {"why": "shrunk", **two, "old": LINES, "old_root": root(LINES), "size": 6, "root": root(6)}
        yield {"why": "something to prove out of nothing", **two, "old": 0, "old_root": root(0)}

    pairs = [(old, size) for size in (1, 2, 7, 8, LINES) for old in range(1, size + 1)]
    return {
        "about": "RFC 6962 proofs (hex): with `line`, that it is in the log; with `old`, that the first `old` lines are still the same.",
        "lines": [line.decode() for line in lines],
        "good": [included(index, size) for size in (1, 2, 7, 8, LINES) for index in range(size)] + [grown(*pair) for pair in pairs],
        "bad": list(wrong()),
    }
