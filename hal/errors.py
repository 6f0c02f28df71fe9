"""What can go wrong with hardware, split by who must act.

HalError
├── DriverError      the installer: a driver is not there, or its configuration does not fit
└── DeviceError      the device: it is silent, gone, or answers nonsense
    └── ImplausibleError   it answers, well-formed, what cannot be true
"""


class HalError(Exception):
    """Base of everything that this package raises on purpose."""


class DriverError(HalError):
    """A driver cannot be loaded or set up. Message: which driver, what was expected, what to do."""


class DeviceError(HalError):
    """A device did not answer, or not with sense. Message: which device, where, for how long, what to check."""


class ImplausibleError(DeviceError):
    """A device answers what cannot be true: a register that runs backwards, say. Message: which device, what it says, what was expected."""


def missing(driver: str, package: str, extra: str) -> DriverError:
    """A package that a driver needs is not installed: to be raised ``from`` the ImportError."""
    return DriverError(f"driver {driver}: needs the package {package}, which is not installed here; pip install 'chargepoint[{extra}]'")
