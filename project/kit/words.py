"""Words of staff: whether anything was said."""


def is_said(text: str) -> bool:
    """Whether anything of the text can be read: spaces and zero-width characters alone say nothing."""
    return any(character.isprintable() and not character.isspace() for character in text)
