"""What can go wrong with hardware, split by who must act.

HalError
├── DriverError      the installer: a driver is not there, or its configuration does not fit
└── DeviceError      the device: it is silent, gone, or answers nonsense
"""


class HalError(Exception):
    """Base of everything that this package raises on purpose."""


class DriverError(HalError):
    """A driver cannot be loaded or set up. Message: which driver, what was expected, what to do."""


class DeviceError(HalError):
    """A device did not answer, or not with sense. Message: which device, where, for how long, what to check."""
