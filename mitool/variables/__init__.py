"""The gate: raw columns in, clean typed variables out. Data is checked here and trusted after."""

from __future__ import annotations

from mitool.variables.gathering import gather, gather_each
from mitool.variables.identifiers import is_identifier
from mitool.variables.kinds import Kind, Vector
from mitool.variables.missing import complete, incomplete
from mitool.variables.sorting import Order, ascending
from mitool.variables.variable import Codes, Matrix, Rows, Variable, digest_of

__all__ = [
    "Codes",
    "Kind",
    "Matrix",
    "Order",
    "Rows",
    "Variable",
    "Vector",
    "ascending",
    "complete",
    "digest_of",
    "gather",
    "gather_each",
    "incomplete",
    "is_identifier",
]
