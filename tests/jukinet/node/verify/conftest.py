"""A town's node with the page before it, and a browser that a person could sit at: real Chromium, its log read for what it was refused and
whom it asked."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from jukinet.node.directory import DirectoryBook
from jukinet.node.log import Log
from jukinet.node.seal import SealKey
from jukinet.node.settings import VerifySettings
from jukinet.node.verify.app import Public
from jukinet.node.verify.listening import verifying
from jukinet.node.verify.visitors import Visitors
from jukinet.seal_keys import public_jwk
from jukinet.signing import sign_directory

HERE, HOME = "21361", "21202"
NAMES = {HERE: "岐阜県不破郡垂井町", HOME: "岐阜県大垣市"}
CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
SECONDS = 20.0  # longest that anything on the page may take on a busy machine
T = TypeVar("T")


@pytest.fixture
def storage() -> str:
    """Files: what is before the store is what these tests are about."""
    return ""


def with_seal_keys(network: Any) -> DirectoryBook:
    """The network's directory, with the towns' public keys for seals."""
    directory = network.book.directory
    towns = [
        msgspec.structs.replace(town, seal_keys=[public_jwk(SealKey.load(network.settings(town.code).seal_key).key.public_key())])
        for town in directory.towns
    ]
    signed = sign_directory(msgspec.structs.replace(directory, towns=towns), network.centre)
    return DirectoryBook(signed, network.centre.public())


class Page:
    """The page's address, its log, and the network behind it."""

    def __init__(self, network: Any, url: str, log: io.StringIO) -> None:
        self.network, self.url, self.log = network, url, log

    @property
    def origin(self) -> str:
        return self.url.removesuffix("/verify")


def with_page(network: Any, deed: Callable[[Page], T], before: Callable[[Any], Any] | None = None, visitors: Visitors | None = None) -> T:
    """`deed`, in a thread, while the node's page is served; `before` is a story of the network, told first."""

    async def story(network: Any) -> T:
        log = io.StringIO()
        book, services = with_seal_keys(network), network.nodes[HERE]
        public = Public(HERE, NAMES[HERE], book, network.centre.public(), services.sealed, Log(log, network.clock))
        network.told = None if before is None else await before(network)
        async with verifying(VerifySettings((("127.0.0.1", 0),), None), public, visitors) as (url,):
            return await asyncio.to_thread(deed, Page(network, url, log))

    return network.run(story)  # type: ignore[no-any-return]


@dataclass
class Browser:
    """A window, and what it was told."""

    driver: Chrome

    def open(self, page: Page, language: str = "ja") -> "Browser":
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(page.url)
        self.until(lambda: self.driver.find_elements(By.CSS_SELECTOR, "html[data-ready]"))
        self.click(f"[data-language={language}]")
        return self

    def until(self, there: Callable[[], T]) -> T:
        return WebDriverWait(self.driver, SECONDS, poll_frequency=0.02).until(lambda driver: there())

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def press(self, *keys: str) -> None:
        """On the keyboard, wherever it is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def paste(self, text: str) -> None:
        """Into the field for a seal's text, and checks it."""
        if self.find("details").get_attribute("open") is None:
            self.click("summary")
        field = self.find("#text")
        field.clear()
        self.driver.execute_script("arguments[0].value = arguments[1]", field, text)  # as a paste does: at once
        self.ask(lambda: self.click("form button"))

    def choose(self, file: Path) -> None:
        self.ask(lambda: self.find("#picture").send_keys(str(file)))

    def ask(self, deed: Callable[[], None]) -> None:
        """Does it, and waits for the verdict that comes of it."""
        self.driver.execute_script("document.getElementById('result').hidden = true; document.getElementById('verdict').textContent = ''")
        deed()
        self.until(lambda: self.find("#result").is_displayed() and self.verdict)

    @property
    def verdict(self) -> str:
        return self.find("#verdict").text

    @property
    def kind(self) -> str:
        return self.find("#result").get_attribute("data-kind") or ""

    @property
    def deed(self) -> str:
        return self.find("#deed").text

    @property
    def facts(self) -> list[tuple[str, str]]:
        rows = "return [...document.querySelectorAll('#facts tr')].map(row => [...row.cells].map(cell => cell.textContent))"
        return [(row[0], row[1] if len(row) > 1 else "") for row in self.driver.execute_script(rows)]

    def complaints(self) -> list[str]:
        """What the browser's console has said since the page was opened: a policy that was broken, an error in a script."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def requests(self) -> list[dict[str, Any]]:
        """Every request since the page was opened."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"]["request"] for event in events if event["method"] == "Network.requestWillBeSent"]


def start(*arguments: str) -> Browser:
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (
        "--headless=new",
        "--no-sandbox",  # tests run as root
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--window-size=900,1400",
        "--lang=ja",
        *arguments,
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    return Browser(Chrome(options, ChromeService(str(DRIVER))))


def _must_be_there() -> None:
    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip("Chromium and its driver are not installed (Debian: chromium chromium-driver)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    _must_be_there()
    running = start()
    yield running
    running.driver.quit()


@pytest.fixture
def browser_with() -> Iterator[Callable[..., Browser]]:
    """Another one, started with arguments of its own."""
    _must_be_there()
    running: list[Browser] = []

    def begin(*arguments: str) -> Browser:
        running.append(start(*arguments))
        return running[-1]

    yield begin
    for each in running:
        each.driver.quit()


@pytest.fixture
def serve(network: Any) -> Callable[..., Any]:
    """serve(deed, before=story, visitors=None): see `with_page`."""
    return lambda deed, before=None, visitors=None: with_page(network, deed, before, visitors)
