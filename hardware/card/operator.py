"""The operator's card (操作者用ICカード): a certificate that names the operator's number, and a key behind a PIN.

Our own profile (docs/cards/operator.md): the name begins with F, ISO/IEC 7816-5's range that nobody registers; files and commands are
JPKI's. `select` first; `OPERATOR` works in the application.
"""

from functools import partial

from hardware.card import files
from hardware.card.credential import Credential, Pin, any_characters

APPLICATION = bytes.fromhex("F04A554B494F5001")  # F0 "JUKIOP" 01
OPERATOR = Credential(certificate=0x000A, key=0x0017, pin=Pin(0x0018, tries=3, fits=any_characters))

select = partial(files.select_application, name=APPLICATION)  # raises NotOurCard
