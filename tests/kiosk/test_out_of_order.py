"""When the kiosk itself cannot run, a picture sends people to the counter, in their language, until it is asked to end."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kiosk.out_of_order import out_of_order_view, show_out_of_order
from kiosk.screens.window import Window
from kiosk.settings import Settings
from kiosk.words import LANGUAGES, Words

CONTACT = "住民課 1番窓口"
SETTINGS = msgspec.convert(
    {
        "network": {
            "town": "21381",
            "kiosk": "lobby",
            "urls": ["https://127.0.0.1:1"],
            # Nothing of this exists: the picture does not need it.
            **dict.fromkeys(("certificate", "key", "ca", "directory_key", "card_anchors"), "missing.pem"),
        },
        "town": {"name": "架空町", "contact": CONTACT},
        "devices": {"reader": "pcsc:no such reader", "printer": "serial:/dev/nowhere"},
        "screen": {"width": 540, "height": 960, "pixels_per_mm": 2.0},
    },
    Settings,
)


@pytest.fixture(autouse=True)
def signals() -> object:
    """Handlers are the process's: they are put back."""
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


def words_on(window: Window) -> set[str]:
    assert window.gate.screen is not None
    return {widget.words for widget in window.gate.screen.walk() if getattr(widget, "words", "")}


def then_end(do: Callable[[Window], None]) -> Callable[[Window], None]:
    def shown(window: Window) -> None:
        do(window)
        os.kill(os.getpid(), signal.SIGTERM)

    return shown


def test_it_stands_there_until_sigterm_and_names_the_counter() -> None:
    seen: set[str] = set()
    assert show_out_of_order(SETTINGS, offscreen=True, shown=then_end(lambda window: seen.update(words_on(window)))) == 0
    assert {CONTACT, Words("ja").text("why.kiosk")} <= seen


def test_each_language_can_be_chosen() -> None:
    seen: set[str] = set()

    def choose(window: Window) -> None:
        window.tap("open.language")
        window.frame()
        assert window.visible_actions() == {"layer.close", *(f"language.{language}" for language in LANGUAGES)}
        window.tap("language.en")
        window.frame()
        seen.update(words_on(window))

    show_out_of_order(SETTINGS, offscreen=True, shown=then_end(choose))
    assert Words("en").text("why.kiosk") in seen


def test_systemd_is_told_when_the_picture_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(tmp_path / "notify"))
        wire.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        show_out_of_order(SETTINGS, offscreen=True, shown=then_end(lambda window: None))
        assert wire.recv(100) == b"READY=1"


def test_a_fault_of_the_screen_ends_it_with_status_1() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    assert show_out_of_order(SETTINGS, offscreen=True, shown=lambda window: window.call_soon(fail)) == 1


def test_nothing_but_languages_can_be_pressed() -> None:
    assert set(out_of_order_view(SETTINGS, "ja").actions) == {f"language.{language}" for language in LANGUAGES}
