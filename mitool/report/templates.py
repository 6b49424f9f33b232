"""The text of rows that are alike, with gaps for what each has of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mitool.result.alike import PLACES, AlikeRow, Own, Pattern

MARK = "\ue000{}\ue001"
"""Stands in a gap: characters that Unicode leaves to private use."""
MARKED = re.compile(r'("*)' + MARK.format(r"(\d+)") + r"\1")

N_NAMES = 2
"""The first of what a row has of its own are names, the others numbers."""


@dataclass(frozen=True)
class Template:
    """The text of a row, by ``%``: its gaps take what stands at ``places`` of a row's own."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, pattern: Pattern, rendered: Callable[[AlikeRow], str]) -> Template | None:
        """Render a row of a pattern with marks instead; None if its text leaves that open."""
        n_own = len(PLACES) + len(pattern.numbers)
        text = rendered(AlikeRow(pattern, tuple(MARK.format(i) for i in range(n_own))))
        places = tuple(int(found[2]) for found in MARKED.finditer(text))
        if len(set(places)) < len(places):
            return None
        gaps = iter("%s" if place < N_NAMES else "%r" for place in places)
        pieces = MARKED.split(text)[::3]
        filled = [piece.replace("%", "%%") + gap for piece, gap in zip(pieces, gaps, strict=False)]
        return cls("".join(filled) + pieces[-1].replace("%", "%%"), places)

    def filled(self, own: Own) -> str:
        """Give the text of a row; names come as they are to stand there."""
        if self.places == tuple(range(len(own))):
            return self.text % own
        return self.text % tuple(own[place] for place in self.places)


class Texts:
    """The text of rows that are alike, of which a writer renders one of each pattern itself.

    ``rendered`` gives the text of a row, ``name`` that of a name in it.
    """

    def __init__(self, rendered: Callable[[AlikeRow], str], name: Callable[[str], str]) -> None:
        self._rendered, self._name = rendered, lru_cache(maxsize=1 << 16)(name)
        self._templates: dict[Pattern, Template | None] = {}

    def of(self, row: AlikeRow) -> str:
        """Give the text of a row; its numbers are finite."""
        try:
            template = self._templates[row.pattern]
        except KeyError:
            template = self._templates[row.pattern] = Template.of(row.pattern, self._rendered)
        if template is None:
            return self._rendered(row)
        x, y, *numbers = row.own
        return template.filled((self._name(x), self._name(y), *numbers))
