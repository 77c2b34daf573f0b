"""What was measured, as a table for people and as figures for programs."""

import statistics
from collections.abc import Sequence

from jukinet.bench.load import Question
from jukinet.bench.run import ALL, TOUCHED, Measured
from jukinet.lab.network import CENTRE, HOME_TOWN, KIOSK_TOWN, PREFECTURE

_NAMES = {KIOSK_TOWN.code: "own town", HOME_TOWN.code: "home town", CENTRE.code: "centre", PREFECTURE.code: "prefecture"}
_ISSUE = (Question.ISSUE,)
_VISIT = tuple(Question)


def table(measured: Measured) -> str:
    """As text: a row for each question, a column for each node."""
    head = f"{measured.storage}, register of {measured.residents:,}: µs of CPU, median of {len(measured.rounds)} rounds (best)"
    rows = [head, f"{'':12}" + "".join(f"{_NAMES[code]:>18}" for code in ALL)]
    for name, questions in [*((str(question), (question,)) for question in Question), ("a visit", _VISIT)]:
        cells = [_cell(measured.cost(questions, (code,))) for code in ALL]
        wait = f"   {measured.waited[questions[0]]}" if len(questions) == 1 else ""
        rows.append(f"{name:12}" + "".join(f"{cell:>18}" for cell in cells) + wait)
    rows += [
        f"issue alone: own town {_cell(measured.cost(_ISSUE, TOUCHED[:1]))}, all it touches {_cell(measured.cost(_ISSUE, TOUCHED))}",
        f"whole visit: own town {_cell(measured.cost(_VISIT, TOUCHED[:1]))}, all it touches {_cell(measured.cost(_VISIT, TOUCHED))}",
        f"memory of the own town with {measured.links} links: {measured.memory / 1e6:.0f} MB; "
        f"register opens in {measured.opened[0]:.2f} s, read through in {measured.opened[1]:.2f} s",
    ]
    return "\n".join(rows) + "\n"


def figures(measured: Measured) -> dict[str, object]:
    """The medians, for programs that compare."""
    return {
        "storage": measured.storage,
        "residents": measured.residents,
        "cpu_us": {
            str(question): {code: round(statistics.median(measured.cost((question,), (code,)))) for code in ALL} for question in Question
        },
        "waited_ms": {str(question): [round(each.p50 * 1e3, 2), round(each.p99 * 1e3, 2)] for question, each in measured.waited.items()},
        "memory_bytes": measured.memory,
        "opened_seconds": [round(each, 3) for each in measured.opened],
    }


def _cell(costs: Sequence[float]) -> str:
    return f"{statistics.median(costs):,.0f} ({costs[0]:,.0f})"
