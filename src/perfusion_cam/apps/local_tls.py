"""A certificate for one run of a shared page: made anew, signed by nobody, and never kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=1)
CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its key.

    Attributes
    ----------
    certificate_pem, key_pem : bytes
    fingerprint : str
        SHA-256 as browsers show it: pairs of hexadecimal digits.
    """

    certificate_pem: bytes
    key_pem: bytes
    fingerprint: str

    @contextmanager
    def as_files(self) -> Iterator[tuple[Path, Path]]:
        """Write certificate and key where only this user can read them, and delete them after."""
        with tempfile.TemporaryDirectory(prefix="perfusion-cam-") as folder:
            paths = Path(folder, "certificate.pem"), Path(folder, "key.pem")
            for path, content in zip(paths, (self.certificate_pem, self.key_pem), strict=True):
                with os.fdopen(
                    os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
                ) as to:
                    to.write(content)
            yield paths


def self_signed(address: str) -> Certificate:
    """Make a certificate for a server at an IP address, valid for a day.

    Parameters
    ----------
    address : str
        IPv4 or IPv6.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "perfusion-cam")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        made.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        made.fingerprint(hashes.SHA256()).hex(":").upper(),
    )
