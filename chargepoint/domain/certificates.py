"""Certificates as OCPP names them (OCPP 2.0.1 block M; 1.6 security whitepaper M03 to M05)."""

from enum import StrEnum

from msgspec import Struct


class CertificateUse(StrEnum):
    """What a certificate is for. The first five are roots (GetCertificateIdUseEnumType), the last two the station's own."""

    CSMS_ROOT = "CSMSRootCertificate"
    """1.6: CentralSystemRootCertificate."""
    MANUFACTURER_ROOT = "ManufacturerRootCertificate"
    V2G_ROOT = "V2GRootCertificate"
    MO_ROOT = "MORootCertificate"
    V2G_CHAIN = "V2GCertificateChain"
    CHARGING_STATION = "ChargingStationCertificate"
    """For TLS to the CSMS; 1.6: ChargePointCertificate."""
    V2G = "V2GCertificate"
    """For TLS to the vehicle."""


class HashAlgorithm(StrEnum):
    """HashAlgorithmEnumType."""

    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class CertificateHash(Struct, frozen=True):
    """CertificateHashDataType; all but the algorithm in hex, compared without case."""

    algorithm: HashAlgorithm
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
