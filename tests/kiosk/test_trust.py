"""Which certificates a kiosk believes, and what it says of those it does not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import SettingsError
from hardware.simulated.card_maker import AUTH_POLICY, SIGN_POLICY, SimCa, make_ca
from kiosk.trust import CardTrust, Distrust, load_anchors

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
UNIT = "JPKI for user authentication"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """Of every card here: it is not what is judged."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def old() -> SimCa:
    return make_ca("SIM-JPKI", UNIT, NOW)


@pytest.fixture(scope="module")
def new() -> SimCa:
    """The next generation: another key under the same name."""
    return make_ca("SIM-JPKI", UNIT, NOW)


@pytest.fixture(scope="module")
def trust(old: SimCa, new: SimCa) -> CardTrust:
    return CardTrust([old.certificate, new.certificate], lambda: NOW)


def certificate(
    ca: SimCa,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    policy: str | None = AUTH_POLICY,
    usage: tuple[bool, bool] | None = (True, False),
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + DAY,
    organisation: str | None = None,
) -> bytes:
    """`usage`: digital signature, content commitment. `organisation`: another issuer's name than the CA's."""
    issuer = ca.certificate.subject
    if organisation is not None:
        issuer = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIM0000000000021202001A")]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key()), critical=False)
    )
    if policy is not None:
        named = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([named]), critical=True)
    if usage is not None:
        signs, commits = usage
        bits = x509.KeyUsage(signs, commits, False, False, False, False, False, False, False)
        builder = builder.add_extension(bits, critical=True)
    return builder.sign(ca.key, hashes.SHA256()).public_bytes(Encoding.DER)


Rsa = rsa.RSAPrivateKey


@pytest.mark.parametrize("generation", ["old", "new"])
def test_the_issuer_is_found_by_signature(trust: CardTrust, key: Rsa, generation: str, request: pytest.FixtureRequest) -> None:
    assert trust.judge(certificate(request.getfixturevalue(generation), key)) is None


def test_the_right_name_is_worth_nothing(trust: CardTrust, key: Rsa) -> None:
    assert trust.judge(certificate(make_ca("SIM-JPKI", UNIT, NOW), key)) is Distrust.ISSUER


def test_what_is_wrong_is_told(trust: CardTrust, old: SimCa, key: Rsa) -> None:
    def made(**about: object) -> Distrust | None:
        return trust.judge(certificate(old, key, **about))  # type: ignore[arg-type]

    assert made(ends=NOW - timedelta(seconds=1)) is Distrust.EXPIRED
    assert made(begins=NOW + timedelta(seconds=1)) is Distrust.NOT_YET
    assert made(ends=NOW) is None
    assert made(begins=NOW) is None
    assert made(policy=SIGN_POLICY) is Distrust.PURPOSE
    assert made(policy=None) is Distrust.PURPOSE
    assert made(usage=(True, True)) is Distrust.PURPOSE
    assert made(usage=(False, False)) is Distrust.PURPOSE
    assert made(usage=None) is Distrust.PURPOSE


def test_other_hierarchies(trust: CardTrust, key: Rsa) -> None:
    assert trust.judge(certificate(make_ca("OTHER-JPKI", UNIT, NOW), key)) is Distrust.ISSUER
    assert trust.judge(certificate(make_ca("SIM-JPKI-TEST", UNIT, NOW), key)) is Distrust.TEST
    assert trust.judge(certificate(make_ca("JPKI-test", UNIT, NOW), key)) is Distrust.TEST


def test_a_name_with_test_in_it_is_no_reason_where_the_anchor_is_pinned(key: Rsa) -> None:
    """A test installation pins the test hierarchy, and only that."""
    ca = make_ca("SIM-JPKI-TEST", UNIT, NOW)
    assert CardTrust([ca.certificate], lambda: NOW).judge(certificate(ca, key)) is None


def test_an_anchor_out_of_date_is_none(old: SimCa, key: Rsa) -> None:
    later = old.certificate.not_valid_after_utc + DAY
    trust = CardTrust([old.certificate], lambda: later)
    assert trust.judge(certificate(old, key, begins=NOW, ends=later + DAY)) is Distrust.ISSUER


def test_a_signature_under_another_name_is_none(trust: CardTrust, old: SimCa, key: Rsa) -> None:
    assert trust.judge(certificate(old, key, organisation="SIM-JPKI")) is Distrust.ISSUER


def test_only_keys_of_cards(trust: CardTrust, old: SimCa) -> None:
    assert trust.judge(certificate(old, ec.generate_private_key(ec.SECP256R1()))) is Distrust.NO_CERTIFICATE
    assert trust.judge(certificate(old, rsa.generate_private_key(65537, 1024))) is Distrust.NO_CERTIFICATE


def test_a_ca_is_no_card(trust: CardTrust, old: SimCa) -> None:
    assert trust.judge(old.certificate.public_bytes(Encoding.DER)) is Distrust.PURPOSE


@given(st.binary(max_size=200))
def test_any_bytes_are_judged(trust: CardTrust, der: bytes) -> None:
    assert trust.judge(der) is Distrust.NO_CERTIFICATE


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # zero and below, which is among what is tried
@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF], ids="{:02X}".format)
def test_one_byte_changed_is_never_good(trust: CardTrust, old: SimCa, key: Rsa, mask: int) -> None:
    good = certificate(old, key)
    # How many bits at the signature's end do not count is no part of it: where that bit is 0, the signature says the same without it.
    unused = good.rindex(x509.load_der_x509_certificate(good).signature) - 1
    for at in range(len(good)):
        if at == unused:
            continue
        changed = good[:at] + bytes((good[at] ^ mask,)) + good[at + 1 :]
        assert trust.judge(changed) is not None, at


# -- the folder of anchors --------------------------------------------------------------------------------------------


def pem(*cas: SimCa) -> bytes:
    return b"".join(ca.certificate.public_bytes(Encoding.PEM) for ca in cas)


def test_only_the_hierarchy_for_user_authentication_is_pinned(tmp_path: Path, old: SimCa, new: SimCa, key: Rsa) -> None:
    signing = make_ca("SIM-JPKI", "JPKI for digital signature", NOW)
    (tmp_path / "auth-1.pem").write_bytes(pem(old))
    (tmp_path / "auth-2.pem").write_bytes(pem(new, old))
    (tmp_path / "sign.pem").write_bytes(pem(signing))
    anchors = load_anchors(tmp_path)
    assert anchors == [old.certificate, new.certificate, old.certificate]
    assert CardTrust(anchors, lambda: NOW).judge(certificate(signing, key)) is Distrust.ISSUER


Fill = Callable[[Path], object]


@pytest.mark.parametrize(
    ("fill", "says"),
    [
        (lambda folder: None, r"no auth\*\.pem"),
        (lambda folder: (folder / "sign.pem").write_text("x"), r"no auth\*\.pem"),
        (lambda folder: (folder / "auth.pem").write_text("x"), r"auth\.pem: no certificate"),
    ],
    ids=["empty", "only signing", "no certificate"],
)
def test_a_folder_that_pins_nothing(tmp_path: Path, fill: Fill, says: str) -> None:
    fill(tmp_path)
    with pytest.raises(SettingsError, match=says) as caught:
        load_anchors(tmp_path)
    assert "network.card_anchors" in str(caught.value)
