"""Gives the sample answers of this folder the digital seals that a town's node would: `python tests/answers/reseal.py`.

To be run after a sample or the format of seals has changed; a test says when. The key is nobody's: everyone can compute it.
"""

import sys
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from jukinet.messages import Extract, Issue
from jukinet.node.seal import SealKey, make_seal
from jukinet.seal import Owner, WrongSeal, open_seal
from jukinet.seal_facts import Facts, facts_of

FOLDER = Path(__file__).parent
KEY = SealKey(derive_private_key(20261124, SECP256R1()))


def owner_of(issue: Issue) -> dict[bytes, Owner]:
    return {KEY.id: Owner(issue.issuer.town, issue.issuer.town_name, KEY.key.public_key())}


def true_facts(extract: Extract, issue: Issue, number: str) -> Facts:
    """All samples are of one page."""
    return facts_of(extract, issue.extract, issue.issuer, number, issue.date, 1)


def samples() -> list[Path]:
    return sorted(file for file in FOLDER.glob("*.json") if b'"extract"' in file.read_bytes())


def main() -> None:
    for file in samples():
        tree = msgspec.json.decode(file.read_bytes())
        extract, issue = (msgspec.convert(tree[part], kind) for part, kind in (("extract", Extract), ("issue", Issue)))
        for copy in tree["issue"]["copies"]:
            facts = true_facts(extract, issue, copy["number"])
            try:
                true = open_seal(copy["seal"], owner_of(issue)).facts == facts
            except WrongSeal:
                true = False
            if not true:  # no two signatures are the same: the others stay as they are
                copy["seal"] = make_seal(facts, KEY).text
                sys.stdout.write(f"{file.name} {copy['number']}: {len(copy['seal'])} characters\n")
        file.write_bytes(msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n")


if __name__ == "__main__":
    main()
