"""The real stack: our reader class and OpenSC over pcscd, vpcd and a simulated card.

pyscard knows one pcscd, so the cases of `pcsc_cases.py` run as a whole inside a private one; what OpenSC thinks is asked from here.
"""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hardware.simulated.card_maker import Identities
from hardware.simulated.pcsc_lab import missing

HERE = Path(__file__).parent
NEEDS = missing()
pytestmark = [pytest.mark.pcsc, pytest.mark.skipif(bool(NEEDS), reason=NEEDS)]


def lab(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hardware.simulated", "pcsc-lab", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=100, check=False)


def test_our_reader_over_the_real_pcscd() -> None:
    cases = str(HERE / "pcsc_cases.py")
    ran = lab("--", sys.executable, "-m", "pytest", "-p", "no:cacheprovider", cases, folder=HERE.parents[2])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "passed" in ran.stdout
    assert "skipped" not in ran.stdout


def opensc_module() -> str:
    (path,) = Path("/usr/lib").glob("*/opensc-pkcs11.so")
    return str(path)


OPENSC = r"""
set -e
opensc-tool -r 0 -n
pkcs15-tool -r 0 --list-certificates | grep -c '^X.509 Certificate'
pkcs15-tool -r 0 --read-certificate 1 -o auth.pem
pkcs15-tool -r 0 --verify-pin --auth-id 02 --pin ABC123 --read-certificate 2 -o sign.pem
openssl x509 -inform DER -in hanako/auth-ca.der -out anchor.pem
openssl verify -no_check_time -x509_strict -CAfile anchor.pem auth.pem
openssl x509 -in auth.pem -noout -pubkey -out auth.pub
pkcs15-crypt -r 0 --sign --key 1 --pin 1234 --pkcs1 --sha-256 -f openssl -i digest -o signature
openssl dgst -sha256 -verify auth.pub -signature signature message
pkcs11-tool --module MODULE --slot 0 --login --pin 1234 --sign -m SHA256-RSA-PKCS --id 01 -i message -o signature-11
openssl dgst -sha256 -verify auth.pub -signature signature-11 message
pkcs15-tool -r 0 --verify-pin --auth-id 01 --pin 0000 || echo refused
"""

LOCKED = r"""
set -e
pkcs15-tool -r 0 --read-certificate 1 -o auth.pem
for pin in 0000 1111 2222; do pkcs15-tool -r 0 --verify-pin --auth-id 01 --pin $pin || echo refused; done
pkcs15-tool -r 0 --verify-pin --auth-id 01 --pin 1234 || echo refused
pkcs15-crypt -r 0 --sign --key 1 --pin 1234 --pkcs1 --sha-256 -i digest -o signature || echo refused
pkcs15-tool -r 0 --read-certificate 1 -o again.pem
cmp auth.pem again.pem && echo same
"""


def test_opensc_takes_the_card_for_jpki(folder: Path, identities: Identities) -> None:
    root = folder.parent
    (root / "message").write_bytes(b"a message")
    (root / "digest").write_bytes(hashlib.sha256(b"a message").digest())
    ran = lab("--card", str(folder), "--", "sh", "-c", OPENSC.replace("MODULE", opensc_module()), folder=root)
    said = ran.stdout.split()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert said[:2] == ["jpki", "4"]
    assert "auth.pem: OK" in ran.stdout
    assert ran.stdout.count("Verified OK") == 2
    assert said[-1] == "refused"
    assert (root / "sign.pem").stat().st_size > 500
    assert '"left": 2' in (folder / "state.json").read_text()


def test_opensc_locks_the_card_and_the_right_pin_is_then_refused_too(folder: Path) -> None:
    root = folder.parent
    (root / "digest").write_bytes(hashlib.sha256(b"a message").digest())
    ran = lab("--card", str(folder), "--", "sh", "-c", LOCKED, folder=root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.split().count("refused") == 5
    assert ran.stdout.split()[-1] == "same"  # the certificate is read without a PIN, locked or not
    assert '"left": 0' in (folder / "state.json").read_text()
    assert not (root / "signature").exists()


def test_the_commands_status_comes_out(tmp_path: Path) -> None:
    assert lab("--", "sh", "-c", "exit 7", folder=tmp_path).returncode == 7
    ran = lab("--", "no-such-command", folder=tmp_path)
    assert ran.returncode == 127
    assert "Traceback" not in ran.stderr


def test_without_root_it_says_so(tmp_path: Path) -> None:
    """In a user namespace without a map nobody is root."""
    command = ["unshare", "--user", "--", sys.executable, "-m", "hardware.simulated", "pcsc-lab", "--", "true"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    if "unshare failed" in ran.stderr:
        pytest.skip("no user namespaces here")
    assert ran.returncode == 2
    assert ran.stderr.strip().startswith("pcsc-lab: must be run as root")
    assert len(ran.stderr.strip().splitlines()) == 1


def test_three_cards_do_not_fit(folder: Path) -> None:
    ran = lab("--kind", "juki", "--card", str(folder), "--card", str(folder), "--", "true", folder=folder)
    assert ran.returncode == 2
    assert "2 slots" in ran.stderr


def test_a_lab_that_is_ended_leaves_nothing_running(tmp_path: Path) -> None:
    """The command holds a pipe open for as long as it lives."""
    command = [sys.executable, "-m", "hardware.simulated", "pcsc-lab", "--", "sh", "-c", "trap '' TERM; echo in; sleep 60"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == b"in\n"
    began = time.monotonic()
    process.terminate()
    assert process.stdout.read() == b""
    process.wait()
    process.stdout.close()
    assert time.monotonic() - began < 5
