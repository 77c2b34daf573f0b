"""The lab's network as data: four nodes and a kiosk. Offices and their holders are invented."""

from dataclasses import dataclass

from jukinet.peers import PeerKind

STATEMENT = "この写しは、住所地市町村長から通知された住民票の記載事項と相違ないことを証明する。"


@dataclass(frozen=True)
class LabNode:
    """`title` and `holder` only for municipalities: whose copies they are."""

    code: str
    role: PeerKind
    name: str
    title: str = ""
    holder: str = ""


PREFECTURE = LabNode("21", PeerKind.PREFECTURE, "岐阜県")
CENTRE = LabNode("centre", PeerKind.CENTRE, "地方公共団体情報システム機構")
KIOSK_TOWN = LabNode("21361", PeerKind.MUNICIPALITY, "岐阜県不破郡垂井町", "岐阜県不破郡垂井町長", "見本　一郎")
HOME_TOWN = LabNode("21202", PeerKind.MUNICIPALITY, "岐阜県大垣市", "岐阜県大垣市長", "見本　花江")
# In the order they are started: a node that has something to send finds its receiver.
NODES = (CENTRE, PREFECTURE, HOME_TOWN, KIOSK_TOWN)

KIOSK = "k1"
CONTACT = "垂井町役場 住民課 窓口"
