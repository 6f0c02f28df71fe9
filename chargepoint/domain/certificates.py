"""Certificates as OCPP names them (OCPP 2.0.1 block M; 1.6 security whitepaper M03 to M05)."""

from collections.abc import Mapping
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
    """CertificateHashDataType; all but the algorithm in hex."""

    algorithm: HashAlgorithm
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    @classmethod
    def heard(cls, data: Mapping[str, str]) -> "CertificateHash":
        """As it stands in every message that names one, of either version. Raises KeyError, ValueError: it does not."""
        return cls(HashAlgorithm(data["hashAlgorithm"]), data["issuerNameHash"], data["issuerKeyHash"], data["serialNumber"])

    def told(self) -> dict[str, str]:
        """The same the other way."""
        return {
            "hashAlgorithm": self.algorithm.value,
            "issuerNameHash": self.issuer_name_hash,
            "issuerKeyHash": self.issuer_key_hash,
            "serialNumber": self.serial_number,
        }

    def same_as(self, other: "CertificateHash") -> bool:
        """Without case and leading zeroes."""
        return self._plain() == other._plain()

    def _plain(self) -> tuple[str, ...]:
        hashes = (self.issuer_name_hash.lower(), self.issuer_key_hash.lower())
        return (self.algorithm, *hashes, self.serial_number.lower().lstrip("0"))
