"""`make bench-network`: an issue at a node and at a plain FastAPI service, in one run, on the same questions.

The question for the issue alone, µs of CPU of the process that answers it. The home town's node is stopped meanwhile, so that no notice is
sent by the node: the rival sends none. A bare aiohttp question over the same TLS is shown beside them, as the measure of the machine: the
figures of docs/load.md are told in it, too.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import typer
from aiohttp import web
from plain_service import make_database

from jukinet.bench.load import Ask, Question, Terminals
from jukinet.bench.machine import cpu_of, facts, keep_on
from jukinet.bench.town import LoadedTown, make_town
from jukinet.lab.network import HOME_TOWN, KIOSK_TOWN
from jukinet.lab.run import Lab
from jukinet.node.settings import load
from jukinet.tls import OPENSSL, TlsFiles, door_context

AT_ONCE = 32
BEFORE = (Question.NONCE, Question.HOUSEHOLD, Question.EXTRACT)
BAR = 3.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def bare(root: Path, port: int) -> None:
    """Reads a question, answers 800 bytes."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=b"x" * 800, content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/issues", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    node = root / "nodes" / KIOSK_TOWN.code
    await web.TCPSite(
        runner, "127.0.0.1", port, ssl_context=door_context(TlsFiles(node / "cert.pem", node / "key.pem", root / "ca" / "ca.pem"))
    ).start()
    await asyncio.Event().wait()


async def ask(town: LoadedTown, pid: int, port: int, asks: list[list[Ask]]) -> list[float]:
    """µs of CPU a question, one for each round; the first round is for warming up."""
    keep_on(pid, 0)
    costs = []
    async with Terminals(town, f"https://127.0.0.1:{port}", AT_ONCE) as terminals:
        for round_ in asks:
            before = cpu_of(pid)
            await terminals.ask_all(Question.ISSUE, round_)
            costs.append((cpu_of(pid) - before) / len(round_) * 1e6)
    return costs[1:]


async def until_open(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def beside(town: LoadedTown, command: list[str], port: int, asks: list[list[Ask]]) -> list[float]:
    process = subprocess.Popen([sys.executable, *command, str(port)])
    try:
        await until_open(port)
        return await ask(town, process.pid, port, asks)
    finally:
        process.terminate()
        process.wait()


async def compare(lab: Lab, town: LoadedTown, visits: int, rounds: int, work: Path) -> dict[str, list[float]]:
    own = load(town.paths.node_settings(KIOSK_TOWN.code)).listen[0][1]
    asks = []
    async with Terminals(town, f"https://127.0.0.1:{own}", AT_ONCE) as terminals:
        for _ in range(rounds + 1):
            some = terminals.visits(visits)
            for question in BEFORE:
                await terminals.ask_all(question, terminals.asks(question, some))
            asks.append(terminals.asks(Question.ISSUE, some))
    lab.kill(HOME_TOWN.code)
    database = work / "plain.db"
    make_database(database, [(each.visit.id, each.visit.kiosk, each.visit.nonce) for round_ in asks for each in round_])
    here, root = Path(__file__).parent, str(town.paths.root)
    plain = [str(here / "plain_service.py"), str(database), root, KIOSK_TOWN.code, KIOSK_TOWN.name, HOME_TOWN.code]
    return {
        "node": await ask(town, lab.pid(KIOSK_TOWN.code), own, asks),
        "FastAPI, pydantic, ORM, uvicorn": await beside(town, plain, free_port(), asks),
        "bare aiohttp": await beside(town, [str(here / "network.py"), "--serve-bare", root], free_port(), asks),
    }


def main(folder: Path = Path("build/bench"), visits: int = 400, rounds: int = 3) -> None:
    town = make_town(folder, 10_000, AT_ONCE, "", datetime.now(UTC))
    print("\n".join(facts(OPENSSL)))
    with Lab(town.paths) as lab, tempfile.TemporaryDirectory(dir=folder) as work:
        costs = asyncio.run(compare(lab, town, visits, rounds, Path(work)))
    for name, each in costs.items():
        print(f"{name:34} {statistics.median(each):8,.0f} µs of CPU an issue, best {min(each):,.0f}")
    ours, theirs, unit = (statistics.median(each) for each in costs.values())
    print(f"the node takes {ours / unit:.1f} bare questions; the plain service {theirs / ours:.2f} times as much as the node (aim: {BAR})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve-bare"]:
        asyncio.run(bare(Path(sys.argv[2]), int(sys.argv[3])))
    else:
        app = typer.Typer(pretty_exceptions_enable=False)
        app.command()(main)
        app()
