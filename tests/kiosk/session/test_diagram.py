from pathlib import Path

from kiosk.session.diagram import diagram


def test_the_diagram_in_the_docs_is_the_table():
    page = Path(__file__).parents[3] / "docs" / "states.md"
    assert page.read_text(encoding="utf-8") == diagram(), "stale: python -m kiosk.session.diagram > docs/states.md"
