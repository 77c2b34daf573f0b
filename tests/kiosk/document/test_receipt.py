from dataclasses import fields

import pytest

from hardware.printer.page import Picture
from kiosk.document.certificate import Composer
from kiosk.document.faces import faces_of
from kiosk.document.receipt import CLASSES, Receipt, Slip
from kiosk.readings import bracketed
from kiosk.session.states import Reason
from kiosk.words import LANGUAGES, Words

RECEIPT = Receipt(
    town_name="岐阜県不破郡垂井町",
    date="2026-11-24",
    time="14:03",
    copies=2,
    fee=1600,
    numbers=("20261124 垂井町 KIOSK01 PRN1 011", "20261124 垂井町 KIOSK01 PRN1 012"),
    contact="住民課戸籍係\n電話 0584-00-0000",
)


def slip(reason: Reason) -> Slip:
    return Slip(RECEIPT.town_name, RECEIPT.date, RECEIPT.time, reason, "K01-7Q4M", RECEIPT.contact)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_says_what_was_paid_for(language: str, composer: Composer, text) -> None:
    page = composer.receipt(Words(language), RECEIPT)
    page.pixels()
    read = text(page, language, RECEIPT)
    for said in ("1,600", "14:03", *RECEIPT.numbers, RECEIPT.town_name, RECEIPT.contact):
        assert "".join(said.split()) in read
    assert ("令和8年11月24日" in read) == (language == "ja")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", CLASSES)
def test_a_slip_says_its_class_and_number_and_nobody_s_name(language: str, reason: Reason, composer: Composer, text) -> None:
    page = composer.slip(Words(language), slip(reason))
    page.pixels()
    read = text(page, language, slip(reason))
    assert "K01-7Q4M" in read
    said = bracketed(Words(language).text(f"slip.class.{reason}"))
    if any(face.shaped for face in faces_of(language)):  # drawn as a whole: the eye reads cells
        assert page != composer.slip(Words(language), slip(next(other for other in CLASSES if other != reason)))
    else:
        assert "".join(said.split()) in read
    assert not {"name", "person", "birth", "card"} & {field.name for field in fields(Slip)}


def test_slips_of_one_class_differ_in_nothing_but_number_and_time(composer: Composer) -> None:
    """So a protected record cannot be told from a pending change: both are COUNTER."""
    first, second = (composer.slip(Words("ja"), slip(Reason.COUNTER)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("reason", sorted(set(Reason) - set(CLASSES)))
def test_no_other_reason_is_written_on_a_slip(reason: Reason) -> None:
    with pytest.raises(ValueError, match=reason):
        slip(reason)


def test_a_small_paper_has_one_picture_its_title(composer: Composer) -> None:
    page = composer.slip(Words("en"), slip(Reason.COUNTER))
    assert len([item for item in page.items if isinstance(item, Picture)]) == 1
