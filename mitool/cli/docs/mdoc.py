"""Words, lists and commands in the macros that manual pages are written in (mdoc)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

SENTENCE_END = r"(?:(?<=[a-z0-9)][.?])|(?<=[A-Z]{2}\.)) +(?=[A-Z])"
"""After a word, a number or letters such as MI, but not after the initial of a name."""
OPTION = re.compile(r"(?<= )(--?[A-Za-z][\w-]*) (?=[^-\s])")


def plain(text: str) -> str:
    """Escape what the typesetter would take for its own."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def listed(items: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Give a list of headings, which are macros already, each with what is said of it."""
    yield ".Bl -tag -width Ds"
    for head, text in items:
        yield from (head, *prose(text))
    yield ".El"


def prose(text: str) -> Iterator[str]:
    """Put each sentence on its own line, as the macros want it, and blanks between paragraphs."""
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        yield from [".Pp"] * bool(number)
        for sentence in re.split(SENTENCE_END, " ".join(paragraph.split())):
            yield from map(plain, wrap(sentence, 76, break_on_hyphens=False))


def folded(line: str) -> str:
    """Give a command on lines that a page holds, which a shell takes as one.

    An option stays on the line of its value.
    """
    held = OPTION.sub("\\1\0", line)
    lines = wrap(held, 64, break_long_words=False, break_on_hyphens=False)
    return " \\\n    ".join(lines).replace("\0", " ")


def literal(script: str) -> tuple[str, ...]:
    """Give lines that are shown as they stand."""
    return (".Bd -literal -offset indent", *map(plain, script.split("\n")), ".Ed")
