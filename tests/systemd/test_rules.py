"""Device rules, card reader rights, settings folders."""

import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"

# -- udev -------------------------------------------------------------------------------------------------------------

# udev(7). What matches, what assigns, and the operators each takes.
MATCHES = {"ACTION", "KERNEL", "SUBSYSTEM", "ENV", "ATTR", "TAG", "KERNELS", "SUBSYSTEMS", "DRIVERS", "ATTRS", "TAGS"}
ASSIGNS = {"NAME", "SYMLINK", "OWNER", "GROUP", "MODE", "ATTR", "ENV", "TAG", "LABEL", "GOTO", "OPTIONS"}
WITH_ATTRIBUTE = {"ENV", "ATTR", "ATTRS"}
TOKEN = re.compile(r'(?P<key>[A-Z]+)(?:\{(?P<attribute>[^}]+)\})?(?P<operator>==|!=|\+=|-=|:=|=)"(?P<value>[^"]*)"')

Token = tuple[str, str | None, str, str]


def rules() -> list[list[Token]]:
    """Each rule as its tokens; fails on a line that is not made of them."""
    lines = [line for line in (FOLDER / "60-kiosk.rules").read_text().splitlines() if line and not line.startswith("#")]
    parsed = []
    for line in lines:
        tokens = [TOKEN.fullmatch(part) for part in re.split(r",\s+", line)]
        assert all(tokens), line
        parsed.append([(token["key"], token["attribute"], token["operator"], token["value"]) for token in tokens if token])
    return parsed


def test_every_rule_is_keys_operators_and_quoted_values() -> None:
    for rule in rules():
        for key, attribute, operator, _ in rule:
            assert key in (MATCHES if operator in {"==", "!="} else ASSIGNS), rule
            assert (attribute is not None) == (key in WITH_ATTRIBUTE), rule


def test_every_jump_leads_forward_to_a_label() -> None:
    labels = {value: at for at, rule in enumerate(rules()) for key, _, _, value in rule if key == "LABEL"}
    jumps = [(at, value) for at, rule in enumerate(rules()) for key, _, _, value in rule if key == "GOTO"]
    assert jumps
    assert all(labels[target] > at for at, target in jumps)
    assert {target for _, target in jumps} == set(labels)


def test_devices_get_stable_names_and_a_group_that_exists(accounts: tuple[set[str], set[str]]) -> None:
    _, groups = accounts
    tokens = [token for rule in rules() for token in rule]
    assert [value for key, _, _, value in tokens if key == "SYMLINK"] == ["kiosk/printer", "kiosk/reader"]
    assert {value for key, _, _, value in tokens if key == "GROUP"} == {"kiosk-serial"} <= groups
    assert {value for key, _, _, value in tokens if key == "MODE"} == {"0660"}


def test_no_property_is_matched_that_is_set_only_later() -> None:
    """60-serial.rules sets a tty's ID_* and comes after us; a USB device's are set by 50-udev-default.rules."""
    for rule in rules():
        reads_properties = any(key == "ENV" and operator in {"==", "!="} for key, _, operator, _ in rule)
        assert not reads_properties or ("SUBSYSTEM", None, "==", "usb") in rule


def test_udev_itself_finds_nothing_to_say() -> None:
    known = subprocess.run(["udevadm", "verify", "--help"], capture_output=True) if shutil.which("udevadm") else None
    if known is None or known.returncode != 0:
        pytest.skip("udevadm verify is in systemd 254 and later")
    verdict = subprocess.run(
        ["udevadm", "verify", "--resolve-names=never", "--no-summary", str(FOLDER / "60-kiosk.rules")], capture_output=True, text=True
    )
    assert (verdict.returncode, verdict.stderr) == (0, "")


# -- polkit -----------------------------------------------------------------------------------------------------------

DUKTAPE = ctypes.util.find_library("duktape")  # the JavaScript engine that polkit runs its rules with

# What polkit offers to a rule, and a place to keep the rule it is given.
POLKIT = 'var rule, polkit = {Result: {YES: "yes", NOT_HANDLED: "not handled"}, addRule: function (given) { rule = given; }};'


def decide(action: str, user: str) -> str:
    """What the rule says when `user` wants `action`."""
    engine = ctypes.CDLL(DUKTAPE)
    engine.duk_create_heap.restype = ctypes.c_void_p
    engine.duk_safe_to_lstring.restype = ctypes.c_char_p
    heap = ctypes.c_void_p(engine.duk_create_heap(None, None, None, None, None))
    script = f'{POLKIT}\n{(FOLDER / "50-kiosk-pcsc.rules").read_text()}\nrule({{id: "{action}"}}, {{user: "{user}"}});'
    # duk_peval_string() of duktape.h: EVAL, SAFE, NOSOURCE, STRLEN, NOFILENAME
    flags = 1 << 3 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11
    engine.duk_eval_raw(heap, script.encode(), ctypes.c_size_t(0), ctypes.c_uint(flags))
    said = engine.duk_safe_to_lstring(heap, -1, None)
    engine.duk_destroy_heap(heap)
    return str(said, "utf-8")


@pytest.mark.skipif(DUKTAPE is None, reason="polkit's JavaScript engine is not installed")
@pytest.mark.parametrize(
    ("action", "user", "answer"),
    [
        ("org.debian.pcsc-lite.access_pcsc", "kiosk", "yes"),
        ("org.debian.pcsc-lite.access_card", "kiosk", "yes"),
        ("org.debian.pcsc-lite.access_card", "jukinet", "not handled"),
        ("org.debian.pcsc-lite.access_pcsc", "nobody", "not handled"),
        ("org.freedesktop.systemd1.manage-units", "kiosk", "not handled"),
        ("org.freedesktop.login1.power-off", "kiosk", "not handled"),
    ],
)
def test_the_kiosk_may_use_readers_and_nothing_else(action: str, user: str, answer: str) -> None:
    assert decide(action, user) == answer


# -- folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("systemd-tmpfiles") is None, reason="needs root and systemd-tmpfiles")
def test_settings_and_keys_are_read_by_their_service_and_written_by_none(machine: Path, accounts: tuple[set[str], set[str]]) -> None:
    for file in ("juki-kiosk/kiosk.toml", "jukinet/21361/node.toml", "jukinet/21361/key.pem", "jukinet/21361/anchors/a.pem"):
        path = machine / "etc" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        path.chmod(0o666)
    subprocess.run(["systemd-tmpfiles", "--create", f"--root={machine}", "kiosk.conf", "jukinet.conf"], check=True, capture_output=True)
    gids = dict(re.findall(r"^([^:]+):[^:]*:(\d+):", (machine / "etc/group").read_text(), flags=re.MULTILINE))
    for file, mode, group in (
        ("juki-kiosk", 0o750, "kiosk"),
        ("juki-kiosk/kiosk.toml", 0o640, "kiosk"),
        ("jukinet/21361", 0o750, "jukinet"),
        ("jukinet/21361/key.pem", 0o640, "jukinet"),
        ("jukinet/21361/anchors", 0o750, "jukinet"),
        ("jukinet/21361/anchors/a.pem", 0o640, "jukinet"),
    ):
        is_now = (machine / "etc" / file).stat()
        assert (is_now.st_mode & 0o777, is_now.st_uid, is_now.st_gid) == (mode, 0, int(gids[group])), file


def test_the_readme_says_where_every_file_goes() -> None:
    table = (FOLDER / "README.md").read_text()
    files = {file.name for file in FOLDER.iterdir()} - {"README.md"}
    assert {file for file in files if f"`{file}`" not in table} == set()
