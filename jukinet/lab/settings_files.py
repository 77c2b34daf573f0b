"""The settings files of a lab's nodes and of its kiosk, as text. Paths are relative to the file they stand in."""

from datetime import date, timedelta

from jukinet.lab.network import CONTACT, KIOSK, KIOSK_TOWN, STATEMENT, LabNode
from jukinet.peers import PeerKind

_FOR_EVER = 87_600  # ten years
SERVICES_KEY = "services.key"
SIMULATED_KEY = "00" * 16  # what simulated cards' areas are made with


def node_toml(node: LabNode, port: int) -> str:
    issue = ""
    if node.role is PeerKind.MUNICIPALITY:
        issue = f'\n[issue]\ntitle = "{node.title}"\nname = "{node.holder}"\nstatement = "{STATEMENT}"\nfee = 0\n'
        issue += '\n[verify]\nlisten = "127.0.0.1:0"\n'
    else:
        issue = '\n[agencies]\ntable = "../../agencies.jws"\n'
    return f"""\
[node]
role = "{node.role}"
code = "{node.code}"
name = "{node.name}"
listen = "127.0.0.1:{port}"
data = "."

[metrics]
listen = "127.0.0.1:0"

[tls]
certificate = "cert.pem"
key = "key.pem"
ca = "../../ca/ca.pem"
crl = "../../ca/crl.pem"
# Nobody renews a lab.
crl_issue_hours = {_FOR_EVER}
crl_answer_hours = {_FOR_EVER}

[keys]
answer = "answer.jwk.json"
seal = "seal.pem"
log = "log.key"

[directory]
file = "../../directory.jws"
key = "../../directory.jwk.json"
issue_hours = {_FOR_EVER}
answer_hours = {_FOR_EVER}

[cards]
anchors = "../../jpki/anchors"

# A lab is used at night, too.
[hours]
opens = "00:00"
closes = "24:00"
every_day = true

[network]
opens = "00:00"
closes = "24:00"
every_day = true
{issue}"""


def agency_toml(name: str, port: int) -> str:
    return f"""\
[agency]
name = "{name}"
node = "centre"
urls = ["https://127.0.0.1:{port}"]
certificate = "cert.pem"
key = "key.pem"
ca = "../../ca/ca.pem"
"""


def kiosk_toml(port: int, today: date) -> str:
    """`today`: what can be booked at the town's facilities lies in the days after it."""
    folder = f"kiosks/{KIOSK}"
    return f"""\
[network]
town = "{KIOSK_TOWN.code}"
kiosk = "{KIOSK}"
urls = ["https://127.0.0.1:{port}"]
certificate = "{folder}/cert.pem"
key = "{folder}/key.pem"
ca = "ca/ca.pem"
directory_key = "directory.jwk.json"
card_anchors = "jpki/anchors"

[town]
name = "{KIOSK_TOWN.name}"
opens = "00:00"
closes = "24:00"
contact = "{CONTACT}"
fee = 0

[[town.ordinance]]
service = "library"
state = "in use"
name = "図書館の利用に関する条例（試み）"
number = "令和8年条例第1号"
key = "{SERVICES_KEY}"

[[town.ordinance]]
service = "facility"
state = "in use"
name = "公の施設の利用に関する条例（試み）"
number = "令和8年条例第2号"
photo_id = true
key = "{SERVICES_KEY}"
slots = [
    {{ id = "s1", day = {today + timedelta(days=3)}, begins = "09:00", ends = "11:00", place = "中央体育館" }},
    {{ id = "s2", day = {today + timedelta(days=3)}, begins = "18:00", ends = "20:00", place = "中央体育館" }},
    {{ id = "s3", day = {today + timedelta(days=7)}, begins = "13:00", ends = "15:00", place = "文化会館 小ホール" }},
]

[[town.ordinance]]
service = "welfare"
state = "under discussion"
name = "福祉カードに関する条例（案）"
number = "未定"

[devices]
reader = "simulated:"
printer = "simulated:custom-vkp80"
payment = "none"
cards = "cards"
"""
