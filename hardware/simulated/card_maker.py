"""Cards on the spot, with a throw-away CA: for trying a reader, for OpenSC and for tests. Nobody trusts them, nobody is on them.

The certificates have the shape of the real ones (issuer's fields, policy numbers, key usage; O=SIM-JPKI), so that the programs that
judge them have something to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from hardware.card import jpki, municipal
from hardware.card.card_text import BasicFacts
from hardware.card.tlv import Tlv
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import ATRS, T0_ATR, Details, Identity, Kind, applications
from hardware.simulated.card_faults import SLOW, SWITCHES, Delays, Faults, faults_of
from hardware.simulated.card_memory import Application

AUTH_POLICY = "1.2.392.200149.8.5.1.3.30"
SIGN_POLICY = "1.2.392.200149.8.5.1.1.20"
HOLDER = "1.2.392.200149.8.5.5"  # .1 name .3 sex .4 birth (era digit, YYYYMMDD) .5 address
UTF8_STRING = 0x0C
INVENTED_HOLDER = {1: "見本　花子", 3: "2", 4: "319800101", 5: "見本県見本市見本町一丁目１番地"}
INVENTED_FACTS = BasicFacts(INVENTED_HOLDER[1], INVENTED_HOLDER[5], "19800101", INVENTED_HOLDER[3])
INVENTED_CODE = "24727059608"  # its check digit is right


class CardState(StrEnum):
    """What may be the matter with a card."""

    GOOD = "good"
    LOCKED = "locked"
    LAST_TRY = "last-try"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    FOREIGN = "foreign"  # another issuer
    TEST = "test"  # of a test hierarchy
    NO_CERTIFICATE = "no-certificate"
    LICENCE = "licence"  # a driving licence instead
    MUTE = "mute"
    HANG = "hang"  # never answers a signature
    SLOW = "slow"
    DIZZY = "dizzy"  # 6F00 once after power-up
    T0 = "t0"
    NO_SHORT_IDS = "no-short-ids"
    SHORT_READS = "short-reads"
    WARNS_AT_END = "warns-at-end"
    LOCKED_6983 = "locked-6983"
    SILENT_WHEN_VERIFIED = "silent-when-verified"
    WRONG_ATR = "wrong-atr"


FAULTS = {CardState(name): faults_of([name]) for name in SWITCHES}
_ORGANISATIONS = {CardState.FOREIGN: "OTHER-JPKI", CardState.TEST: "SIM-JPKI-TEST"}
_YEAR = timedelta(days=365)
_LIVES = {CardState.EXPIRED: (-4 * _YEAR, -timedelta(days=1)), CardState.NOT_YET: (timedelta(days=1), 5 * _YEAR)}
_LIFE = (-_YEAR, 4 * _YEAR)


@dataclass(frozen=True)
class SimCa:
    """One hierarchy: user authentication or digital signature."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def issue(
        self, common_name: str, policy: str, key_usage: x509.KeyUsage, names: Sequence[x509.GeneralName], begins: datetime, ends: datetime
    ) -> Identity:
        """`names` go into subjectAltName."""
        key = _rsa()
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name((NameOID.COMMON_NAME, common_name)))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(key_usage, critical=True)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(policy), None)]), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        return Identity(certificate.public_bytes(Encoding.DER), key, self.certificate.public_bytes(Encoding.DER))


def make_ca(organisation: str, unit: str, now: datetime) -> SimCa:
    key = _rsa()
    name = _name((NameOID.ORGANIZATION_NAME, organisation), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=6 * 365))
        .not_valid_after(now + timedelta(days=6 * 365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(certify=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return SimCa(certificate, key)


@dataclass(frozen=True)
class Identities:
    """What a card's two certificates are; one set does for many cards (four RSA keys take some 0.3 s)."""

    auth: Identity | None
    sign: Identity | None


def make_identities(now: datetime, state: CardState = CardState.GOOD) -> Identities:
    """Valid at `now` (aware), but for states EXPIRED and NOT_YET."""
    organisation = _ORGANISATIONS.get(state, "SIM-JPKI")
    begins, ends = (now + span for span in _LIVES.get(state, _LIFE))
    auth = None
    if state is not CardState.NO_CERTIFICATE:
        ca = make_ca(organisation, f"{organisation} for user authentication", now)
        auth = ca.issue("SIM0000000000013221001A", AUTH_POLICY, _key_usage(), (), begins, ends)
    ca = make_ca(organisation, f"{organisation} for digital signature", now)
    sign = ca.issue("SIM0000000000013221001B", SIGN_POLICY, _key_usage(commit=True), _holder(), begins, ends)
    return Identities(auth, sign)


def make_card(
    kind: Kind = Kind.MY_NUMBER,
    pin: str = "1234",
    sign_pin: str = "ABC123",
    *,
    now: datetime,
    state: CardState = CardState.GOOD,
    identities: Identities | None = None,
    faults: Faults | None = None,
    delays: Delays | None = None,
    details: Details | None = None,
) -> SimulatedCard:
    """A card whose memory ends with the process; `identities` spare the making of keys, `faults` and `delays` go before the state's,
    `details` before the PINs."""
    if state is CardState.LICENCE:
        kind = Kind.LICENCE
    if kind is Kind.LICENCE:
        identities = Identities(None, None)
    known = identities or make_identities(now, state)
    last_day = (now - timedelta(days=1)).date() if state is CardState.EXPIRED else Details.expires
    written = details or Details(
        pin, sign_pin, expires=last_day, facts=INVENTED_FACTS, resident_code=INVENTED_CODE, areas=tuple(municipal.AREAS)
    )
    held = applications(kind, known.auth, known.sign, written)
    _set_tries(held, {CardState.LOCKED: 0, CardState.LAST_TRY: 1}.get(state))
    wrong = faults or FAULTS.get(state, Faults())
    atr = T0_ATR if wrong.t0 or state is CardState.WRONG_ATR else ATRS[kind]
    return SimulatedCard(held, atr, wrong, delays or (SLOW if state is CardState.SLOW else None))


def _set_tries(held: Sequence[Application], left: int | None) -> None:
    """Of every PIN but the signature password: it is another one's counter."""
    for application in held:
        for title, pin in application.pins().items():
            if left is not None and not title.endswith(f"{jpki.SIGNING.pin.file:04X}"):
                pin.left = left


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in ((NameOID.COUNTRY_NAME, "JP"), *attributes)])


def _holder() -> list[x509.GeneralName]:
    """An invented holder, as the signature certificate names one."""
    return [
        x509.OtherName(x509.ObjectIdentifier(f"{HOLDER}.{number}"), Tlv(UTF8_STRING, text.encode("utf-8")).encode())
        for number, text in INVENTED_HOLDER.items()
    ]


def _key_usage(commit: bool = False, certify: bool = False) -> x509.KeyUsage:
    """For an end certificate; `commit` for signatures that bind, `certify` for a CA."""
    return x509.KeyUsage(
        digital_signature=not certify,
        content_commitment=commit,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify,
        crl_sign=certify,
        encipher_only=False,
        decipher_only=False,
    )
