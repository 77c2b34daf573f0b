"""A place for a node's data of either kind, and for one of them a PostgreSQL server: started on first use, on a Unix socket in a folder of
its own, ended with the run. And the cards of labs, made once a run."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from jukinet.lab.layout import prepare
from jukinet.node.storage.open import File, Place, Server

# A processor that is busy elsewhere for half a second is no fault of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

OWNER = "postgres"  # the Debian package's user: the server refuses to run as root


def _programs() -> Path | None:
    """The newest version's folder of programs; Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    known = shutil.which("initdb")
    return found[-1].parent if found else Path(known).parent if known else None


class PostgreSQLServer:
    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder = programs, folder
        self._numbers = count(1)
        self._as_owner = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as_owner:
            shutil.chown(folder, OWNER, OWNER)
        # Whoever comes in without a password is OWNER; anybody else needs one, so that tests can show where it must not turn up.
        self._run("initdb", "-D", folder / "data", "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync")
        rules = f"local all {OWNER} trust\nlocal all all scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(rules)
        self._process = self._start()

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_owner, str(self._programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)

    def _start(self) -> "subprocess.Popen[bytes]":
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "shared_buffers": "64MB",
            # What a node requires of its server.
            "log_error_verbosity": "terse",
            "log_parameter_max_length": "0",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        # Killed tests must not leave a server behind.
        owner = [*(self._as_owner or ["setpriv"]), "--pdeathsig=INT"]
        log = (self.folder / "log").open("wb")
        command = [*owner, str(self._programs / "postgres"), "-D", str(self.folder / "data"), *options]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        while True:
            try:
                self._run("pg_isready", "-q", "-h", self.folder, "-t", "10")
                return process
            except subprocess.CalledProcessError:
                if process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # at once, cleanly
        self._process.wait(30)

    def restart(self) -> None:
        self.stop()
        self._process = self._start()

    def do(self, statement: str, database: str = OWNER) -> list[tuple[object, ...]]:
        with psycopg.connect(f"host={self.folder} user={OWNER} dbname={database}", autocommit=True) as link:
            cursor = link.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template0") -> str:
        name = f"test_{next(self._numbers)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG")
        return name

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The address of one that is dropped afterwards."""
        name = self.new_database(template)
        yield self.url(name)
        self.do(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, database: str, user: str = OWNER) -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLServer]:
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # not below pytest's: the path of a socket has at most 107 bytes
    server = None
    try:
        server = PostgreSQLServer(programs, folder)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


NewPlace = Callable[..., Place]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewPlace]:
    """new_place(which, node="21361") -> an empty place. On a server all of a test's places are in one database."""
    if request.param == "sqlite":
        yield lambda which, node="21361": tmp_path / f"{which}-{node}.db"
        return
    with ExitStack() as stack:
        url = stack.enter_context(request.getfixturevalue("postgresql").database())
        yield lambda which, node="21361": Server(url, None, which, node)


@pytest.fixture
def place(new_place: NewPlace) -> Place:
    """For issues."""
    return new_place(File.ISSUES)


WithCards = Callable[[Path], Path]


@pytest.fixture(scope="session")
def with_cards(tmp_path_factory: pytest.TempPathFactory) -> WithCards:
    """with_cards(folder) -> the folder with the cards and the card CA of a lab that is still to be laid out there: their RSA keys take as
    long as all the rest. Made by the run's first process that asks."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cards made"

    def lay(folder: Path) -> Path:
        made.mkdir(exist_ok=True)
        with (made / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (made / "lab" / "jpki" / "complete").exists():
                prepare(made / "lab", 20, 1, datetime.now(UTC))
        for part in ("cards", "jpki"):
            shutil.copytree(made / "lab" / part, folder / part, ignore=shutil.ignore_patterns("complete"))
        return folder

    return lay
