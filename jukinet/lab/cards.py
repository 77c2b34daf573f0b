"""The lab's people and their cards: registers, a simulated card CA, one card for each named case, and who knows what of them.

    jpki/anchors/auth.pem sign.pem           the CA's two hierarchies (O=SIM-JPKI): user authentication, digital signature
    jpki/private/auth.key.pem sign.key.pem   their keys
    cards/CASE/                              card.toml, and where the card has them auth.* and sign.* (certificate, key, CA certificate)
    cards/blank_card/                        one that nobody has been handed yet: in no register, with the maker's PIN (仮暗証番号)
    nodes/TOWN/register.db                   residents, and whose card is whose
    nodes/centre/register.db                 which certificate is valid, and where its holder lives

Shape of the certificates as on real cards: RSA-2048, sha256WithRSA, subject C=JP and an opaque CN; only the one for digital signature
names its holder, in otherNames. Made once: a second run finds `jpki/complete` and returns; an interrupted one is gone on with.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from jukinet.node.cards import DIGITAL_SIGNATURE, USER_AUTHENTICATION, fingerprint, register_card
from jukinet.node.cases import CardState, Case, CasePerson, all_cases, resident_ids
from jukinet.node.people import make_register_file
from jukinet.node.register import bind_card
from jukinet.node.storage.open import File, open_store

TOWNS = ("21361", "21202")
CENTRE = "centre"
PIN, SIGN_PIN = "1234", "ABC123"
BLANK, MAKERS_PIN = "blank_card", "0000"  # the PIN is replaced by the holder's own when the card is handed over

# otherNames of the certificate for digital signature: 氏名, 性別, 生年月日, 住所.
_NAME, _SEX, _BIRTH, _ADDRESS = (x509.ObjectIdentifier(f"1.2.392.200149.8.5.5.{at}") for at in (1, 3, 4, 5))
_SEXES = {"male": "1", "female": "2"}
_YEAR = timedelta(days=365)
_CA_LIFE, _CARD_LIFE = (10 * _YEAR, 10 * _YEAR), (timedelta(days=30), 5 * _YEAR)  # before and after now
_LIVES = {CardState.EXPIRED: (6 * _YEAR, -_YEAR), CardState.NOT_YET: (-timedelta(days=30), 5 * _YEAR)}
_ISSUERS = {CardState.FOREIGN_CA: "OTHER-JPKI", CardState.TEST_CA: "SIM-JPKI-TEST"}  # not ours
_TRIES = {CardState.LOCKED: 0, CardState.LAST_TRY: 1}
_KINDS = {CardState.LICENCE: "licence", CardState.JUKI: "juki"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")  # other births are known by their words only: 昭和30年頃
# Digits and the space of names as they stand on cards: full width, U+3000.
_FULL_WIDTH = str.maketrans("0123456789- ", "０１２３４５６７８９－　")
_UTF8_STRING = 0x0C


def now_utc() -> datetime:
    return datetime.now(UTC)


def populate(root: Path, residents: int, seed: int, clock: Callable[[], datetime] = now_utc) -> None:
    """Makes everything above that is not there yet. Raises StorageError, OSError."""
    complete = root / "jpki" / "complete"
    if complete.exists():
        return
    for town in TOWNS:
        make_register_file(root / "nodes" / town / "register.db", residents, seed, town)
    user = Authority.at(root / "jpki", "auth", "JPKI for user authentication", clock())
    signature = Authority.at(root / "jpki", "sign", "JPKI for digital signature", clock())
    if not (root / "cards" / BLANK / "card.toml").exists():
        _make_blank(root / "cards" / BLANK, user, clock())
    certificates = {}
    for name, case in all_cases().items():
        folder = root / "cards" / name
        if not (folder / "card.toml").exists():
            _make_card(folder, case, user, signature, clock())
        if (folder / "auth.der").exists():
            certificates[name] = fingerprint((folder / "auth.der").read_bytes())
    _tell_towns(root, certificates)
    _tell_centre(root, certificates)
    complete.touch()


# -- the CA -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: RSAPrivateKey

    @classmethod
    def make(cls, organisation: str, unit: str, now: datetime) -> "Authority":
        key = generate_private_key(65537, 2048)
        name = _name((NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
        usage = _usage(key_cert_sign=True, crl_sign=True)
        builder = (
            _builder(name, name, key.public_key(), now, _CA_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return cls(builder.sign(key, SHA256()), key)

    def certify(self, common: str, key: RSAPublicKey, now: datetime) -> bytes:
        """A certificate for user authentication (DER), in force, of a card that is nobody's case."""
        subject = _name((NameOID.COUNTRY_NAME, "JP"), (NameOID.COMMON_NAME, common))
        certificate = self.issue(subject, key, USER_AUTHENTICATION, _usage(digital_signature=True), now, _CARD_LIFE)
        return certificate.public_bytes(Encoding.DER)

    @classmethod
    def at(cls, folder: Path, name: str, unit: str, now: datetime) -> "Authority":
        """The one that is kept there, or a new one."""
        anchor, private = folder / "anchors" / f"{name}.pem", folder / "private" / f"{name}.key.pem"
        if anchor.exists():
            key = load_pem_private_key(private.read_bytes(), None)
            assert isinstance(key, RSAPrivateKey)
            return cls(x509.load_pem_x509_certificate(anchor.read_bytes()), key)
        made = cls.make("SIM-JPKI", unit, now)
        for path in (anchor, private):
            path.parent.mkdir(parents=True, exist_ok=True)
        _save_key(private, made.key)
        anchor.write_bytes(made.certificate.public_bytes(Encoding.PEM))  # last: it says that both are there
        return made

    def issue(
        self,
        subject: x509.Name,
        key: RSAPublicKey,
        policy: x509.ObjectIdentifier,
        usage: x509.KeyUsage,
        now: datetime,
        life: tuple[timedelta, timedelta],
        holder: Iterable[x509.GeneralName] = (),
    ) -> x509.Certificate:
        builder = (
            _builder(subject, self.certificate.subject, key, now, life)
            .add_extension(usage, critical=True)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )
        if names := list(holder):
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: RSAPublicKey, now: datetime, life: tuple[timedelta, timedelta]
) -> x509.CertificateBuilder:
    before, after = life
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - before)
        .not_valid_after(now + after)
    )


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _usage(
    digital_signature: bool = False, content_commitment: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _save_key(path: Path, key: RSAPrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


# -- the cards --------------------------------------------------------------------------------------------------------


def _make_card(folder: Path, case: Case, user: Authority, signature: Authority, now: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if case.card not in (CardState.NO_CERTIFICATE, CardState.LICENCE, CardState.TURNED):
        issuer = Authority.make(_ISSUERS[case.card], "JPKI for user authentication", now) if case.card in _ISSUERS else user
        life = _LIVES.get(case.card, _CARD_LIFE)
        key = generate_private_key(65537, 2048)
        usage = _usage(digital_signature=True)
        certificate = issuer.issue(_opaque(case.town), key.public_key(), USER_AUTHENTICATION, usage, now, life)
        _write_card_files(folder, "auth", certificate, key, issuer)
    if case.sign:
        key = generate_private_key(65537, 2048)
        usage = _usage(digital_signature=True, content_commitment=True)
        names = _holder_names(case, case.persons[case.holder])
        certificate = signature.issue(_opaque(case.town), key.public_key(), DIGITAL_SIGNATURE, usage, now, _CARD_LIFE, names)
        _write_card_files(folder, "sign", certificate, key, signature)
    kind = _KINDS.get(case.card, "mynumber")
    lines = [f'kind = "{kind}"', f'pin = "{PIN}"', f'sign_pin = "{SIGN_PIN}"']
    if case.card in _TRIES:
        lines.append(f"tries = {_TRIES[case.card]}")
    if case.card is CardState.TURNED:
        lines.append('faults = ["mute"]')
    if case.card is CardState.JUKI:
        lines.append(f"expires = {now - timedelta(days=30):%Y-%m-%d}")
    if case.areas:
        lines.append(f"areas = {json.dumps(case.areas)}")
    if case.entitlement:
        lines.append(f"entitlement = {json.dumps(case.entitlement, ensure_ascii=False)}")
    lines += _card_text(case, case.persons[case.holder])
    (folder / "card.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")  # last: it says that the card is whole


def _make_blank(folder: Path, user: Authority, now: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    key = generate_private_key(65537, 2048)
    certificate = user.issue(_opaque(TOWNS[1]), key.public_key(), USER_AUTHENTICATION, _usage(digital_signature=True), now, _CARD_LIFE)
    _write_card_files(folder, "auth", certificate, key, user)
    text = f'kind = "mynumber"\npin = "{MAKERS_PIN}"\n'
    (folder / "card.toml").write_text(text, encoding="utf-8")  # last, too


def _card_text(case: Case, person: CasePerson) -> list[str]:
    """What 券面事項入力補助 holds of the holder. A JSON string is a TOML string."""
    texts = {
        "name": person.name or person.latin_name,
        "address": f"{case.address}{case.building}",
        "birth": person.birth.replace("-", "") if _DAY.fullmatch(person.birth) else "00000000",
        "sex": _SEXES.get(person.sex, "0"),
    }
    wide = {key: text.translate(_FULL_WIDTH) if key in ("name", "address") else text for key, text in texts.items()}
    return ["[holder]", *(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in wide.items())]


def _write_card_files(folder: Path, name: str, certificate: x509.Certificate, key: RSAPrivateKey, issuer: Authority) -> None:
    _save_key(folder / f"{name}.key.pem", key)
    (folder / f"{name}-ca.der").write_bytes(issuer.certificate.public_bytes(Encoding.DER))
    (folder / f"{name}.der").write_bytes(certificate.public_bytes(Encoding.DER))


def _opaque(town: str) -> x509.Name:
    """Names nobody: chance and the municipality's code, like 997794E9AGCIEG13221003A."""
    chance = "".join(secrets.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(14))
    return _name((NameOID.COUNTRY_NAME, "JP"), (NameOID.COMMON_NAME, f"{chance}{town}001A"))


def _holder_names(case: Case, person: CasePerson) -> list[x509.GeneralName]:
    """氏名, 性別, 生年月日 (era digit and western date) and 住所 as UTF8Strings."""
    born = date.fromisoformat(person.birth)
    era = 1 + sum(born >= first for first in (date(1912, 7, 30), date(1926, 12, 25), date(1989, 1, 8), date(2019, 5, 1)))
    texts = {
        _NAME: person.name,
        _SEX: _SEXES.get(person.sex, "3"),
        _BIRTH: f"{era}{born:%Y%m%d}",
        _ADDRESS: f"{case.address}{case.building}",
    }
    return [x509.OtherName(kind, _utf8_string(text)) for kind, text in texts.items()]


def _utf8_string(text: str) -> bytes:
    """DER of a UTF8String (X.690, 8.1.3: the length's own length goes first from 128 bytes on)."""
    value = text.encode()
    size = len(value)
    length = bytes([size]) if size < 0x80 else (bytes([0x81, size]) if size < 0x100 else bytes([0x82]) + size.to_bytes(2, "big"))
    return bytes([_UTF8_STRING]) + length + value


# -- who knows what ---------------------------------------------------------------------------------------------------


def _tell_towns(root: Path, certificates: dict[str, bytes]) -> None:
    """Each home town: whose resident holds which card."""
    for town in TOWNS:
        store = open_store(root / "nodes" / town / "register.db", File.REGISTER)
        for name, resident in resident_ids(town).items():
            if name in certificates:
                store.write_now(partial(bind_card, town=town, certificate=certificates[name], resident=resident))
        store.close()


def _tell_centre(root: Path, certificates: dict[str, bytes]) -> None:
    """The centre: what was issued by our CA, and what is revoked of it."""
    folder = root / "nodes" / CENTRE
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(folder / "register.db", File.REGISTER)
    for name, certificate in certificates.items():
        case = all_cases()[name]
        if case.card not in _ISSUERS:
            revoked = case.revoked if case.card is CardState.REVOKED else ""
            store.write_now(partial(register_card, certificate=certificate, town=case.town, revoked=revoked))
    store.close()
