"""How the station connects (OCPP 2.0.1 B09)."""

from msgspec import Struct

from chargepoint.domain.network import NetworkProfile


class SetNetworkProfile(Struct, frozen=True):
    """B09. Answered by an Outcome: Accepted, Rejected, Failed."""

    slot: int
    profile: NetworkProfile
