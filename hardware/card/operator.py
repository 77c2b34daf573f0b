"""The operator's card (操作者用ICカード): a certificate that names the operator's number, and a key behind a PIN.

Our own profile (docs/cards/operator.md): the name begins with F, ISO/IEC 7816-5's range that nobody registers; files and commands are
JPKI's. Select first; the other functions work in the application (see `credential`).
"""

from functools import partial

from hardware.card import files
from hardware.card.credential import Credential, Pin, any_characters

APPLICATION = bytes.fromhex("F04A554B494F5001")  # F0 "JUKIOP" 01
CERTIFICATE = 0x000A
KEY = 0x0017
PIN = 0x0018  # 1 to 16 characters, three tries

OPERATOR = Credential(CERTIFICATE, KEY, Pin(PIN, tries=3, fits=any_characters))

select = partial(files.select_application, name=APPLICATION)  # raises NotOurCard
read_certificate = OPERATOR.read_certificate
tries_left = OPERATOR.tries_left
verify = OPERATOR.verify
sign = OPERATOR.sign
change_pin = OPERATOR.change_pin
