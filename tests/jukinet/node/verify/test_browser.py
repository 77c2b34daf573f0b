"""The verification page in a real browser: what a clerk sees of a good copy, of each that is not, and by each way in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from axe_core_python.selenium import Axe
from PIL import Image
from selenium.webdriver.common.keys import Keys

from jukinet.messages import Item, Result
from jukinet.node.seal import SealKey, make_seal
from jukinet.node.verify.visitors import Visitors
from jukinet.seal import Owner, open_seal
from kiosk.verify.table import table_of
from kiosk.words import WORK_LANGUAGES, Words, catalogue
from tests.seals import answer_facts, new_key, paper, photograph

HERE, HOME = "21361", "21202"
NAME = "岐阜県不破郡垂井町"
JA, EN = catalogue("ja"), catalogue("en")


async def issued(network: Any, result: Result | None, case: str = "hanako", persons: tuple[int, ...] = (1, 2, 3)) -> str:
    """The text of the seal of a copy that a kiosk was given, and has reported as `result`."""
    visit = await network.kiosk().begin(case)
    await visit.household()
    _, token = await visit.extract(list(persons), [Item.RELATIONSHIP, Item.MY_NUMBER])
    claims = await visit.issue(token)
    if result is not None:
        await visit.report(result, "paper_out" if result is Result.VOIDED else "", 1 if result is Result.PRINTED else 0)
    return claims.body.copies[0].seal  # type: ignore[no-any-return]


async def one_printed(network: Any) -> str:
    return await issued(network, Result.PRINTED)


def key_of(network: Any, town: str) -> SealKey:
    return SealKey.load(network.settings(town).seal_key)


def facts_in(network: Any, text: str) -> Any:
    key = key_of(network, HERE)
    return open_seal(text, {key.id: Owner(HERE, NAME, key.key.public_key())}).facts


def lines(facts: Any, language: str) -> list[tuple[str, str]]:
    return [(line.label, line.value) for line in table_of(facts, Words(language))]


def words_of(key: str, town: str = NAME, language: str = "ja") -> str:
    return catalogue(language)[key].format(town=town)


def test_a_good_copy_from_a_picture(serve: Callable[..., Any], browser: Any, tmp_path: Path) -> None:
    """Verdict, deed and every line that the command shows, in both languages; nothing but the seal's id was sent, and to nobody else."""

    def deed(page: Any) -> None:
        file = tmp_path / "photo.jpg"
        file.write_bytes(photograph(paper("three_persons", page.network.told)))
        facts = facts_in(page.network, page.network.told)
        browser.open(page).choose(file)
        assert (browser.kind, browser.verdict) == ("good", words_of("verify.state.printed"))
        assert browser.deed == JA["verify.state.printed.do"]
        assert browser.facts == lines(facts, "ja")
        assert ("氏名の振り仮名", "アオバ ハナコ") in browser.facts
        browser.click("[data-language=en]")
        assert browser.verdict == words_of("verify.state.printed", language="en")
        assert browser.facts == lines(facts, "en")
        assert browser.find("html").get_attribute("lang") == "en"

        requests = browser.requests()
        assert {request["url"] for request in requests if not request["url"].startswith(f"{page.origin}/verify")} <= {"data:,"}
        sent = [request["postData"] for request in requests if request["method"] != "GET"]
        (body,) = sent
        assert len(body) == len('{"seal":""}') + 64
        assert browser.complaints() == []
        assert "青葉" not in page.log.getvalue()

    serve(deed, before=one_printed)


@pytest.mark.parametrize("result", [Result.PRINTED, Result.VOIDED, Result.UNKNOWN, None])
def test_what_became_of_the_copy(serve: Callable[..., Any], browser: Any, result: Result | None) -> None:
    state = "issued" if result is None else str(result)
    kind = {"printed": "good", "voided": "bad"}.get(state, "care")

    def deed(page: Any) -> None:
        browser.open(page).paste(page.network.told)
        assert (browser.kind, browser.verdict) == (kind, words_of(f"verify.state.{state}"))
        assert browser.deed == words_of(f"verify.state.{state}.do")
        assert (browser.facts == []) == (kind == "bad")
        assert browser.complaints() == []

    serve(deed, before=lambda network: issued(network, result))


def test_what_is_not_good_has_its_own_words_and_shows_nothing(serve: Callable[..., Any], browser: Any) -> None:
    def deed(page: Any) -> None:
        good = page.network.told
        facts = facts_in(page.network, good)
        middle = len(good) // 2
        cases = {
            "wrong.signature": good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :],
            "wrong.form": good[:-40],
            "wrong.key": make_seal(facts, new_key()).text,
            "wrong.issuer": make_seal(facts, key_of(page.network, HOME)).text,
            "wrong.prefix": "HC1:6BF",
            "state.absent": make_seal(replace(facts, number="20261124 垂井町 k1 プリンタ001 999"), key_of(page.network, HERE)).text,
        }
        browser.open(page)
        for reason, text in cases.items():
            browser.paste(text)
            assert (browser.kind, browser.verdict) == ("bad", words_of(f"verify.{reason}")), reason
            assert browser.deed == words_of(f"verify.{reason}.do")
            assert browser.facts == []
            assert "青葉" not in browser.find("main").text
        assert browser.complaints() == []

    serve(deed, before=one_printed)


def test_another_towns_copy_is_read_but_its_state_is_not_known_here(serve: Callable[..., Any], browser: Any) -> None:
    def deed(page: Any) -> None:
        facts = replace(facts_in(page.network, page.network.told), issuer=HOME)
        browser.open(page).paste(make_seal(facts, key_of(page.network, HOME)).text)
        assert (browser.kind, browser.verdict) == ("care", words_of("verify.state.elsewhere", "岐阜県大垣市"))
        assert browser.facts == lines(facts, "ja")
        assert [request["url"] for request in browser.requests() if request["method"] == "POST"] == []

    serve(deed, before=one_printed)


ANSWERS = ("all_items", "five_persons", "foreign", "longest_address", "rare_names", "undrawable", "unknown_dates")


def test_it_shows_what_the_command_shows(serve: Callable[..., Any], browser: Any) -> None:
    """Two readers, two languages, one table: foreign residents, dates that no calendar has, rare characters, a household cut short."""

    def deed(page: Any) -> None:
        key = key_of(page.network, HOME)  # its state is asked of nobody
        owners = {key.id: Owner(HOME, "岐阜県大垣市", key.key.public_key())}
        three = answer_facts("three_persons")
        named = [
            msgspec.structs.replace(three.persons[0], name=chr(0x4E00 + 7 * at) * 3 + chr(0x6E00 + 97 * at % 9000)) for at in range(99)
        ]
        many = replace(three, head=None, whole_household=False, pages=4, persons=tuple(named))
        odd = replace(three, name="見本\u3000一郎", address="岐阜県\r\n大垣市\u202e\u00a0<b>", building="\x1b[2J")
        browser.open(page)
        for language in WORK_LANGUAGES:
            browser.click(f"[data-language={language}]")
            for facts in (*map(answer_facts, ANSWERS), odd, many):
                text = make_seal(replace(facts, issuer=HOME), key).text
                opened = open_seal(text, owners).facts
                browser.paste(text)
                assert browser.facts == lines(opened, language)
                assert (catalogue(language)["verify.rest"] in browser.find("#notes").text) == (opened.rest is not None)
            assert opened.rest is not None

    serve(deed)


def test_pictures_that_cannot_be_read(serve: Callable[..., Any], browser: Any, tmp_path: Path) -> None:
    def deed(page: Any) -> None:
        blank, broken = tmp_path / "blank.png", tmp_path / "broken.png"
        Image.new("L", (600, 800), 255).save(blank)
        broken.write_bytes(b"\x89PNG\r\n\x1a\n")
        browser.open(page, "en").choose(blank)
        assert (browser.kind, browser.verdict) == ("care", EN["verify.unread.none"])
        browser.choose(broken)
        assert browser.verdict == EN["verify.unread.picture"].format(source="broken.png")

    serve(deed)


# What the page was given, so that it can be seen whether it gave it back: a lamp beside the lens is what people trust.
LISTEN_TO_CAMERAS = """
    window.tracks = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async wish => {
        const stream = await open(wish);
        window.tracks.push(...stream.getTracks());
        return stream;
    };
"""


def test_the_camera_reads_the_paper(serve: Callable[..., Any], browser_with: Callable[..., Any], tmp_path: Path) -> None:
    """Chromium's camera is a file here: the paper's foot in the hand, 720 lines, as a telephone would see it."""

    def deed(page: Any) -> None:
        film = tmp_path / "paper.y4m"
        film.write_bytes(y4m(tmp_path, paper("three_persons", page.network.told)))
        browser = browser_with(
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"
        )
        browser.open(page).driver.execute_script(LISTEN_TO_CAMERAS)
        browser.ask(lambda: browser.click("#camera-start"))
        assert (browser.kind, browser.verdict) == ("good", words_of("verify.state.printed"))
        assert browser.facts == lines(facts_in(page.network, page.network.told), "ja")
        assert not browser.find("#camera-open").is_displayed()
        assert browser.driver.execute_script("return window.tracks.map(track => track.readyState)") == ["ended"]
        assert browser.complaints() == []

    serve(deed, before=one_printed)


def y4m(folder: Path, sheet: bytes, width: int = 1280, height: int = 720) -> bytes:
    """One frame of YUV4MPEG2, 4:2:0 without colour: the last 640 dots of the paper on a grey desk."""
    file = folder / "sheet.png"
    file.write_bytes(sheet)
    with Image.open(file) as picture:
        foot = picture.convert("L").crop((0, picture.height - 640, picture.width, picture.height))
    frame = Image.new("L", (width, height), 110)
    frame.paste(foot.point(lambda dot: 40 + dot * 190 // 255), ((width - foot.width) // 2, 40))
    frame = frame.rotate(3, Image.Resampling.BICUBIC, fillcolor=110)
    grey = bytes([128]) * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode()
    return head + (b"FRAME\n" + frame.tobytes() + grey) * 3


def test_a_camera_that_is_not_allowed_or_not_there(serve: Callable[..., Any], browser: Any) -> None:
    def deed(page: Any) -> None:
        browser.open(page).ask(lambda: browser.click("#camera-start"))
        assert browser.verdict in (JA["verify.page.camera.denied"], JA["verify.page.camera.missing"])
        assert browser.kind == "care"

    serve(deed)


def test_it_is_worked_by_keys_alone(serve: Callable[..., Any], browser: Any) -> None:
    """Every control is reached by the tab key, in order, and shows that it is; the verdict is where the reader is taken."""

    def deed(page: Any) -> None:
        browser.open(page)  # by its first button, which is where the keyboard is now
        reached = []
        for _ in range(4):
            browser.press(Keys.TAB)
            active = browser.driver.switch_to.active_element
            reached.append(active.get_attribute("data-language") or active.get_attribute("id") or active.tag_name)
            shown = "return getComputedStyle(arguments[0].closest('.field')?.querySelector('.button') ?? arguments[0]).outlineWidth"
            assert browser.driver.execute_script(shown, active) == "4px", reached
        assert reached == ["en", "camera-start", "picture", "summary"]
        browser.press(Keys.ENTER, Keys.TAB, "HC1:", Keys.TAB)
        browser.ask(lambda: browser.press(Keys.ENTER))
        assert browser.verdict == JA["verify.wrong.prefix"]
        assert browser.driver.switch_to.active_element.get_attribute("id") == "result"

    serve(deed)


@pytest.mark.parametrize("language", WORK_LANGUAGES)
def test_everyone_can_read_it(serve: Callable[..., Any], browser: Any, language: str) -> None:
    """No fault that axe-core knows of at WCAG 2.1 AA, before a check and after; and at 320 pixels, which is a window of 1280 at 400 %,
    nothing has to be scrolled sideways (WCAG 2.1, 1.4.10)."""

    def deed(page: Any) -> None:
        levels = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
        browser.open(page, language)
        browser.click("summary")
        assert faults(Axe().run(browser.driver, options=levels)) == []
        browser.paste(page.network.told)
        assert faults(Axe().run(browser.driver, options=levels)) == []
        browser.driver.set_window_size(900, 1400)
        browser.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 640, "deviceScaleFactor": 2, "mobile": False}
        )
        width = browser.driver.execute_script("return document.documentElement.scrollWidth")
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        assert width <= 320

    serve(deed, before=one_printed)


def faults(found: dict[str, Any]) -> list[str]:
    return [f"{fault['id']}: {node['html']}" for fault in found["violations"] for node in fault["nodes"]]


def test_a_town_that_cannot_be_asked(serve: Callable[..., Any], browser: Any) -> None:
    """Too often, or gone: the signature still holds, and the page says what it does not know."""

    def deed(page: Any) -> None:
        browser.open(page).paste(page.network.told)
        assert browser.kind == "good"
        browser.paste(page.network.told)
        assert (browser.kind, browser.verdict) == ("care", JA["verify.state.unasked"])
        assert browser.facts == lines(facts_in(page.network, page.network.told), "ja")

    serve(deed, before=one_printed, visitors=Visitors(rate=0.0001, burst=1))
