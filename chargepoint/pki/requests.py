"""Certificate signing requests (RFC 2986; 1.6-SEC A02.FR.03, A02.FR.13, A00.FR.509, A00.FR.511; OCPP 2.0.1 A00.FR.507, A00.FR.509,
A00.FR.511, A00.FR.512, A00.FR.514)."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from chargepoint.pki.keys import PrivateKey


def signing_request(key: PrivateKey, common_name: str, organisation: str = "", country: str = "") -> str:
    """PEM. CN is the serial number of the station (64 characters at most), O the operator's name, left out where it is not known.

    ``country``: two letters, in a request for a certificate for vehicles (ISO 15118).
    """
    names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])]
    if country:
        names.append(x509.NameAttribute(NameOID.COUNTRY_NAME, country))
    if organisation:
        names.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names)).add_extension(_usage(), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode("ascii")


def _usage() -> x509.KeyUsage:
    """It signs handshakes and nothing else."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
