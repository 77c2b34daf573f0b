"""`jukinet register`, `backup` and `restore` as they are typed, on the files of a node and on a server."""

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.lab import layout

TOWN, NODE = "21361", "nodes/21361"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lab")
    layout.prepare(root, 60, 3, datetime.now(UTC))
    return root


Jukinet = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def jukinet(lab: Path, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Jukinet]:
    """jukinet("register", "export", …): with the settings of a node whose databases are empty."""
    settings = lab / NODE / f"{request.node.name}.toml".replace("/", "-")
    text = (lab / NODE / "node.toml").read_text().replace('data = "."', f'data = "{tmp_path}"')

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        """In this process: Python need not start each time. `register_csv` is made by the command as it is typed."""
        command = [*map(str, arguments), "--settings", str(settings)]
        done = CliRunner().invoke(app, command)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)

    if request.param == "sqlite":
        settings.write_text(text)
        yield run
        return
    with request.getfixturevalue("postgresql").database() as url:
        settings.write_text(text.replace("[node]\n", f'[node]\nstorage = "{url}"\n'))
        yield run


@pytest.fixture
def register_csv(lab: Path, tmp_path: Path) -> Path:
    """Of the lab's own register."""
    file, settings = tmp_path / "lab.csv", lab / NODE / "node.toml"
    command = [sys.executable, "-m", "jukinet", "register", "export", str(file), "--town", TOWN, "--settings", str(settings)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("60 residents\n", "")
    return file


def test_in_out_backup_and_back(jukinet: Jukinet, register_csv: Path, tmp_path: Path) -> None:
    done = jukinet("register", "import", register_csv, "--town", TOWN)
    assert (done.stdout, done.stderr) == ("60 lines: 60 added, 0 changed, 0 as they were\n", "")
    assert jukinet("register", "import", register_csv, "--town", TOWN).stdout == "60 lines: 0 added, 0 changed, 60 as they were\n"

    assert jukinet("register", "export", tmp_path / "out.csv", "--town", TOWN).stdout == "60 residents\n"
    assert (tmp_path / "out.csv").read_bytes() == register_csv.read_bytes()
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600

    assert jukinet("backup", tmp_path / "monday").stdout.startswith("60 lines of history")
    text = register_csv.read_text(encoding="utf-8").replace(",記載,", ",職権修正,")
    (tmp_path / "new.csv").write_text(text, encoding="utf-8")
    assert jukinet("register", "import", tmp_path / "new.csv", "--town", TOWN).stdout == "60 lines: 0 added, 60 changed, 0 as they were\n"
    done = jukinet("restore", tmp_path / "monday")
    assert "60 lines of history; the issue log stayed" in done.stdout
    jukinet("register", "export", tmp_path / "again.csv", "--town", TOWN)
    assert (tmp_path / "again.csv").read_bytes() == register_csv.read_bytes()

    verdict = jukinet("audit", "verify")
    assert "DOES NOT HOLD" not in verdict.stdout
    assert verdict.returncode == 0


@pytest.mark.parametrize("jukinet", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("register", "import", "gone.csv", "--town", TOWN), "gone.csv: cannot be read"),
        (("register", "import", "lab.csv", "--town", "21202"), "this node keeps 21361, not 21202"),
        (("register", "import", "wrong.csv", "--town", TOWN), "line 3: 性別: one of 男、女、空欄 is required\nnothing was taken in"),
        (("register", "export", "lab.csv", "--town", TOWN), "lab.csv: is there already"),
        (("register", "export", "no/such/folder.csv", "--town", TOWN), "No such file or directory"),
        (("backup", "lab.csv"), "lab.csv: is there already"),
        (("restore", "lab.csv"), "a backup made by this program is required"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    jukinet: Jukinet, register_csv: Path, tmp_path: Path, arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = register_csv.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[2].split(",")
    cells[15] = "？"
    Path("wrong.csv").write_text("".join([*lines[:2], ",".join(cells), *lines[3:]]), encoding="utf-8")
    done = jukinet(*arguments)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_name_a_server_wrongly(lab: Path) -> None:
    settings = lab / NODE / "wrong.toml"
    text = (lab / NODE / "node.toml").read_text()
    for line, says in (
        ('storage = "postgresql+psycopg://u:secret-word@localhost/juki"', "node.storage: a password does not belong"),
        ('storage = "mysql://localhost/juki"', "node.storage: an address as postgresql"),
        ('storage = "postgresql+psycopg://u@db.example/juki"', "verify-full"),
        ('storage = "postgresql+psycopg://u@localhost/juki"\nstorage_password = "gone"', "node.storage_password: "),
    ):
        settings.write_text(text.replace("[node]\n", f"[node]\n{line}\n"))
        command = [sys.executable, "-m", "jukinet", "backup", "file", "--settings", str(settings)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 1
        assert says in done.stderr
        assert "secret-word" not in done.stderr
        assert done.stdout == ""
