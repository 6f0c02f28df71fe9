"""What people type, fit to be kept and shown: one line, printable, of a stated length."""


def plain(text: str, most: int) -> str:
    """Runs of spaces and of anything that cannot be printed become one space; what is too long is cut."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)[:most].rstrip()
