"""A result as its reader at a prompt, or in a notebook, sees it: a line a fact."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from textwrap import wrap

WIDTH = 88
NAME_WIDTH = 15


def screenful(head: str, facts: Iterable[tuple[str, str]]) -> str:
    """Lay out facts under their names, below a line that says the most."""
    lines = [head]
    for name, text in facts:
        words = wrap(text, WIDTH - NAME_WIDTH, break_long_words=False)
        lines += [
            f"{start:<{NAME_WIDTH}}{line}".rstrip()
            for start, line in zip([f"  {name}", *[""] * len(words)], words, strict=False)
        ]
    return "\n".join(lines)


def page_part(head: str, facts: Iterable[tuple[str, str]]) -> str:
    """Lay out the same as HTML, which takes its colours from where it stands."""
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    return f"<div><strong>{escape(head)}</strong><dl>{lines}</dl></div>"
