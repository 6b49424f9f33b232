"""How deep JSON is nested: pyarrow's parser calls itself at each level, until the stack is full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np

MOST_LEVELS = 200
BLOCK = 1 << 20
OPENING, CLOSING, QUOTE = b"{[", b"}]", ord('"')


def is_too_deep(stream: IO[bytes]) -> bool:
    """Tell whether lists and objects stand in one another ``MOST_LEVELS`` deep."""
    depth = Depth()
    return any(depth.reaches(block, MOST_LEVELS) for block in _blocks(stream))


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield about so many bytes of whole lines at a time."""
    while block := stream.read(BLOCK):
        yield block + stream.readline()


@dataclass
class Depth:
    """The levels that are open where the last block ended, and whether text was."""

    level: int = 0
    in_text: bool = False

    def reaches(self, block: bytes, most: int) -> bool:
        """Go through a block of whole lines; tell whether it goes as deep."""
        if not self.level and not self.in_text and _is_flat(block):
            return False
        if b"\\" in block:
            block = block.replace(b"\\\\", b"").replace(b'\\"', b"")
        codes = np.frombuffer(block, dtype=np.uint8)
        quotes = np.cumsum(codes == QUOTE, dtype=np.int64) + self.in_text
        outside = quotes % 2 == 0
        steps = np.isin(codes, list(OPENING)).astype(np.int64)
        steps -= np.isin(codes, list(CLOSING))
        levels = self.level + np.cumsum(steps * outside)
        if not len(levels):
            return False
        self.level, self.in_text = max(int(levels[-1]), 0), not outside[-1]
        return int(levels.max()) >= most


def _is_flat(block: bytes) -> bool:
    """Whether each line is one object without others in it, as most tables are."""
    n_objects = block.count(b"{")
    return (
        b"[" not in block
        and block.count(b"}\n{") + 1 == n_objects == block.count(b"\n")
        and block.startswith(b"{")
        and block.endswith(b"}\n")
    )
