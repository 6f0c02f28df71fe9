"""What ``chargepoint trial`` looks at; a file for each kind of device."""

from chargepoint.cli.trying.boards import board
from chargepoint.cli.trying.everything import detected
from chargepoint.cli.trying.meters import meter
from chargepoint.cli.trying.readers import reader

__all__ = ["board", "detected", "meter", "reader"]
