"""A certificate authority for a network that exists on one machine: identities in the SAN URI, P-256, as the nodes expect them.

Profile of a member's certificate: SAN = its URI and, for those that listen, the loopback address; key usage digitalSignature;
extended key usage clientAuth, for nodes serverAuth too (RFC 5280, 4.2.1.12).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Uses = tuple[x509.ObjectIdentifier, ...]

NODE_USES: Uses = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
KIOSK_USES: Uses = (ExtendedKeyUsageOID.CLIENT_AUTH,)
VALID = timedelta(days=3650)  # nobody renews a lab
BEFORE = timedelta(days=1)  # clocks of containers differ

_CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(
        self,
        uri: str,
        key: ec.EllipticCurvePrivateKey,
        uses: Uses,
        valid: tuple[datetime, datetime],
    ) -> x509.Certificate:
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)]
        if ExtendedKeyUsageOID.SERVER_AUTH in uses:
            names.append(x509.IPAddress(ip_address("127.0.0.1")))
        authority = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        return (
            _builder(_name(uri.removeprefix("jukinet://")), self.certificate.subject, key, valid)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign=True, certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority), critical=False)
            .sign(self.key, SHA256())
        )

    def revoke(self, serials: Iterable[int], number: int, valid: tuple[datetime, datetime]) -> bytes:
        """The CA's list in PEM: these are revoked. `valid`: when it was made, when the next one is due."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject).last_update(valid[0]).next_update(valid[1])
        for serial in serials:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(valid[0]).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.add_extension(x509.CRLNumber(number), critical=False).sign(self.key, SHA256()).public_bytes(Encoding.PEM)

    def save(self, folder: Path) -> None:
        """ca.key, ca.pem."""
        save_key(folder / "ca.key", self.key)
        save_certificate(folder / "ca.pem", self.certificate)


def make_authority(name: str, now: datetime) -> Authority:
    key = new_key()
    certificate = (
        _builder(_name(name), _name(name), key, (now - BEFORE, now + VALID))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=False, certificates=True), critical=True)
        .sign(key, SHA256())
    )
    return Authority(certificate, key)


def load_authority(folder: Path) -> Authority:
    key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{folder / 'ca.key'}: not an elliptic curve key")
    return Authority(x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()), key)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(_CURVE)


def save_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def save_certificate(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SIM-JUKINET"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(sign: bool, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
