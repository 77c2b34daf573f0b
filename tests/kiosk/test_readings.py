"""Readings beside words: found, dropped, put in brackets."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.readings import Run, bare, bracketed, runs

MARKED = "｜住民票《じゅうみんひょう》の｜写《うつ》し"
PLAIN = st.text(st.characters(exclude_characters="｜《》", exclude_categories=["Cs"]))
WORD = st.tuples(PLAIN.filter(bool), PLAIN.filter(bool))


def test_words_and_their_readings_in_order() -> None:
    assert runs(MARKED) == [Run("住民票", "じゅうみんひょう"), Run("の"), Run("写", "うつ"), Run("し")]


def test_without_them_and_in_brackets() -> None:
    assert bare(MARKED) == "住民票の写し"
    assert bracketed(MARKED) == "住民票（じゅうみんひょう）の写（うつ）し"


def test_placeholders_keep_their_braces() -> None:
    assert bare("｜手数料《てすうりょう》は{fee:,}｜円《えん》").format(fee=1000) == "手数料は1,000円"


@given(PLAIN)
def test_words_without_marks_are_as_they_were(words: str) -> None:
    assert bare(words) == bracketed(words) == words
    assert runs(words) == ([Run(words)] if words else [])


@given(st.lists(WORD))
def test_what_is_marked_is_found(words: list[tuple[str, str]]) -> None:
    marked = "".join(f"｜{text}《{reading}》" for text, reading in words)
    assert runs(marked) == [Run(text, reading) for text, reading in words]


@given(st.text("｜《》あ漢\n"))
def test_no_text_is_lost_where_a_mark_is_not_whole(words: str) -> None:
    assert "".join(run.text for run in runs(words)) == bare(words)
