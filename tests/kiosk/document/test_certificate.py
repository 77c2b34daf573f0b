"""What stands on the paper, read back from the page's cells."""

from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.printer.page import Art, Cell, Page, Picture, Symbol, size
from jukinet.messages import Copy, Extract, Issue, Person
from kiosk.document.certificate import Composer
from kiosk.document.dates import japanese
from kiosk.document.fields import values_of
from kiosk.document.fonts import NoGlyph
from kiosk.document.form import Form, read_form
from kiosk.document.seal import SIDE, symbol
from tests.kiosk.document.conftest import written

Answer = Callable[[str], tuple[Extract, Issue]]
NAMES = sorted(["one_person", "three_persons", "five_persons", "foreign", "rare_names", "all_items", "longest_address", "unknown_dates"])
FORM = read_form("wide_area")


def expected(extract: Extract, form: Form) -> list[tuple[str, str]]:
    """The entries in their order, without spaces (lines end at them)."""
    found = [("".join(form.labels.address), extract.address + extract.building)]
    if extract.head is not None:
        found.append(("".join(form.labels.head), extract.head))
    sexes = {"male": "男", "female": "女", "unknown": "不詳"}
    for person in extract.persons:
        values = values_of(person)
        for item in form.japanese if person.foreign is None else form.foreign:
            value = values[item.item]
            shown = sexes[person.sex] if item.item == "sex" else value or (item.blank if value == "" else "")
            if shown:
                found.append(("".join(item.label), shown))
    return [(label, squeezed(value)) for label, value in found]


def squeezed(text: str) -> str:
    return "".join(text.split())


def entries(eye, page: Page, texts: list[str]) -> list[tuple[str, str]]:
    return [(label, squeezed(value)) for label, value in eye.entries(page, texts)]


@pytest.mark.parametrize("name", NAMES)
def test_every_item_stands_there_once_beside_its_label_and_in_order(name: str, answer: Answer, composer: Composer, eye, every_text) -> None:
    extract, issue = answer(name)
    texts = every_text(extract, issue)
    seen = [entry for page in composer.copy(extract, issue, 0) for entry in entries(eye, page, texts)]
    wanted = expected(extract, FORM)
    start = seen.index(wanted[0])
    assert seen[start : start + len(wanted)] == wanted


@pytest.mark.parametrize("name", NAMES)
def test_what_the_law_adds_stands_there(name: str, answer: Answer, composer: Composer, eye, every_text) -> None:
    extract, issue = answer(name)
    (page,) = composer.copy(extract, issue, 0)
    text = "".join(eye.lines(page, every_text(extract, issue))).replace(" ", "")
    for words in (issue.statement, issue.issuer.title, issue.issuer.name, japanese(issue.date), FORM.seal_note, FORM.end, *FORM.notes):
        assert text.count(squeezed(words)) == 1, words
    assert text.startswith(squeezed(issue.copies[0].number) + "1/1")
    assert "本籍" not in text
    assert "筆頭者" not in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [576, 504])
def test_the_page_keeps_the_rules_that_make_it_quick_to_print(name: str, width: int, answer: Answer, fonts) -> None:
    composer = Composer(width, fonts)
    extract, issue = answer(name)
    for page in (*composer.copy(extract, issue, 0), *composer.draft(extract, "岐阜県不破郡垂井町")):
        assert page.width == width
        page.pixels()  # raises if anything reaches outside
        cells = [cell for item in page.items for cell in written(item)]
        assert all(cell.x % 12 == 0 for cell in cells)
        for raster in [item for item in page.items if isinstance(item, Art | Picture | Symbol)]:
            top, bottom = raster.y, raster.y + size(raster)[1]
            beside = [item for item in page.items if item is not raster and item.y < bottom and item.y + size(item)[1] > top]
            if size(raster) == (SIDE, SIDE):
                assert all(isinstance(item, Cell) and (item.y - top) % 24 == 0 for item in beside)
                assert all(item.x + size(item)[0] <= raster.x for item in beside)
            else:
                assert not beside
        # Lines of text share all their rows or none.
        tops = sorted({cell.y for cell in cells})
        assert all(below - above >= 24 for above, below in pairwise(tops))


def test_optional_items_stand_there_when_asked_for_and_are_called_omitted_else(answer: Answer, composer: Composer, eye, every_text) -> None:
    for name, there, omitted in (
        ("one_person", (), ("世帯主・続柄", "個人番号", "住民票コード")),
        ("three_persons", ("続柄",), ("個人番号", "住民票コード")),
        ("all_items", ("続柄", "個人番号", "住民票コード"), ()),
    ):
        extract, issue = answer(name)
        (page,) = composer.copy(extract, issue, 0)
        labels = {label for label, _ in entries(eye, page, every_text(extract, issue))}
        assert {"続柄", "個人番号", "住民票コード"} & labels == set(there)
        text = "".join(eye.lines(page, every_text(extract, issue)))
        assert (FORM.omitted + "、".join(omitted) in text) == bool(omitted)


def test_the_digital_seal_is_the_copy_s(answer: Answer, composer: Composer) -> None:
    extract, issue = answer("three_persons")
    for index, copy in enumerate(issue.copies):
        page = composer.copy(extract, issue, index)[-1]
        (code,) = [item for item in page.items if isinstance(item, Symbol)]
        assert code.matrix == symbol(copy.seal)
        assert code.scale == 4
        assert code.x >= 16
        assert code.x + size(code)[0] + 16 <= page.width


def test_each_copy_has_its_own_number(answer: Answer, composer: Composer, eye, every_text) -> None:
    extract, issue = answer("three_persons")
    heads = [eye.lines(composer.copy(extract, issue, index)[0], every_text(extract, issue))[0] for index in range(2)]
    assert heads == [f"{copy.number} 1/1" for copy in issue.copies]
    with pytest.raises(IndexError):
        composer.copy(extract, issue, 2)


def test_a_household_of_five_stays_on_one_page(answer: Answer, composer: Composer) -> None:
    assert len(composer.copy(*answer("five_persons"), 0)) == 1


@pytest.mark.parametrize("count", [9, 10, 12, 20])
def test_a_large_household_breaks_between_persons(count: int, answer: Answer, composer: Composer, eye, every_text) -> None:
    extract, issue = answer("five_persons")
    people = [msgspec.structs.replace(extract.persons[number % 5], number=number) for number in range(count)]
    extract = msgspec.structs.replace(extract, persons=people)
    texts = every_text(extract, issue)
    pages = composer.copy(extract, issue, 0)
    assert len(pages) > 1
    assert len(composer.draft(extract, "岐阜県不破郡垂井町")) == len(pages)
    shown, wanted = [], [value for label, value in expected(extract, FORM) if label == "氏名"]
    for number, page in enumerate(pages, 1):
        text = squeezed("".join(eye.lines(page, texts)))
        shown += [value for label, value in entries(eye, page, texts) if label == "氏名"]
        assert text.startswith(f"{squeezed(issue.copies[0].number)}{number}/{len(pages)}")
        last = number == len(pages)
        assert (squeezed(issue.statement) in text) == last
        assert (FORM.continued in text) != last
        assert len([item for item in page.items if isinstance(item, Symbol)]) == last
        assert page.height <= 4300  # some half a metre
    assert shown == wanted


@pytest.mark.parametrize("name", NAMES)
def test_the_draft_takes_the_paper_and_gives_nothing_away(name: str, answer: Answer, composer: Composer, eye, every_text) -> None:
    extract, issue = answer(name)
    draft, copy = composer.draft(extract, "岐阜県不破郡垂井町"), composer.copy(extract, issue, 0)
    assert len(draft) == len(copy)
    assert sum(page.height for page in draft) >= sum(page.height for page in copy)
    assert not [item for page in draft for item in page.items if isinstance(item, Symbol)]
    texts = every_text(extract, issue)
    (page,) = draft
    text = "".join(eye.lines(page, texts))
    assert FORM.draft.note in text
    for person in extract.persons:
        for secret in (person.my_number, person.resident_code):
            assert secret is None or secret not in text
    copied = dict(entries(eye, copy[0], texts))
    assert {label: value for label, value in entries(eye, page, texts) if label == "氏名"}["氏名"] == copied["氏名"]


def test_what_cannot_be_drawn_is_found_before_and_refused_after(answer: Answer, composer: Composer) -> None:
    extract, issue = answer("undrawable")
    assert composer.undrawable(extract) == ("한", "글", "\ue000", "龦", "葛\U000e0100")
    for compose in (lambda: composer.draft(extract, "架空町"), lambda: composer.copy(extract, issue, 0)):
        with pytest.raises(NoGlyph):
            compose()


@pytest.mark.parametrize("name", NAMES)
def test_all_other_answers_can_be_drawn(name: str, answer: Answer, composer: Composer) -> None:
    extract, _ = answer(name)
    assert composer.undrawable(extract) == ()


def test_rare_forms_are_on_the_paper(answer: Answer, composer: Composer, fonts) -> None:
    extract, issue = answer("rare_names")
    glyphs = {item.glyph for page in composer.copy(extract, issue, 0) for item in page.items if isinstance(item, Cell)}
    for form in ("𠮷", "髙", "﨑", "邉", "葛\U000e0102", "邉\U000e0110", "濵", "德"):
        assert fonts.glyph(form) in glyphs
    assert fonts.glyph("吉") not in glyphs


def test_nothing_of_a_resident_stays_in_the_composer(answer: Answer, fonts) -> None:
    composer = Composer(fonts=fonts)
    before = repr(vars(composer))
    composer.copy(*answer("rare_names"), 0)
    composer.draft(answer("rare_names")[0], "架空町")
    assert repr(vars(composer)) == before


def test_the_building_is_never_dropped(answer: Answer, composer: Composer, eye, every_text) -> None:
    extract, issue = answer("longest_address")
    (page,) = composer.copy(extract, issue, 0)
    assert extract.building in "".join(value for _, value in entries(eye, page, every_text(extract, issue)))


drawable = st.text(alphabet="岐阜県大垣市見本町葛邉𠮷髙、（）「」ーッャABC 123４５６ｱﾟ", max_size=60)
persons = st.builds(
    Person,
    number=st.just(1),
    name=drawable.filter(str.strip),
    kana=drawable,
    former_name=drawable,
    birth=st.dates().map(str),
    sex=st.sampled_from(["male", "female", "unknown"]),
    previous_address=drawable,
    relationship=st.none() | st.just("子"),
    my_number=st.none() | st.just("000000000000"),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(persons, min_size=1, max_size=9), address=drawable, building=drawable, seal=st.text("AB1", max_size=900))
def test_any_household_fits_on_the_paper(
    people: list[Person], address: str, building: str, seal: str, answer: Answer, composer: Composer
) -> None:
    extract, issue = answer("one_person")
    extract = msgspec.structs.replace(extract, persons=people, address=address, building=building)
    issue = msgspec.structs.replace(issue, copies=[Copy(serial=1, number="1", seal=seal)])
    pages = composer.copy(extract, issue, 0)
    assert len(pages) == len(composer.draft(extract, "架空町"))
    for page in pages:
        page.pixels()
