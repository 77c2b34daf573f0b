"""The paper shows the page, dot for dot, whatever the page and the model; in few bytes, and without real-time commands in them."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer.commands import HAZARDS
from hardware.printer.encode import BAND, encode, encode_job
from hardware.printer.flash import key_of, stored_picture
from hardware.printer.library import library_strips
from hardware.printer.models import PrinterModel, load_model, shipped_names
from hardware.printer.page import Art, Bitmap, Cell, Item, Page, Picture, Rule, Symbol
from hardware.simulated.decoder import decode

MODELS = [load_model(name) for name in shipped_names()]
# Slots that change hands all the time, and none at all.
VARIANTS = [
    replace(MODELS[1], kanji_slots=4, half_slots=0),
    replace(MODELS[1], kanji_slots=0, half_slots=3),
    replace(MODELS[1], kanji_slots=0, half_slots=0),
]
HAZARD_BYTES = [0x10, 0x04, 0x05, 0x14, 0x00, 0xFF]


def bitmaps(width: int, height: int) -> st.SearchStrategy[Bitmap]:
    """Random dots, or bytes that like to form real-time commands."""
    stride = (width + 7) // 8
    mask = (1 << width) - 1
    hazardous = st.lists(st.sampled_from(HAZARD_BYTES), min_size=stride * height, max_size=stride * height).map(bytes)
    data = st.one_of(st.binary(min_size=stride * height, max_size=stride * height), hazardous)
    return data.map(
        lambda raw: Bitmap.of_lines(width, [int.from_bytes(raw[y * stride : (y + 1) * stride], "big") & mask for y in range(height)])
    )


GLYPHS = st.lists(bitmaps(24, 24), min_size=1, max_size=20, unique=True)
HALVES = st.lists(bitmaps(12, 24), min_size=1, max_size=3, unique=True)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    width = draw(st.sampled_from([576, 576, 571, 100, 48]))
    height = draw(st.integers(min_value=24, max_value=220))
    glyphs, halves = draw(GLYPHS), draw(HALVES)
    items: list[Item] = []
    for y in draw(st.lists(st.integers(0, height - 24), max_size=4)):
        # On the grid, as a page is set, and anywhere, overlapping, as nothing forbids.
        start = draw(st.integers(0, 20))
        for column in range(draw(st.integers(0, 12))):
            if start + column * 24 + 24 <= width:
                items.append(Cell(start + column * 24, y, draw(st.sampled_from(glyphs))))
        if draw(st.booleans()):
            items.append(Cell(draw(st.integers(0, width - 12)), y, draw(st.sampled_from(halves))))
    for _ in range(draw(st.integers(0, 2))):
        wide, tall = draw(st.integers(1, width)), draw(st.integers(1, min(height, 60)))
        x, y = draw(st.integers(0, width - wide)), draw(st.integers(0, height - tall))
        kind = draw(st.sampled_from(["rule", "picture", "art"]))
        if kind == "rule":
            items.append(Rule(x, y, wide, min(tall, 3)))
        elif kind == "picture":
            items.append(Picture(x, y, draw(bitmaps(min(wide, 40), min(tall, 12)))))
        else:
            items.append(Art(x, y, "mark", draw(bitmaps(min(wide, 70), min(tall, 10)))))
    if draw(st.booleans()):
        scale = draw(st.integers(1, 4))
        modules = min(draw(st.integers(1, min(width, height) // scale)), 50)
        side = modules * scale
        items.append(
            Symbol(draw(st.integers(0, width - side)), draw(st.integers(0, height - side)), draw(bitmaps(modules, modules)), scale)
        )
    return Page(width, height, tuple(items))


def on_paper(page: Page, model: PrinterModel) -> Bitmap:
    """The page as the whole width of paper shows it."""
    return Bitmap.of_lines(model.dots, [line << (model.dots - page.width) for line in page.pixels().lines])


@settings(max_examples=80)
@given(pages())
def test_paper_shows_the_page_dot_for_dot(page: Page) -> None:
    for model in [*MODELS, *VARIANTS]:
        bands = encode(page, model)
        assert sum(band.rows for band in bands) == page.height
        data = b"".join(band.data for band in bands)
        assert decode(data, model) == [on_paper(page, model)]
        assert not HAZARDS.search(data)


@settings(max_examples=30)
@given(pages())
def test_art_that_the_printer_has_is_named_and_looks_the_same(page: Page) -> None:
    stored = {key_of(stored_picture(item)): stored_picture(item) for item in page.items if isinstance(item, Art)}
    flash = {key.encode(): picture for key, picture in stored.items()}
    model = load_model("epson-tm")
    data = b"".join(band.data for band in encode(page, model, frozenset(stored)))
    assert decode(data, model, flash) == [on_paper(page, model)]
    assert not HAZARDS.search(data)


def test_stored_art_is_a_few_bytes() -> None:
    model, chance = load_model("epson-tm"), random.Random(3)
    art = Art(8, 20, "band", Bitmap.of_lines(560, [chance.getrandbits(560) for _ in range(40)]))
    page = Page(576, 80, (art,))
    key = key_of(stored_picture(art))
    data = b"".join(band.data for band in encode(page, model, frozenset({key})))
    assert len(data) < 60
    assert decode(data, model, {key.encode(): stored_picture(art)}) == [page.pixels()]
    # Not there, or not alone in its rows: as any picture.
    assert decode(b"".join(band.data for band in encode(page, model)), model) == [page.pixels()]
    crowded = Page(576, 80, (art, Rule(0, 30, 4, 4)))
    assert decode(b"".join(band.data for band in encode(crowded, model, frozenset({key}))), model) == [crowded.pixels()]


def test_a_line_of_words_is_art_where_it_is_kept_and_text_where_not() -> None:
    chance = random.Random(4)
    glyphs = [Bitmap.of_lines(24, [chance.getrandbits(24) for _ in range(24)]) for _ in range(5)]
    cells = tuple(Cell(24 * place, 48, glyphs[place % 5]) for place in range(20))
    words = Page(576, 96, cells).pixels()
    line = Art(0, 48, "words", Bitmap.of_lines(576, words.lines[48:72]), cells)
    page = Page(576, 96, (line, *[Cell(24 * place, 0, glyphs[place]) for place in range(5)]))
    model, key = load_model("epson-tm"), key_of(stored_picture(line))
    kept = b"".join(band.data for band in encode(page, model, frozenset({key})))
    sent = b"".join(band.data for band in encode(page, model))
    assert decode(kept, model, {key.encode(): stored_picture(line)}) == decode(sent, model) == [page.pixels()]
    assert len(kept) < len(sent) < 550  # five definitions and a few codes, no picture of 1.7 kB


@settings(max_examples=10)
@given(st.lists(pages(), min_size=1, max_size=3), st.integers(1, 2))
def test_a_job_is_its_sheets(sheets: list[Page], copies: int) -> None:
    for model in MODELS:
        bands = encode_job(sheets * copies, model)
        assert decode(b"".join(band.data for band in bands), model) == [on_paper(page, model) for page in sheets * copies]


def test_certificate_like_page(page: Page, models: list[PrinterModel]) -> None:
    for model in models:
        bands = encode_job([page], model)
        assert decode(b"".join(band.data for band in bands), model) == [page.pixels()]
        assert max(len(band.data) for band in bands) < 2 * BAND
        assert len(bands) > 3


def test_text_beats_the_library_clearly(text_page: Page) -> None:
    library = sum(len(data) for data, _ in library_strips(text_page, MODELS[0]))
    sizes = {model.name: sum(len(band.data) for band in encode(text_page, model)) for model in MODELS}
    print(f"python-escpos {library}, ours {sizes}")
    assert sizes["epson-tm"] * 12 < library
    assert sizes["sii-like"] * 10 < library
    assert sizes["custom-vkp80"] * 8 < library


def test_the_last_band_is_small_and_holds_ink_and_cut(page: Page, models: list[PrinterModel]) -> None:
    for model in models:
        last = encode_job([page], model)[-1]
        assert model.cut in last.data
        assert last.rows
        assert len(last.data) <= 2 * BAND


def test_a_white_page_is_a_few_bytes() -> None:
    assert sum(len(band.data) for band in encode(Page(576, 2000), MODELS[0])) < 60


def test_a_symbol_is_sent_at_one_bit_a_module_or_at_half_size(models: list[PrinterModel]) -> None:
    chance = random.Random(2)
    matrix = Bitmap.of_lines(85, [chance.getrandbits(85) for _ in range(85)])
    page = Page(576, 340, (Symbol(100, 0, matrix, 4),))
    for model in models:
        data = b"".join(band.data for band in encode(page, model))
        assert decode(data, model) == [page.pixels()]
        assert len(data) < 1500  # 340 x 340 dots are 14.6 kB
    plain = replace(models[0], enlarges=False)
    data = b"".join(band.data for band in encode(page, plain))
    assert decode(data, plain) == [page.pixels()]
    assert len(data) < 4200


def stubborn_row() -> int:
    """576 dots that hold a DLE EOT at each of the eight places against the byte grid, from the first dot to the last."""
    bits = ""
    for shift in range(8):
        bits += "0" * ((shift - len(bits)) % 8) + "0001000000000100" + "1"
    return int("1" + bits[1:].ljust(574, "0") + "1", 2)


@pytest.mark.parametrize("y", [0, 5, 30, 60, 76, 99])
def test_rows_that_defy_every_raster_become_columns(y: int, models: list[PrinterModel]) -> None:
    glyph = Bitmap.of_lines(24, [0xABCDEF] * 24)
    items: tuple[Item, ...] = (
        Picture(0, y, Bitmap.of_lines(576, [stubborn_row()])),
        *(Cell(column * 24, top, glyph) for column in range(5) for top in (6, 31, 61, 100 - 24) if not top <= y < top + 24),
    )
    page = Page(576, 100, items)
    for model in models:
        data = b"".join(band.data for band in encode(page, model))
        (sheet,) = decode(data, model)
        assert not HAZARDS.search(data)
        assert sheet.lines[:100] == page.pixels().lines
        assert len(sheet.lines) - 100 < 24
        assert not any(sheet.lines[100:])


def test_a_page_too_wide_is_refused() -> None:
    with pytest.raises(ValueError, match="600 dots"):
        encode(Page(600, 50), MODELS[0])


def test_an_item_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        encode(Page(576, 50, (Rule(570, 0, 10, 1),)), MODELS[0])
