"""What stands in a report: named columns of plain types, and rows that strict JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real
from typing import Any, Literal


@dataclass(frozen=True)
class Field:
    """One column of a report; ``json`` nests an object, written compactly where rows are flat."""

    name: str
    type: Literal["text", "integer", "number", "json"] = "text"


ESTIMATE_FIELDS: tuple[Field, ...] = (
    Field("x"),
    Field("y"),
    Field("given"),
    Field("lag", "integer"),
    Field("kind_x"),
    Field("kind_y"),
    Field("kind_given"),
    Field("dim_x", "integer"),
    Field("dim_y", "integer"),
    Field("dim_given", "integer"),
    Field("estimator"),
    Field("params", "json"),
    Field("transform"),
    Field("estimand"),
    Field("mi", "number"),
    Field("unit"),
    Field("normalized", "number"),
    Field("extras", "json"),
    Field("error_bound", "number"),
    Field("se", "number"),
    Field("ci_low", "number"),
    Field("ci_high", "number"),
    Field("ci_center", "number"),
    Field("ci_level", "number"),
    Field("ci_method"),
    Field("ci_n", "integer"),
    Field("p_value", "number"),
    Field("p_method"),
    Field("p_n", "integer"),
    Field("p_approx", "number"),
    Field("reliability"),
    Field("warning_codes"),
    Field("n_used", "integer"),
    Field("n_dropped", "integer"),
    Field("status"),
    Field("message"),
)
"""The columns of a report of estimates, in order; other records add their own."""

ROWS_NEEDED_FIELDS: tuple[Field, ...] = (
    Field("rows_for", "number"),
    Field("rows_for_interval", "integer"),
    Field("rows_for_power", "integer"),
)
"""What a report of estimates adds where the rows needed are asked for."""


_AS_THEY_ARE = frozenset({str, int, bool})
"""Types that JSON can hold as they are, asked first: most cells have one of them."""


def strict(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row that JSON can hold: a value that is not finite becomes null, and says so."""
    lost: list[str] = []
    clean: dict[str, Any] = {name: plain(value, name, lost) for name, value in row.items()}
    if lost:
        clean["message"] = "; ".join(filter(None, [clean["message"], *lost]))
    if clean["mi"] is None and clean["status"] == "ok":
        clean["status"] = "failed"
    return clean


def plain(value: Any, name: str, lost: list[str]) -> Any:
    """Give what JSON can hold of a value; what is not finite is named in ``lost``."""
    if value is None or type(value) in _AS_THEY_ARE or isinstance(value, (str, bool)):
        return value
    if type(value) is float and isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{name}.{key}", lost) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, name, lost) for item in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        if isfinite(value):
            return float(value)
        lost.append(f"{name} is {float(value)}")
        return None
    return str(value)
