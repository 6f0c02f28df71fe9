"""Values that the tables of both versions speak of."""

from datetime import UTC, datetime

from msgspec.structs import replace

from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample, SignedValue
from chargepoint.domain.notifications import StationIdentity

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
FIRST, SECOND, THIRD = ConnectorId(1, 1), ConnectorId(1, 2), ConnectorId(2, 1)
CARD = IdToken("04A1B2C3")
STATION = StationIdentity("cp001", "Acme", "One", "0001", "1.2.3")
LONG = StationIdentity("cp001", "V" * 50, "M" * 30, "", "")
VALUES = (
    MeterValue(
        NOON,
        ReadingContext.PERIODIC,
        (
            Sample("Energy.Active.Import.Register", 1234567.0, "Wh"),
            Sample("Current.Import", 0.1 + 0.2, "A", "L1"),
            Sample("Voltage", 229.8724, "V", "L1-N"),
            Sample("Frequency", 49.98, "Hz"),
        ),
    ),
)
NOTHING = (MeterValue(NOON, ReadingContext.PERIODIC, ()),)
BEGIN_AND_END = (
    MeterValue(NOON, ReadingContext.BEGIN, (Sample("Energy.Active.Import.Register", 1000, "Wh"),)),
    MeterValue(NOON, ReadingContext.END, (Sample("Energy.Active.Import.Register", 1500, "Wh"),)),
)

SIGNED = (replace(BEGIN_AND_END[1], signed=SignedValue(b"OCMF|{\xff}|{}", "OCMF", "ECDSA-secp256r1-SHA256", "b2Nh")),)
SIGNED_TYPE = {
    "signedMeterData": "T0NNRnx7/318e30=",
    "signingMethod": "ECDSA-secp256r1-SHA256",
    "encodingMethod": "OCMF",
    "publicKey": "b2Nh",
}


def fault(kind: str, name: str = "fault", **more: object) -> Fault:
    return Fault(name, kind, **more)  # type: ignore[arg-type]
