"""No town is in the code: its name, code, office and telephone come from settings, in the lab's from the lab's own files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
# The invented people, the lab's network, the vectors, and what shows them.
INVENTED = (
    "jukinet/lab/",
    "jukinet/vectors/",
    "jukinet/node/cases.py",
    "kiosk/demo.py",
    "kiosk/demo_cases.py",
    "kiosk/screens/invented.py",
)
TELEPHONE = re.compile(r"\b0\d{1,4}-\d{1,4}-\d{4}\b")
TOWN = re.compile(r"\b(?:21361|21202)\b|垂井|大垣")


def texts(file: Path) -> Iterator[str]:
    """Literals of a program, without what is documentation; of another file all of it."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield source
        return
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def files(*suffixes: str) -> list[Path]:
    found = [file for package in ("kiosk", "jukinet", "hardware") for file in (PROJECT / package).rglob("*") if file.suffix in suffixes]
    return found + list((PROJECT / "assets/words").glob("*.po")) + list((PROJECT / "assets/forms").glob("*.toml"))


def test_row_57_no_telephone_of_anybody() -> None:
    assert len(files(".py", ".kv")) > 200
    numbers = {(file.name, number) for file in files(".py", ".kv") for text in texts(file) for number in TELEPHONE.findall(text)}
    assert {(name, number) for name, number in numbers if not number.endswith("-00-0000")} == set()


def test_row_57_no_town_but_in_the_lab() -> None:
    named = {str(file.relative_to(PROJECT)) for file in files(".py", ".kv") if any(TOWN.search(text) for text in texts(file))}
    assert {name for name in named if not name.startswith(INVENTED)} == set()
