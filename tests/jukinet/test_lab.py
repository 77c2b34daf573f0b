"""The lab: made once, run as four processes, and a whole visit through it with a card of its own."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product, repeat
from pathlib import Path
from random import Random
from threading import Barrier, Event, Thread
from time import monotonic
from typing import TextIO, TypeVar
from urllib.parse import urlsplit
from urllib.request import urlopen

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.client import Line, RegisterClient
from jukinet.errors import Kind, Problem, SettingsError, WrongAnswer
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import NODES
from jukinet.lab.run import Lab
from jukinet.messages import CardProof, ExtractAsk, HouseholdAsk, Issue, IssueAsk, IssueStatus, Item, OutcomeReport, Result, proof_message
from jukinet.signing import AnswerKey, digest, open_directory, sign_directory
from jukinet.tls import Limit, NodeLink, TlsFiles, line_context

RESIDENTS, SEED = 40, 1

T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> LabPaths:
    """A lab that is never run: RSA keys for all its cards take seconds, so the others are copies of it."""
    return prepare(tmp_path_factory.mktemp("lab"), RESIDENTS, SEED, now())


@pytest.fixture(scope="module")
def lab(paths: LabPaths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(copy(paths, tmp_path_factory.mktemp("running"))) as lab:
        yield lab


def copy(paths: LabPaths, folder: Path) -> LabPaths:
    shutil.copytree(paths.root, folder, dirs_exist_ok=True)
    return prepare(folder, RESIDENTS, SEED, now())


@dataclass
class Kiosk:
    """A kiosk of the lab with a card in its slot."""

    paths: LabPaths
    case: str
    visit: str
    urls: list[str] | None = None

    def __post_init__(self) -> None:
        table = tomllib.loads(self.paths.kiosk_settings.read_text())["network"]
        root = self.paths.root
        self.town, self.name = table["town"], table["kiosk"]
        files = [root / table[key] for key in ("certificate", "key", "ca")]
        self.client = RegisterClient(Line(self.urls or table["urls"], *files, self.town, self.name, root / table["directory_key"]), now)
        self.certificate = (self.paths.cards / self.case / "auth.der").read_bytes()
        self.card = digest(self.certificate)
        self.nonce = b""

    def prove(self, seconds: float = 10) -> None:
        self.nonce = self.client.nonce(self.visit, seconds)
        key = load_pem_private_key((self.paths.cards / self.case / "auth.key.pem").read_bytes(), None)
        signature = key.sign(proof_message(self.visit, self.nonce, self.name), PKCS1v15(), SHA256())
        self.proof = CardProof(certificate=self.certificate, signature=signature)

    def _who(self) -> dict[str, object]:
        return {"visit": self.visit, "nonce": self.nonce, "town": self.town, "kiosk": self.name}

    def household(self):
        return self.client.household(HouseholdAsk(**self._who(), proof=self.proof), self.card, 10)

    def extract(self, persons: list[int], items: list[Item], seconds: float = 10):
        return self.client.extract(ExtractAsk(**self._who(), proof=self.proof, persons=persons, items=items), self.card, seconds)

    def issue(self, token: str, copies: int = 1, seconds: float = 10) -> Issue:
        return self.client.issue(IssueAsk(**self._who(), extract=token, copies=copies), self.card, seconds)


def kiosk(paths: LabPaths, case: str, number: int, urls: list[str] | None = None) -> Kiosk:
    return Kiosk(paths, case, f"01J{number:023d}", urls)


def test_everything_is_there_and_nodes_start_from_it(paths: LabPaths) -> None:
    for node in NODES:
        there = {path.name for path in paths.node(node.code).iterdir()}
        assert {"node.toml", "cert.pem", "key.pem", "answer.jwk.json", "seal.pem"} <= there
    for private in paths.root.rglob("*key*.pem"):
        if "cards" not in private.parts:
            assert private.stat().st_mode & 0o077 == 0, private
    assert (paths.cards / "hanako" / "card.toml").is_file()
    assert any((paths.root / "jpki" / "anchors").glob("*.pem"))


def test_a_second_run_reuses_what_is_there(paths: LabPaths) -> None:
    def contents() -> dict[Path, bytes]:
        made = [path for path in paths.root.rglob("*") if path.is_file() and path.suffix in (".pem", ".der", ".toml", ".json", ".db")]
        return {path: path.read_bytes() for path in made if path.name not in ("state.json", "issue.db")}

    before = contents()
    prepare(paths.root, RESIDENTS, SEED, now())
    assert contents() == before


def test_other_numbers_need_another_folder(paths: LabPaths) -> None:
    with pytest.raises(SettingsError, match=rf"lab\.toml: .*--residents {RESIDENTS} --seed {SEED}"):
        prepare(paths.root, RESIDENTS, SEED + 1, now())


def test_a_port_taken_by_somebody_else_moves_the_lab(paths: LabPaths, tmp_path: Path) -> None:
    paths = copy(paths, tmp_path)
    ports = tomllib.loads((tmp_path / "lab.toml").read_text())["ports"]
    with socket.create_server(("127.0.0.1", ports["21361"])):
        prepare(tmp_path, RESIDENTS, SEED, now())
    made = tomllib.loads((tmp_path / "lab.toml").read_text())
    assert made["version"] == 2
    assert made["ports"]["21361"] != ports["21361"]
    url = tomllib.loads(paths.kiosk_settings.read_text())["network"]["urls"][0]
    assert url.endswith(f":{made['ports']['21361']}")


def test_a_resident_of_one_town_at_a_kiosk_of_another(lab: Lab) -> None:
    visit = kiosk(lab.paths, "hanako", 1)
    assert visit.client.health(10).hours == "open"
    visit.prove()
    household = visit.household()
    assert household.town == "21202"
    numbers = [member.number for member in household.members]
    assert len(numbers) == 3
    extract, token = visit.extract(numbers, [Item.RELATIONSHIP])
    assert extract.whole_household
    assert extract.head is not None
    issue = visit.issue(token, copies=2)
    assert issue.issuer.town == "21361"
    assert len({copy.number for copy in issue.copies}) == 2
    assert visit.issue(token, copies=2) == issue
    report = OutcomeReport(visit=visit.visit, result=Result.PRINTED, copies_printed=2)
    assert visit.client.report(report, 10).status is IssueStatus.PRINTED
    assert visit.client.issue_state(visit.visit, 10).status is IssueStatus.PRINTED
    visit.client.close()
    for code in ("21361", "21202"):
        assert recorded(lab.paths, code, visit.visit) == "printed"
    assert recorded(lab.paths, "21361", "01J00000000000000000000999", patience=1) == ""


def test_a_home_town_that_is_down_and_comes_back(lab: Lab) -> None:
    lab.kill("21202")
    visit = kiosk(lab.paths, "hanako", 2)
    visit.prove()
    with pytest.raises(Problem) as caught:
        visit.household()
    assert (caught.value.kind, caught.value.reason) == (Kind.NOT_TODAY, "home-unreachable")
    lab.restart("21202")
    again = kiosk(lab.paths, "hanako", 3)
    again.prove()
    assert len(again.household().members) == 3
    visit.client.close()
    again.client.close()


def test_an_own_town_killed_in_the_middle_knows_its_issues(lab: Lab) -> None:
    visit = kiosk(lab.paths, "taro", 4)
    visit.prove()
    _, token = visit.extract([visit.household().members[0].number], [])
    issue = visit.issue(token)
    lab.restart("21361")
    assert visit.client.issue_state(visit.visit, 10).status is IssueStatus.ISSUED
    assert visit.issue(token) == issue
    visit.client.close()


def test_killed_under_load_every_visit_is_issued_once(lab: Lab) -> None:
    """Four kiosks' visits with time limits from hopeless to ample, while their town's node is killed again and again. Whoever gets no
    answer asks again, as a kiosk does after a power cut; in the end there is one issue a visit, and no number is missing."""
    chance, visits, quiet, lost = Random(7), 20, Event(), list[str]()

    def until_told(seconds: Iterator[float], ask: Callable[[float], T]) -> T:
        for limit in seconds:
            try:
                return ask(limit)
            except Problem as problem:
                if problem.kind not in (Kind.UNREACHABLE, Kind.DEADLINE):
                    raise
                lost.append(problem.reason)
                quiet.wait(0.05)
        raise AssertionError("no answer")

    def visit(number: int) -> tuple[Kiosk, str, Issue]:
        here, limits = kiosk(lab.paths, "hanako", 1000 + number), [chance.choice((0.004, 0.02, 0.1, 5.0)) for _ in range(400)]
        until_told(repeat(10.0, 200), here.prove)
        _, token = until_told(repeat(10.0, 200), lambda seconds: here.extract([1], [], seconds))
        return here, token, until_told(iter(limits), lambda seconds: here.issue(token, 1, seconds))

    with ThreadPoolExecutor(4) as kiosks:
        pending = [kiosks.submit(visit, number) for number in range(visits)]
        for _ in range(3):
            wait(pending, 0.7, FIRST_COMPLETED)
            lab.restart("21361")
        issued = [future.result(60) for future in pending]
    assert {"no-link", "timeout"} <= set(lost)
    serials = sorted(issue.copies[0].serial for _, _, issue in issued)
    assert serials == list(range(serials[0], serials[0] + visits))
    for here, token, issue in issued:
        assert here.issue(token) == issue
        state = here.client.issue_state(here.visit, 10)
        assert (state.status, state.numbers) == (IssueStatus.ISSUED, [issue.copies[0].number])
        here.client.close()


def test_one_lab_a_folder(lab: Lab) -> None:
    before = lab.paths.kiosk_settings.read_bytes()
    with pytest.raises(SettingsError, match="already runs"):
        prepare(lab.paths.root, RESIDENTS, SEED, now())
    with pytest.raises(SettingsError, match="already runs"):
        Lab(lab.paths).start()
    assert lab.paths.kiosk_settings.read_bytes() == before
    assert lab.died() == []


def test_no_name_in_any_log(lab: Lab) -> None:
    visit = kiosk(lab.paths, "hanako", 5)
    visit.prove()
    names = [member.name for member in visit.household().members]
    visit.client.close()
    for node in NODES:
        log = (lab.paths.node(node.code) / "node.log").read_text(encoding="utf-8")
        assert '"event": "server_ready"' in log
        assert not [name for name in names if name in log]
        assert "Traceback" not in log


# -- as commands ------------------------------------------------------------------------------------------------------


def command(*arguments: object, log: int | TextIO = subprocess.PIPE, **environment: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "jukinet", *map(str, arguments)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | environment)


def recorded(paths: LabPaths, code: str, visit: str, patience: int = 20) -> str:
    """What a node has written down; waits for the notice that takes it to the home town."""
    said = ""
    for _ in range(patience):
        said, _ = command("visit", visit, "--settings", paths.node_settings(code)).communicate(timeout=30)
        if said == "printed\n":
            break
    return said.strip()


def closed(port: int) -> bool:
    """Waits until nobody listens there."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return True
            # Ends when the listener does: nobody who does not speak TLS is kept for long.
            select.select([probe], [], [], 0.05)
    return False


def started(folder: Path, *options: str) -> tuple[subprocess.Popen[str], list[int]]:
    """`jukinet lab`, ready; and the ports of its nodes."""
    process = command("lab", folder, "--residents", RESIDENTS, "--seed", SEED, *options)
    assert process.stdout is not None
    assert process.stdout.readline() == f"ready {folder / 'kiosk.toml'}\n"
    return process, list(tomllib.loads((folder / "lab.toml").read_text())["ports"].values())


def ended(process: subprocess.Popen[str], how: signal.Signals) -> int:
    os.kill(process.pid, how)
    process.communicate(timeout=30)
    return process.returncode


def test_the_command_ends_with_its_nodes(paths: LabPaths, tmp_path: Path) -> None:
    """And says where its towns' pages are, as long as they are there."""
    process, ports = started(copy(paths, tmp_path).root)
    assert process.stdout is not None
    for code in ("21202", "21361"):
        said, page = process.stdout.readline().strip().split(": ")
        assert said == f"verification page of {code}"
        ports.append(urlsplit(page).port or 0)
        with urlopen(page, timeout=20) as answer:
            assert "電子公印の確認" in answer.read().decode()
    assert ended(process, signal.SIGTERM) == 0
    assert all(closed(port) for port in ports)


def test_two_kiosks_at_once_at_a_town_that_mixes_answers_up(paths: LabPaths, tmp_path: Path) -> None:
    """And nodes end with their lab even when it is killed."""
    paths = copy(paths, tmp_path)
    process, ports = started(paths.root, "--swap", "extracts")
    pair = [kiosk(paths, "hanako", 1), kiosk(paths, "taro", 2)]
    for each in pair:
        each.prove()
    numbers = {each.visit: [member.number for member in each.household().members][:1] for each in pair}
    together = Barrier(2)

    def extract(each: Kiosk) -> str:
        together.wait(10)
        try:
            each.extract(numbers[each.visit], [])
        except WrongAnswer as wrong:
            return wrong.field
        finally:
            each.client.close()
        return "a stranger's record"

    with ThreadPoolExecutor(2) as kiosks:
        assert list(kiosks.map(extract, pair)) == ["visit", "visit"]
    assert ended(process, signal.SIGKILL) == -signal.SIGKILL
    assert all(closed(port) for port in ports)


def test_a_node_tells_its_supervisor(paths: LabPaths, tmp_path: Path) -> None:
    """sd_notify(3): what a unit with Type=notify waits for."""
    copied = copy(paths, tmp_path / "lab")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(30)
        process = command("node", "--settings", copied.node_settings("centre"), NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert supervisor.recv(100) == b"READY=1"
        taken = command("node", "--settings", copied.node_settings("centre"))
        _, error = taken.communicate(timeout=30)
        assert taken.returncode == 1
        assert "node.listen: 127.0.0.1:" in error
        assert "Traceback" not in error
        process.terminate()
        assert supervisor.recv(100) == b"STOPPING=1"
        process.communicate(timeout=30)
        assert process.returncode == 0


# -- several towns in one process, what is seen on the wire, and what it costs ------------------------------------------


@pytest.fixture
def shared(paths: LabPaths, tmp_path: Path) -> Iterator[tuple[LabPaths, subprocess.Popen[str]]]:
    """A lab whose two towns share a process; that process. Its log is in towns.log."""
    copied = copy(paths, tmp_path / "lab")
    settings = [option for code in ("21361", "21202") for option in ("--settings", copied.node_settings(code))]
    with (tmp_path / "centre.log").open("w") as centre_log, (tmp_path / "towns.log").open("w") as towns_log:
        nodes = [
            command("node", "--settings", copied.node_settings("centre"), log=centre_log),
            command("node", *settings, log=towns_log),
        ]
        try:
            for node, count in zip(nodes, (1, 2), strict=True):
                for _ in range(count):
                    assert node.stdout is not None
                    assert node.stdout.readline().startswith("ready jukinet://node/")
            yield copied, nodes[1]
        finally:
            for node in nodes:
                node.terminate()
                node.communicate(timeout=30)


def node_link(paths: LabPaths, member: Path, asked: str) -> NodeLink:
    """From whoever has the certificate in this folder."""
    port = tomllib.loads((paths.root / "lab.toml").read_text())["ports"][asked]
    context = line_context(TlsFiles(member / "cert.pem", member / "key.pem", paths.root / "ca" / "ca.pem"), asked)
    return NodeLink(f"https://127.0.0.1:{port}", context, Limit(monotonic, until=monotonic() + 60))


def asked(link: NodeLink, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    link.request(method, path, body)
    answer = link.getresponse()
    return answer.status, answer.read()


def test_two_towns_of_one_process_are_kept_apart(shared: tuple[LabPaths, subprocess.Popen[str]]) -> None:
    paths, _ = shared
    visit = kiosk(paths, "hanako", 1)
    visit.prove()
    household = visit.household()
    assert household.town == "21202"  # from one town to the other, over the network as ever
    extract, token = visit.extract([member.number for member in household.members], [])
    assert visit.issue(token).issuer.town == "21361"
    assert extract.town == "21202"

    # A resident of the kiosk's town is nobody in the other one, though both registers are in the same process.
    own = kiosk(paths, "local", 2)
    own.prove()
    assert own.household().town == "21361"
    ask = msgspec.json.encode(HouseholdAsk(**own._who(), proof=own.proof))
    with closing(node_link(paths, paths.node("21361"), "21202")) as relay:
        status, said = asked(relay, "POST", "/v1/households", ask)
    assert (status, b"card-unknown" in said) == (403, True)

    # The kiosk is of one town only, and whoever calls one town does not get the other.
    with closing(node_link(paths, paths.kiosk("k1"), "21202")) as stray:
        status, said = asked(stray, "GET", "/v1/health")
    assert (status, b"wrong-town" in said) == (403, True)
    ports = tomllib.loads((paths.root / "lab.toml").read_text())["ports"]
    wrong = kiosk(paths, "hanako", 3, urls=[f"https://127.0.0.1:{ports['21202']}"])
    with pytest.raises(Problem) as caught:
        wrong.client.health(5)
    assert (caught.value.kind, caught.value.reason) == (Kind.UNREACHABLE, "no-link")

    for each in (visit, own, wrong):
        each.client.close()
    for code, other in (("21361", "21202"), ("21202", "21361")):
        lines = [json.loads(line) for line in (paths.root.parent / "towns.log").read_text().splitlines()]
        mine = [line for line in lines if line.get("town") == code and line["event"] == "server_exchange"]
        assert mine
        assert not [line for line in mine if line["peer"] == f"jukinet://kiosk/{other}/k1" and line["outcome"] == "ok"]


def test_nodes_of_one_process_have_nothing_in_common(paths: LabPaths) -> None:
    first, other = paths.node_settings("21361"), paths.node("21361") / "other.toml"
    for again, says in ((first, "node.code: the same as in"), (other, "node.data: the same as in")):
        other.write_text(paths.node_settings("21202").read_text())
        result = CliRunner().invoke(app, ["node", "--settings", str(first), "--settings", str(again)])
        assert result.exit_code == 1
        assert says in result.stderr


def test_a_hundred_links_and_what_a_node_takes(shared: tuple[LabPaths, subprocess.Popen[str]]) -> None:
    """120 MB a node; here two share the process, each with 100 links."""
    paths, towns = shared
    with ExitStack() as held:
        for code, peer in product(("21361", "21202"), ("centre", "21")):
            for _ in range(50):
                link = held.enter_context(closing(node_link(paths, paths.node(peer), code)))
                assert asked(link, "GET", "/v1/health")[0] == 200
        status = Path(f"/proc/{towns.pid}/status").read_text()
    assert int(status.partition("VmRSS:")[2].split()[0]) <= 120_000


class Recorder:
    """A TCP relay in the middle of a line: what an eavesdropper has."""

    def __init__(self, port: int) -> None:
        self._to, self.heard, self._ends = port, bytearray(), list[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for here, there in ((near, far), (far, near)):
                    Thread(target=self._pump, args=(here, there), daemon=True).start()

    def _pump(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65536):
                self.heard += data
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        for each in (self._listener, *self._ends):
            each.close()


def test_an_eavesdropper_learns_no_name_and_no_code(shared: tuple[LabPaths, subprocess.Popen[str]]) -> None:
    """Recorders on each line; the nodes learn of them by a newer directory, while they run, at a SIGHUP."""
    paths, towns = shared
    ports = tomllib.loads((paths.root / "lab.toml").read_text())["ports"]
    with ExitStack() as held:
        recorders = {code: held.enter_context(closing(Recorder(port))) for code, port in ports.items()}
        key = AnswerKey.load(paths.root / "ca" / "directory.key.jwk")
        old = open_directory((paths.root / "directory.jws").read_text(), key.public())
        moved = [msgspec.structs.replace(town, urls=[recorders[town.code].url]) for town in old.towns]
        new = msgspec.structs.replace(old, version=old.version + 1, towns=moved, centre_urls=[recorders["centre"].url])
        (paths.root / "directory.jws").write_text(sign_directory(new, key))
        towns.send_signal(signal.SIGHUP)
        with closing(node_link(paths, paths.node("21"), "21361")) as link:
            for _ in range(200):
                if b'"directory":%d' % new.version in asked(link, "GET", "/v1/health")[1]:
                    break
                Event().wait(0.05)
        visit = kiosk(paths, "hanako", 1, urls=[recorders["21361"].url])
        visit.prove()
        numbers = [member.number for member in visit.household().members]
        extract, token = visit.extract(numbers, list(Item))
        visit.issue(token)
        visit.client.close()
        heard = {code: bytes(recorder.heard) for code, recorder in recorders.items()}
    secrets = {visit.visit, "垂井", token[:40], extract.address, *("hanako", "k1", "jukinet://")}
    for person in extract.persons:
        secrets |= {person.name, person.kana, person.birth, person.my_number or "", person.resident_code or ""}
    secrets.discard("")
    assert len(secrets) > 15
    for code in ("21361", "21202", "centre"):
        assert len(heard[code]) > 3000
        assert heard[code].startswith(b"\x16\x03\x01")  # a TLS handshake
        for secret in secrets:
            assert secret.encode() not in heard[code] or len(secret) < 4, secret


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("node", "--settings", "{0}/absent.toml"), "absent.toml: cannot be read"),
        (("node", "--settings", "{0}/bad.toml"), "not TOML"),
        (("lab", "{0}/bad.toml"), "a folder of one's own is required"),
        (("register", "make", "{0}/bad.toml/r.db", "--residents", "5"), "bad.toml"),
    ],
)
def test_mistakes_are_told_in_plain_words(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    (tmp_path / "bad.toml").write_text("[node")
    result = CliRunner().invoke(app, [argument.format(tmp_path) for argument in arguments])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert says in result.stderr
    assert result.stdout == ""


def test_help() -> None:
    said = CliRunner().invoke(app, ["--help"]).stdout
    assert all(word in said for word in ("node", "lab", "register", "visit"))
