"""`make bench-card`: a card through the real pcscd and vpcd, by our driver and by OpenSC's tools, in one run.

Ours is measured from the watch seeing the card to its signature checked: connect, kind, certificate, tries, PIN, signature, verification.
What the simulated card itself took (its RSA above all) is told apart: it is the card's, not ours. OpenSC's tools do the same each in a
process of its own; what a process costs to start is shown beside them.

Runs inside a private pcscd: `python -m hardware.simulated pcsc-lab -- python tests/bench/card.py`.
"""

import hashlib
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hardware.card import jpki
from hardware.card.pcsc import PcscReader
from hardware.interfaces import Media, ReaderLevel
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_maker import Identities, make_card, make_identities
from hardware.simulated.pcsc_lab import ADDRESS_VARIABLE, READER
from hardware.simulated.vpcd import VpcdSlot, address

RUNS = 40
MESSAGE = b"a nonce"
MODULE = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
# SELECT the application; the token's name; the certificate in pieces of 256 bytes; tries; PIN; signature. Nothing of it can go: 9000 to a
# SELECT does not tell which card it is, and the tries must be known before one is spent.
LEAST = "1 SELECT + 1 READ (kind) + {reads} READ (certificate of {length} bytes, 256 at most each) + 1 tries + 1 VERIFY + 1 SIGN"


class Timed:
    """What the card takes by itself, and the traffic."""

    def __init__(self, card: SimulatedCard) -> None:
        self.card, self.seconds, self.commands = card, 0.0, 0
        command = card.command

        def timed(data: bytes) -> bytes:
            began = time.perf_counter()
            answer = command(data)
            self.seconds += time.perf_counter() - began
            self.commands += 1
            return answer

        card.command = timed  # type: ignore[method-assign]


def visit(reader: PcscReader) -> bytes:
    connection = reader.connect()
    jpki.identify(connection)
    certificate = jpki.read_certificate(connection)
    jpki.tries_left(connection)
    jpki.verify(connection, bytearray(b"1234"))
    signature = jpki.sign(connection, hashlib.sha256(MESSAGE).digest())
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    connection.close()
    return certificate


def ours(slot: VpcdSlot, identities: Identities, **ways: bool) -> tuple[list[float], list[float], int, bytes]:
    """Seconds in all, seconds of ours, commands, and the certificate."""
    seen: queue.Queue[ReaderLevel] = queue.Queue()
    reader = PcscReader(READER)
    reader.watch(seen.put)
    whole, own, commands, certificate = [], [], 0, b""
    for _ in range(RUNS):
        timed = Timed(make_card(now=datetime.now(UTC), identities=identities))
        assert slot.insert(timed.card)
        while seen.get(timeout=10).media is not Media.PRESENT:
            pass
        before, timed.seconds, timed.commands = time.perf_counter(), 0.0, 0
        certificate = visit(reader)
        whole.append(time.perf_counter() - before)
        own.append(whole[-1] - timed.seconds)
        commands = timed.commands
        slot.pull()
        while seen.get(timeout=10).media is not Media.NONE:
            pass
    reader.close()
    return whole, own, commands, certificate


def theirs(slot: VpcdSlot, identities: Identities, steps: Callable[[Path], list[list[str]]]) -> tuple[float, int]:
    """Median seconds of the tools one after the other, and their commands."""
    times, commands = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "message").write_bytes(MESSAGE)
        (folder / "digest").write_bytes(hashlib.sha256(MESSAGE).digest())
        for _ in range(max(3, RUNS // 8)):
            timed = Timed(make_card(now=datetime.now(UTC), identities=identities))
            assert slot.insert(timed.card)
            time.sleep(0.3)  # pcscd must have seen it: its tools do not wait
            began, timed.commands = time.perf_counter(), 0
            for step in steps(folder):
                subprocess.run(step, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
            times.append(time.perf_counter() - began)
            commands = timed.commands
            slot.pull()
    return statistics.median(times), commands


def pkcs15(folder: Path) -> list[list[str]]:
    return [
        ["pkcs15-tool", "-r", "0", "--read-certificate", "1", "-o", "auth.pem"],
        ["pkcs15-crypt", "-r", "0", "--sign", "--key", "1", "--pin", "1234", "--pkcs1", "--sha-256", "-i", "digest", "-o", "signature"],
    ]


def pkcs11(folder: Path) -> list[list[str]]:
    tool = ["pkcs11-tool", "--module", MODULE, "--slot", "0", "--login", "--pin", "1234"]
    return [[*tool, "--sign", "-m", "SHA256-RSA-PKCS", "--id", "01", "-i", "message", "-o", "signature"]]


def main() -> None:
    slot = VpcdSlot(*address(os.environ[ADDRESS_VARIABLE]))
    identities = make_identities(datetime.now(UTC))
    whole, own, commands, certificate = ours(slot, identities)
    middle = statistics.median(whole)
    typer.echo(
        f"ours, median of {RUNS}: {middle * 1000:.1f} ms in all, {statistics.median(own) * 1000:.1f} ms of it ours (the card's apart)"
    )
    typer.echo(f"  worst {max(whole) * 1000:.1f} ms; {commands} commands")
    typer.echo("  least possible: " + LEAST.format(reads=-(-len(certificate) // 256), length=len(certificate)))
    start = time.perf_counter()
    subprocess.run(["opensc-tool", "--version"], check=True, stdout=subprocess.DEVNULL)
    start = time.perf_counter() - start
    for name, steps in (("pkcs15-tool + pkcs15-crypt", pkcs15), ("pkcs11-tool --sign", pkcs11)):
        seconds, asked = theirs(slot, identities, steps)
        typer.echo(f"OpenSC {name}: {seconds * 1000:.0f} ms, {asked} commands; {seconds / middle:.1f} times ours", nl=False)
        typer.echo(f" ({start * 1000:.0f} ms of each process are its start)")


if __name__ == "__main__":
    sys.exit(main())
