"""Conformance vectors: the wire's signed and hashed things once right and many times wrong, for whoever writes another node or kiosk.

Each file is {"about", "good": [...], "bad": [{"why", ...}]}. A bad vector must be refused, for the reason that `why` gives: where a
reader of ours raises it, its own word. docs/protocol.md says which check each file is for.

All but the ES256 signatures, which have chance in them, comes out the same each time. The keys are those of `keys.json`: they sign nothing
but vectors, and are made when the file is not there.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from jukinet.vectors.keys import Keys, Vector, new_keys
from jukinet.vectors.log import notes_vectors, tree_vectors
from jukinet.vectors.paper import problems_vectors, seal_vectors
from jukinet.vectors.visit import answer_vectors, directory_vectors, proof_vectors


def write_vectors(folder: Path) -> list[str]:
    """Names of the files written. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "keys.json"
    if not kept.exists():
        _write(kept, new_keys())
    made = vectors(Keys.load(json.loads(kept.read_text(encoding="utf-8"))))
    for name, vector in made.items():
        _write(folder / f"{name}.json", vector)
    return [f"{name}.json" for name in made]


def vectors(keys: Keys) -> dict[str, Vector]:
    makers: Mapping[str, Callable[[Keys], Vector]] = {
        "proof": proof_vectors,
        "answer": answer_vectors,
        "directory": directory_vectors,
        "notes": notes_vectors,
        "tree": lambda _: tree_vectors(),
        "seal": seal_vectors,
        "problems": lambda _: problems_vectors(),
    }
    return {name: make(keys) for name, make in makers.items()}


def _write(file: Path, vector: Vector) -> None:
    file.write_text(json.dumps(vector, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
