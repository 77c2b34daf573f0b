from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from jukinet.messages import Extract, ForeignItems, Person
from kiosk.document.answer import AnswerError, load_answer
from kiosk.document.fields import FOREIGN, JAPANESE, values_of
from kiosk.document.form import FormError, parse_form, read_form, words_of

TEXT = files("assets").joinpath("forms", "wide_area.toml").read_text("utf-8")
WHERE = "assets/forms/wide_area.toml"


def fields(kind: type[msgspec.Struct]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(kind)}


def test_every_field_of_the_message_has_its_place_on_the_paper() -> None:
    """A field that the network learns and the paper does not know fails here, not at a bank's counter."""
    assert set(JAPANESE) | set(FOREIGN) == fields(Person) - {"number", "foreign"} | fields(ForeignItems)


def test_each_kind_of_resident_has_a_value_for_each_item() -> None:
    person = Person(number=1, name="架空", birth="1985-01-31", sex="male")
    assert set(values_of(person)) == set(JAPANESE)
    assert set(values_of(msgspec.structs.replace(person, foreign=ForeignItems(nationality="架空国")))) == set(FOREIGN)


def test_the_form_knows_neither_domicile_nor_its_head() -> None:
    assert not {word for word in words_of(read_form("wide_area")) if "本籍" in word or "筆頭者" in word}
    assert not [name for name in fields(Extract) | fields(Person) if "domicile" in name or "koseki" in name or "honseki" in name]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("title =", "titel ="), "titel"),
        (("title =", 'colour = "red"\ntitle ='), "colour"),
        (('title = "住民票"', "title = 3"), "title"),
        (('item = "sex"', 'item = "age"'), "sex"),
        (('item = "sex"', 'item = "birth"'), "sex"),
        (("[[foreign]]", "[[foreign]"), "line"),
    ],
)
def test_a_wrong_form_says_where_and_what(change: tuple[str, str], says: str) -> None:
    with pytest.raises(FormError, match=f"^{WHERE}: .*{says}"):
        parse_form(TEXT.replace(*change, 1), WHERE)


def test_a_form_that_is_not_there_is_named() -> None:
    with pytest.raises(FormError, match=r"assets/forms/none\.toml"):
        read_form("none")


def test_an_answer_that_is_none_says_where_and_shows_nothing_of_it(tmp_path: Path) -> None:
    place = tmp_path / "answer.json"
    for content in ("", "[]", '{"extract": {"type": "extract", "town": "架空花子"}, "issue": {}}'):
        place.write_text(content, encoding="utf-8")
        with pytest.raises(AnswerError, match=r"answer\.json") as refusal:
            load_answer(place)
        assert "架空" not in str(refusal.value)
    with pytest.raises(AnswerError, match=r"none\.json"):
        load_answer(tmp_path / "none.json")


def test_a_town_lays_its_own_words_over_the_form(tmp_path: Path) -> None:
    own = tmp_path / "form.toml"
    own.write_text('notes = ["架空町の注記"]\n[labels]\naddress = ["現住所"]\n', encoding="utf-8")
    ours, theirs = read_form("wide_area"), read_form("wide_area", own)
    assert theirs.notes == ["架空町の注記"]
    assert theirs.labels == msgspec.structs.replace(ours.labels, address=["現住所"])
    assert msgspec.structs.replace(theirs, notes=ours.notes, labels=ours.labels) == ours


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('colour = "red"', "colour"),
        ('[labels]\naddress = "住所"', "labels.address"),
        ('[[japanese]]\nitem = "name"\nlabel = ["氏名"]\ngroup = "name"', "japanese"),  # the others are missing
        ("title =", "end of document"),
    ],
)
def test_a_town_s_wrong_form_is_named(text: str, says: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(FormError, match=rf"own\.toml: .*{says}"):
        read_form("wide_area", own)


def test_a_town_s_form_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"none\.toml"):
        read_form("wide_area", tmp_path / "none.toml")
