"""What can be wrong with a file or a message full of PEM.

PkiError            the text is not what it should be: whoever sent or installed it has to act
"""


class PkiError(ValueError):
    """Not a certificate, a key, or a chain that can be used; the message says why, and never holds a key."""
