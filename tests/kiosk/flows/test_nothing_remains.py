"""After a visit: no name, number, code or PIN in the log, the journal, the nodes' logs or any file the kiosk wrote."""

import json
import sqlite3
from contextlib import closing

PLANTED = ("name", "kana", "former_name", "address", "my_number", "resident_code", "domicile", "previous_address")


def _planted(network):
    """What the home register holds of hanako's household: every text that tells who they are."""
    with closing(sqlite3.connect(f"file:{network.folder}/nodes/21202/register.db?mode=ro", uri=True)) as db:
        people = [json.loads(record) for (record,) in db.execute("SELECT record FROM history ORDER BY seq")]
    household = next(person["household"] for person in people if "花子" in person.get("name", ""))
    return {person[item] for person in people if person["household"] == household for item in PLANTED if item in person}


def test_no_trace_of_the_resident(bench, network, to):
    words = {word for word in _planted(network) if len(word) > 3}
    assert len(words) >= 6
    bench.follow(
        to["persons"]
        + "tap persons.all\ntap persons.next\ntap items.my_number\ntap items.resident_code\ntap items.next\ntap copies.next\n"
        + "see confirm\ntap confirm.yes\npull\nsee take_paper\ntake\ntap receipt.no\nsee goodbye",
        case="hanako",
    )
    network.settled(bench.record.visit, "printed")
    bench.wait(6)
    assert bench.terminal.conductor.session.visit is None
    written = {"kiosk log": bench.logged.getvalue().encode()}
    state = bench.settings.path(bench.settings.paths.state)
    written |= {str(path): path.read_bytes() for path in state.rglob("*") if path.is_file()}
    written |= {str(path): path.read_bytes() for path in network.folder.glob("nodes/*/node.log")}
    for place, data in written.items():
        for word in words:
            assert word.encode() not in data, f"{place} holds a planted word"


def test_no_log_at_any_level_tells_the_pin(bench, network, to, caplog):
    """Everything that can be logged is: the card's traffic too. The PIN's digits come in no line of it, as text or as bytes."""
    caplog.set_level(1)
    bench.follow(to["pin"] + "pin 0000\nsee enter_pin\npin 1234\nsee choose_persons", case="hanako")
    lines = [record.getMessage() for record in caplog.records]
    verified = [line for line in lines if line.startswith("> 00 20 00")]
    assert len(verified) >= 3  # tries asked, one wrong, one right
    assert any("masked" in line for line in verified)
    for line in lines:
        assert not any(pin in line for pin in ("31 32 33 34", "31323334", "30 30 30 30", "b'1234'", '"1234"'))
    assert "1234" not in "".join(line for line in lines if "PIN" in line or "pin" in line)
