"""What can be wrong with a file or a message full of PEM.

PkiError            the text is not what it should be: whoever sent or installed it has to act
  NoRoom            nothing is wrong with it, but there are as many as may be: the CSMS has to delete one

A file of our own that cannot be read, or holds something else, is an OSError: somebody has to go there.
"""


class PkiError(ValueError):
    """Not a certificate, a key, or a chain that can be used; the message says why, and never holds a key."""


class NoRoom(PkiError):
    """CertificateStoreMaxLength is reached (1.6-SEC M05.FR.03; OCPP 2.0.1 M05.FR.06)."""
