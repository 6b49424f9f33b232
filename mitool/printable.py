"""Text from files, made fit for a terminal: it cannot steer it, hide there or break a line."""

from __future__ import annotations

LONGEST = 400
"""Characters of a line that people are to read."""


def printable(text: str) -> str:
    """Show controls, line ends, tabs, marks of direction and other unseen characters by codes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str, most: int = LONGEST) -> str:
    """Leave out the middle of a text longer than ``most``: its end says what to do."""
    if len(text) <= most:
        return text
    n_last = most // 2
    return f"{text[: most - n_last - 3]} … {text[-n_last:]}"
