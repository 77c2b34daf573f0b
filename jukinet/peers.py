"""Who is at the other end of a line: the identity in the certificate's SAN URI, and nothing else.

jukinet://node/21361            a municipality's node (団体コード, 5 digits)
jukinet://node/21               a prefecture's node (2 digits)
jukinet://node/centre           the national centre
jukinet://kiosk/21361/k1        a kiosk of that municipality
jukinet://agency/NAME           an administrative body
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_URI = re.compile(
    r"jukinet://(?:node/(?P<node>\d{5}|\d{2}|centre)|kiosk/(?P<town>\d{5})/(?P<kiosk>[a-z0-9-]{1,32})|agency/(?P<agency>[a-z0-9-]{1,32}))"
)


class PeerKind(StrEnum):
    MUNICIPALITY = "municipality"
    PREFECTURE = "prefecture"
    CENTRE = "centre"
    KIOSK = "kiosk"
    AGENCY = "agency"


@dataclass(frozen=True)
class Peer:
    """`fingerprint` is the SHA-256 of the certificate's DER, `serial` its number: what revocation lists name."""

    uri: str
    kind: PeerKind
    code: str  # 団体コード, prefecture code, "centre", or the agency's name; for a kiosk its town's 団体コード
    serial: int = 0
    fingerprint: bytes = b""


def parse_uri(uri: str) -> tuple[PeerKind, str] | None:
    """Kind and code of an identity, None when it is not one of ours."""
    match = _URI.fullmatch(uri)
    if match is None:
        return None
    if (node := match["node"]) is not None:
        kind = {5: PeerKind.MUNICIPALITY, 2: PeerKind.PREFECTURE}.get(len(node), PeerKind.CENTRE)
        return kind, node
    if match["town"] is not None:
        return PeerKind.KIOSK, match["town"]
    return PeerKind.AGENCY, match["agency"]
