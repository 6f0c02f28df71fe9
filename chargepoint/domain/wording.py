"""Messages of programs, which begin small and have no full stop, as people read them."""


def capital(text: str) -> str:
    """With its first letter."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """By itself."""
    return f"{capital(text)}."
