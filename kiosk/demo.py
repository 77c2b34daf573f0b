"""`kiosk demo`: one resident's visit from end to end, with the real application, and every result kept for looking at.

Nothing here is told what the result should be: the exit status is 0 only if the printer said that the last band is on paper, both towns'
nodes have the issue as printed, and the picture decoded from the bytes that went to the printer equals the composed pages, dot for dot.
"""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hardware.devices import Devices, open_devices
from hardware.simulated.decoder import decode
from hardware.simulated.look import as_paper
from hardware.simulated.printer_paper import save_png
from hardware.simulated.vpcd import PORT
from jukinet.errors import Problem
from jukinet.messages import IssueStatus
from kiosk.demo_cases import CASES, DemoCase
from kiosk.lab import closed, node_says, running_lab
from kiosk.log import Log
from kiosk.script import Resident, read_script
from kiosk.session.states import State
from kiosk.settings import DeviceSettings, Settings, load_settings
from kiosk.terminal import Terminal, utc_now
from kiosk.timing import Kind
from kiosk.windowed import Screen
from kiosk.words import Words

RESIDENTS = 200
MODEL = "custom-vkp80"
# The town where the invented residents live; the kiosk stands in another.
HOME = "21202"

# An idle terminal takes a topic or a language; the service is chosen after the language.
BEGIN = "see attract\ntap language.{language}\ntap {first}\n"
# What the resident does when the terminal says no.
TURNED_AWAY = """
tap ok
see take_card_back
pull
see goodbye
"""
NO = {State.REFUSED, State.NOT_TODAY}
# States in which nobody but the machine is at work: what no device and no line took there is our own time.
MACHINE = {State.READING, State.PROVING, State.ASKING, State.PREPARING, State.ISSUING, State.PRINTING, State.RECOVERING, State.STOPPING}


@dataclass
class Result:
    printed: bool = False
    towns: bool = False
    equal: bool = False
    ended: bool = False  # as the case should
    numbers: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.printed and self.towns and self.equal


def run_demo(out: Path, seed: int, resident: str, real: bool, language: str, say: Callable[[str], None]) -> int:
    """0 when everything holds, else 1: a copy is printed and everybody knows; any other case ends as it should. Raises KeyError.

    Results in `out`; see `docs/architecture.md` for what each file is.
    """
    words, case = Words("en"), CASES[resident]
    for old in ("screens", "logs"):
        shutil.rmtree(out / old, ignore_errors=True)
    (out / "screens").mkdir(parents=True)
    began = time.perf_counter()

    def progress(key: str, **about: object) -> None:
        say(f"[{time.perf_counter() - began:5.1f} s] {words.text(f'demo.{key}', **about)}")

    progress("network")
    lab = out / ("lab of moves" if case.for_good else "lab")
    if case.for_good:
        shutil.rmtree(lab, ignore_errors=True)
    with running_lab(lab, RESIDENTS, seed) as file, ExitStack() as held:
        settings = _fresh(load_settings(file), case, real)
        if case.home_closed:
            held.enter_context(closed(file.parent, HOME))
        job = bytearray()
        devices = open_devices(
            settings.devices.reader, settings.devices.printer, "none", settings.path(settings.devices.cards), record=job.extend
        )
        progress("kiosk", town=settings.town.name)
        log = held.enter_context((out / "kiosk.log").open("w", encoding="utf-8"))
        screen = Screen(settings, devices, Log(log, utc_now), offscreen=True, closes=False)
        terminal = screen.terminal
        try:
            script = BEGIN.format(language=language, first=case.first) + case.script.format(card=case.card)
            came = _visit(screen, script, devices, out / "screens", progress)
            result = _judge(terminal, devices, bytes(job), out, file.parent)
            result.ended = str(case.ends) in came
            _write(terminal, devices, job, out, result)
        finally:
            terminal.close()
            screen.window.close()
        for node in sorted((file.parent / "nodes").iterdir()):
            (out / "logs").mkdir(exist_ok=True)
            shutil.copy(node / "node.log", out / "logs" / f"{node.name}.log")
    if case.prints:
        progress("printed" if result.printed else "not_printed")
        progress("towns" if result.towns else "not_towns")
        progress("equal" if result.equal else "not_equal")
    else:
        progress("ended" if result.ended else "not_ended", end=case.ends)
    progress("where", folder=out)
    return int(not (result.good if case.prints else result.ended and not result.printed))


def _fresh(settings: Settings, case: DemoCase, real: bool) -> Settings:
    """Town and devices for this run, and a journal of its own."""
    settings = msgspec.structs.replace(settings, town=case.town(settings.town))
    if real:
        devices = DeviceSettings(reader=f"vpcd:127.0.0.1:{PORT}", printer=f"pty:{MODEL}", cards=settings.devices.cards)
        settings = msgspec.structs.replace(settings, devices=devices)
    shutil.rmtree(settings.path(settings.paths.state), ignore_errors=True)
    return settings


def _visit(screen: Screen, script: str, devices: Devices, pictures: Path, progress: Callable[..., None]) -> set[str]:
    """The whole visit; the states and reasons that were shown. A frame is drawn when something changed, each new state is photographed."""
    conductor, window, watch = screen.terminal.conductor, screen.window, screen.terminal.watch
    noted, came = 0, set[str]()

    def press(action: str) -> None:
        """As a person does: what lies on another page of the screen is looked for first."""
        if window.gate.screen is not None and action not in window.visible_actions():
            window.gate.screen.reveal(action)
            window.frame()
        window.tap(action)

    def follows(steps: str) -> Resident:
        return Resident(read_script(steps, "demo"), devices.need_hands(), press, time.monotonic)

    resident, turned_away = follows(script), False
    conductor.start()
    drawn = None
    while True:
        conductor.drain()
        changed = conductor.view is not drawn
        drawn = conductor.view
        if changed:
            came |= {str(drawn.state), str(getattr(drawn.shown, "reason", ""))}
            with watch.span(Kind.FRAMES):
                window.frame()
        if len(conductor.trace) > noted:
            for _, state in conductor.trace[noted:]:
                progress(f"state.{state}")
            noted = len(conductor.trace)
            with watch.span(Kind.PICTURES):
                window.screenshot(pictures / f"{noted:02d}-{drawn.state}.png")
        if drawn.state in NO and not turned_away:
            resident, turned_away = follows(TURNED_AWAY), True
        with watch.span(Kind.FRAMES):  # a tap is two frames: finger down, finger up
            done = resident.step(drawn)
        if done:
            return came
        if not changed:
            conductor.wait(0.02)


def _judge(terminal: Terminal, devices: Devices, job: bytes, out: Path, lab: Path) -> Result:
    result = Result()
    printer = devices.need_hands().printer
    papers = [paper.bitmap for paper in printer.papers] if printer is not None else []
    for paper in papers[:1]:
        save_png(paper, out / "paper.png")
        as_paper(paper).save(out / "paper.look.png")
    records = terminal.journal.records()
    if not records:
        return result
    record = records[-1]
    result.printed = record.result == "printed" and record.printed == record.bands > 0
    until = time.monotonic() + 10
    while not result.towns and time.monotonic() < until:  # the home town hears by its neighbour's outbox
        try:
            state = terminal.client.issue_state(record.visit, 5)
        except Problem:
            break
        here = state is not None and state.status is IssueStatus.PRINTED
        result.numbers = tuple(state.numbers) if state is not None else ()
        result.towns = here and node_says(lab, HOME, record.visit) == "printed"
        if not result.towns:
            time.sleep(0.05)
    pages = terminal.conductor.desk.composed
    sheets = [sheet for sheet in decode(job, devices.model) if sheet.height]
    result.equal = bool(pages) and [page.pixels() for page in pages] == sheets == papers
    return result


def _write(terminal: Terminal, devices: Devices, job: bytearray, out: Path, result: Result) -> None:
    (out / "job.bin").write_bytes(job)
    conductor, watch = terminal.conductor, terminal.watch
    record = next(reversed(terminal.journal.records()), None)
    steps: list[dict[str, str | float]] = []
    ends = [begun for begun, _ in conductor.trace[1:]] + [time.monotonic()]
    for number, ((begun, state), end) in enumerate(zip(conductor.trace, ends, strict=True)):
        kinds = watch.steps.get(f"{number:02d}-{state}", {})
        spans = {kind: kinds.get(kind, 0.0) for kind in Kind}
        rest = max(0.0, end - begun - sum(spans.values()))
        if state in MACHINE:
            spans[Kind.OWN] += rest
        seconds = {"person": 0.0 if state in MACHINE else rest, **{str(kind): value for kind, value in spans.items()}}
        steps.append({"state": str(state), "seconds": round(end - begun, 4), **{key: round(value, 4) for key, value in seconds.items()}})
    names = ("person", *(str(kind) for kind in Kind))
    about = {
        "outcome": record.result if record else "nothing_issued",
        "visit": record.visit if record else "",
        "issue_numbers": list(result.numbers),
        "both_towns_printed": result.towns,
        "paper_equals_page": result.equal,
        "totals": {name: round(sum(float(step[name]) for step in steps), 4) for name in names},
        "bytes": {
            "network_sent": terminal.client.bytes_sent,
            "network_received": terminal.client.bytes_received,
            "printer": len(job),
        },
        "apdus": devices.need_hands().apdus,
        "steps": steps,
    }
    (out / "visit.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
