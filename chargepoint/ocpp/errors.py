"""Why an incoming CALL is not served, in the words of OCPP 2.x; each dialect has its own spelling."""

from enum import StrEnum


class RpcError(StrEnum):
    """RPC framework error codes (OCPP 2.0.1 part 4 §4.3; 1.6-J §4.2.3 with its own spelling of some)."""

    FORMAT = "FormatViolation"
    FRAMEWORK = "RpcFrameworkError"
    GENERIC = "GenericError"
    INTERNAL = "InternalError"
    MESSAGE_TYPE = "MessageTypeNotSupported"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    OCCURRENCE = "OccurrenceConstraintViolation"
    PROPERTY = "PropertyConstraintViolation"
    SECURITY = "SecurityError"
    TYPE = "TypeConstraintViolation"


class Refusal(Exception):
    """A CALL, or an answer, that cannot be taken: the peer has to act. ``description`` goes on the wire."""

    def __init__(self, error: RpcError, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
