"""Numbers that are names: digits with zeros in front, or more of them than an integer holds.

02116 and 2116 are two towns, and no arithmetic is meant by a key of 20 digits. As floats they
would be one. So a column of whole numbers without signs is labels if one of them is written so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS = re.compile(r"[0-9]+")
MOST_DIGITS = 19
MAX_INT64 = 2**63 - 1
SHOWN = 40
BLOCK = 1 << 18

BESIDE = 3
"""Bytes of a block that are looked at again with the next: what a zero may stand behind."""

ZERO, NINE, BLANK, QUOTE = b'09 "'


def judged(words: Iterable[str]) -> tuple[bool, bool]:
    """Tell whether words are all digits, and if so, whether one of them is a name."""
    named = False
    for word in words:
        if DIGITS.fullmatch(word) is None:
            return False, False
        named = named or is_name(word)
    return True, named


def name_among(words: Iterable[str]) -> str | None:
    """Give the first of some words that makes all of them names; None where they are numbers.

    A long one is cut, to be shown.
    """
    words = list(words)
    if not judged(words)[1]:
        return None
    first = next(filter(is_name, words))
    return first if len(first) <= SHOWN else f"{first[: SHOWN - 1]}…"


def may_be_names(numbers: NDArray[np.float64]) -> bool:
    """Whether one of some numbers has more digits than an integer holds."""
    finite = numbers[np.isfinite(numbers)]
    return bool(len(finite)) and float(finite.max()) > MAX_INT64 - 1024


def is_name(digits: str) -> bool:
    """Whether digits are written as those of a name are."""
    if digits[0] == "0":
        return len(digits) > 1
    if len(digits) != MOST_DIGITS:  # of thousands of digits no integer is made
        return len(digits) > MOST_DIGITS
    return int(digits) > MAX_INT64


def bare(label: str) -> str:
    """Strip padding, and the quotes that padding hid from the parser, as in ``"a", "b"``."""
    word = label.strip()
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word


class ZeroSeeker:
    """Searches bytes of a text, block by block, for numbers with a zero in front."""

    def __init__(self, delimiter: str) -> None:
        self.has_found = False
        self._delimiter = delimiter.encode()[-1]
        self._rest = b"\n" * BESIDE

    def search(self, data: Any) -> None:
        """Search the next bytes; once a number is found, none are searched."""
        view = memoryview(data)
        for start in range(0, len(view), BLOCK):
            if self.has_found:
                return
            text = np.frombuffer(self._rest + bytes(view[start : start + BLOCK]), np.uint8)
            self.has_found = self._begins_with_zero(text)
            self._rest = text[-BESIDE:].tobytes()

    def _begins_with_zero(self, text: NDArray[np.uint8]) -> bool:
        """Whether a zero, then a digit, stand behind a delimiter, and maybe a blank or quote.

        Bytes up to a quote separate: ends of lines and tabs too. The first comparisons are of all
        bytes, and take a tenth of the time that finding the places of all zeros would.
        """
        before, at, after = text[1:-2], text[2:-1], text[3:]
        zeros = (before <= QUOTE) | (before == self._delimiter)
        zeros &= at == ZERO
        zeros &= after >= ZERO
        if not zeros.any():
            return False
        places = 2 + np.flatnonzero(zeros)
        places = places[text[places + 1] <= NINE]
        inside = (text[places - 1] == BLANK) & (text[places - 2] > QUOTE)  # as in dates with times
        if self._delimiter != BLANK:
            places = places[~inside | (text[places - 2] == self._delimiter)]
        return len(places) > 0
