"""NOTICE names every package that we pin, and the glossary every identifier as it stands in the source."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_pinned_package_stands_in_the_notice_with_its_licence() -> None:
    pinned = {normal(line.split("==")[0]) for line in (PROJECT / "constraints.txt").read_text().splitlines() if "==" in line}
    rows = [line[4:] for line in (PROJECT / "NOTICE").read_text().splitlines() if line.startswith("    ")]
    # One or two to a row: name, licence.
    named = {normal(name) for row in rows for name, _ in re.findall(r"(\S+) +(\S.*?)(?: {2,}|$)", row)}
    assert pinned - named == set()


def test_the_licence_is_whole() -> None:
    text = (PROJECT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_identifiers_in_the_glossary_exist() -> None:
    source = "\n".join(
        file.read_text() for package in ("hardware", "jukinet", "kiosk") for file in sorted((PROJECT / package).rglob("*.py"))
    )
    words = set(re.findall(r"[A-Za-z_]\w*", source))
    rows = [line.split(" | ") for line in (PROJECT / "docs/glossary.md").read_text().splitlines() if line.startswith("| ")]
    identifiers = {name for row in rows for cell in row[1:3] for name in re.findall(r"^`(\w+)`$", cell.strip())}
    assert len(identifiers) > 40
    assert identifiers - words == set()
