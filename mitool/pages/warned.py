"""Warnings of a report, those of one kind together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mitool.result.codes import CODES

FOLLOWS = {
    "plain": "",
    "doubtful": "The error may be larger than the interval.",
    "severe": "The error is likely larger than the interval: do not report the number as it is.",
}
"""What a code of each gravity means for the number."""


@dataclass(frozen=True)
class Warned:
    """All warnings of one code: how grave they are, and what each says."""

    code: str
    level: str
    follows: str
    messages: tuple[str, ...]


def grouped(warnings: Sequence[Mapping[str, Any]]) -> list[Warned]:
    """Gather warnings by their code, the gravest first, notes last."""
    messages: dict[str, list[str]] = {}
    levels: dict[str, str] = {}
    for warning in warnings:
        messages.setdefault(warning["code"], []).append(warning["message"])
        levels.setdefault(warning["code"], warning["level"])
    found = [
        Warned(code, levels[code], FOLLOWS[_gravity(code)], tuple(said))
        for code, said in messages.items()
    ]
    order = ["severe", "doubtful", "plain"]
    return sorted(found, key=lambda w: (w.level == "note", order.index(_gravity(w.code))))


def _gravity(code: str) -> str:
    return CODES[code].gravity if code in CODES else "plain"
