"""本籍 and 筆頭者 stay in the home town's register: words planted there are in no message between any two members of the network, in no
node's file or log, in nothing the terminal keeps, and not on the paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from hardware.simulated.printer_paper import picture
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import KIOSK
from jukinet.lab.run import Lab
from jukinet.messages import Extract, Issue
from jukinet.node.register import change, household_of
from jukinet.node.storage.open import File, open_store
from jukinet.tls import TlsFiles
from kiosk.document.dates import japanese
from kiosk.document.fields import values_of
from kiosk.document.fonts import Fonts
from kiosk.document.form import read_form, words_of
from kiosk.settings import load_settings
from tests.conftest import WithCards
from tests.jukinet.open_line import OpenLine, unpacked
from tests.jukinet.toxic import ToxicLines
from tests.jukinet.visits import lead, now, ports_of
from tests.kiosk.document.conftest import Eye
from tests.kiosk.document.test_pictures import has_japanese, plain, recognised
from tests.kiosk.flows.conftest import HOME, TO_PERSONS, TOWN, Bench, Network

PLANTED = {"domicile": "島根県隠岐郡雪見台30番地", "family_head": "鷲尾　譲葉"}
EVERYTHING = (
    "tap persons.all\ntap persons.next\ntap items.relationship\ntap items.my_number\ntap items.resident_code\n"
    "tap items.next\ntap copies.next\n"
)

AT_HOME_ONLY = {f"nodes/{HOME}/register.db", f"nodes/{HOME}/register.db-wal", f"nodes/{HOME}/register.db-shm"}


@dataclass
class Overheard:
    bench: Bench
    paths: LabPaths
    network: Network
    lines: dict[tuple[str, str], OpenLine]
    told: list[str]  # what of the household may be told, and must have been heard


@pytest.fixture(scope="module")
def overheard(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Overheard]:
    """A lab in which every line is overheard, and hanako's household has words in its record that are nowhere else."""
    paths = prepare(with_cards(tmp_path_factory.mktemp("lab")), 20, 1, now())
    names = planted(paths)
    ports = ports_of(paths)

    def files(folder: Path) -> TlsFiles:
        return TlsFiles(folder / "cert.pem", folder / "key.pem", paths.root / "ca" / "ca.pem")

    with ToxicLines() as loop:
        pairs = permutations(ports, 2)
        lines = {
            (asker, asked): OpenLine(loop, asked, ports[asked], files(paths.node(asker)), files(paths.node(asked)))
            for asker, asked in pairs
        }
        lead(paths, {pair: line.url for pair, line in lines.items()})
        own = OpenLine(loop, TOWN, ports[TOWN], files(paths.kiosk(KIOSK)), files(paths.node(TOWN)))
        with Lab(paths):
            settings = load_settings(paths.kiosk_settings)
            settings = msgspec.structs.replace(settings, network=msgspec.structs.replace(settings.network, urls=(own.url,)))
            bench = Bench(settings, tmp_path_factory.mktemp("state"), "simulated:custom-vkp80?baud=0")
            yield Overheard(bench, paths, Network(paths.kiosk_settings), {**lines, (KIOSK, TOWN): own}, names)
            bench.close()


def planted(paths: LabPaths) -> list[str]:
    store = open_store(paths.node(HOME) / "register.db", File.REGISTER)
    household = store.read_now(lambda connection: household_of(connection, HOME, 1))
    for person in household:
        store.write_now(lambda connection, person=person: change(connection, HOME, person.id, "訂正", "2026-11-01", **PLANTED) and None)
    store.close()
    return [person.name for person in household]


def test_the_register_is_the_only_place(overheard: Overheard, tmp_path: Path) -> None:
    bench, words = overheard.bench, [word.encode() for word in PLANTED.values()]
    bench.follow(TO_PERSONS + EVERYTHING + "see confirm\ntap confirm.yes\nsee take_card", case="hanako")
    visit = bench.terminal.conductor.session.visit
    assert visit is not None
    assert visit.extract is not None
    assert visit.issue is not None
    (page,) = bench.terminal.conductor.desk.composer.copy(visit.extract, visit.issue, 0)
    said = "\n".join(Eye(Fonts()).lines(page, [*written_there(visit.extract, visit.issue), *PLANTED.values()]))
    bench.follow("pull\nsee take_paper\ntake\nsee receipt\ntap receipt.no\nsee goodbye")
    overheard.network.settled(bench.record.visit, "printed")

    # On the lines: the names were heard, so what was not heard was not said.
    heard = {pair: unpacked(bytes(line.heard)) for pair, line in overheard.lines.items()}
    for pair in ((KIOSK, TOWN), (TOWN, HOME)):
        assert all(name.encode() in heard[pair] for name in overheard.told)
    assert {pair for pair, said in heard.items() if len(said) > 1000} >= {(TOWN, "centre"), (HOME, "21"), (TOWN, "21"), ("21", "centre")}
    assert [pair for pair, said in heard.items() if any(word in said for word in words)] == []

    # In files: of nodes, their logs, the terminal's state and its log.
    found = {str(path.relative_to(overheard.paths.root)) for path in files_with(overheard.paths.root, words)}
    assert found
    assert found <= AT_HOME_ONLY
    assert list(files_with(bench.settings.path(bench.settings.paths.state), words)) == []
    assert not any(word.decode() in bench.logged.getvalue() for word in words)

    # On the paper: cell by cell, and as somebody else reads it.
    assert all(name in said for name in overheard.told)
    assert not any(word in said for word in PLANTED.values())
    if has_japanese():
        seen = plain(recognised(picture(bench.papers[-1].bitmap).convert("L"), tmp_path / "paper.png"))
        assert any(plain(name) in seen for name in overheard.told)
        assert not any(word in seen for word in ("雪見台", "隠岐", "鷲尾", "譲葉"))


def written_there(extract: Extract, issue: Issue) -> Iterator[str]:
    """All that may stand on the copy, and more: what of it does, is what the test reads."""
    yield from words_of(read_form("wide_area"))
    yield msgspec.json.encode([extract, issue]).decode()
    for person in extract.persons:
        yield from (value for value in values_of(person).values() if value)
    yield japanese(issue.date) + "*"


def files_with(folder: Path, words: list[bytes]) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and any(word in unpacked(path.read_bytes()) for word in words):
            yield path
