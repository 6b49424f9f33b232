"""What a report comes to, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mitool.plots.picture import ALPHA, Row, is_insignificant, p_of
from mitool.printable import shortened

NAME = 60  # characters of a name in a sentence
PLANE = ("I(X;T)", "I(T;Y)")
ENDS: dict[str, tuple[str, Callable[..., Row]]] = {
    "lower": ("the highest lower bound", max),
    "upper": ("the lowest upper bound", min),
}


def answer(command: str, rows: Sequence[Row], compared: Sequence[str] = ()) -> str:
    """Say in one sentence what the rows of a command found; ``compared`` are of a difference."""
    known = [row for row in rows if row.get("mi") is not None]
    if not known:
        return "No number could be estimated." if rows else "There are no results."
    found = ANSWERS.get(command, _of_several)(known)
    if not compared:
        return found
    first, second = (shortened(name, NAME) for name in compared)
    return f"{found} It is that of {first} less that of {second}."


def _of_several(rows: Sequence[Row]) -> str:
    """Name the largest; of quantities that do not compare, the first."""
    if len(rows) == 1:
        return _claim(rows[0])
    if len({(row["estimand"], row.get("unit"), row.get("kind")) for row in rows}) > 1:
        return f"{len(rows)} results; the first: {_claim(rows[0])}"
    best = max(rows, key=lambda row: row["mi"])
    return f"{len(rows)} results; the largest: {_claim(best)}"


def _of_bounds(rows: Sequence[Row]) -> str:
    """Name the highest lower and the lowest upper bound, where all are of one quantity."""
    bounds = [row for row in rows if row.get("kind") in ENDS]
    questions = {tuple(row.get(part) for part in ("x", "y", "estimand", "unit")) for row in bounds}
    if len(questions) != 1:
        return _of_several(rows)
    found = [
        f"{words} is {_told(act(ends, key=lambda row: row['mi']))}"
        for kind, (words, act) in ENDS.items()
        if (ends := [row for row in bounds if row["kind"] == kind])
    ]
    return f"{_names(bounds[0])}, {bounds[0]['estimand']}: {', '.join(found)}."


def _told(row: Row) -> str:
    return f"{_interval(row)} ({row['estimator']})"


def _of_learning(rows: Sequence[Row]) -> str:
    """Tell the parts of the first form, which is the mean of the runs where there are several."""
    first = rows[0]
    parts = [row for row in rows if row.get("form") == first.get("form")]
    form = f", {first['form']}" if first.get("form") else ""
    told = "; ".join(f"{row['estimator']} {_interval(row)}" for row in parts)
    return f"{_names(first)}{form}: {told}."


def _claim(row: Row) -> str:
    names = _names(row)
    words = f"{names}: {row['estimand']} = {_interval(row)}"
    if row.get("p_value") is not None:
        words += f", p = {row['p_value']:.2g}"
    low = "; the interval may be too narrow" if row.get("reliability") == "low" else ""
    bound = {"lower": " (a lower bound)", "upper": " (an upper bound)"}.get(row.get("kind") or "")
    return f"{words}{bound or ''}{low}."


def _interval(row: Row) -> str:
    if row.get("ci_low") is None:
        return _number(row, "mi")
    ends = f"{_digits(row['ci_low'])} to {_number(row, 'ci_high')}"
    return f"{_number(row, 'mi')}, {row['ci_level']:.0%} interval {ends}"


def _names(row: Row) -> str:
    x, y, z = (shortened(str(row.get(side) or ""), NAME) for side in ("x", "y", "given"))
    names = f"{x} with {y}" if y else x
    given = f" given {z}" if z else ""
    lag = f" at lag {row['lag']}" if row.get("lag") is not None else ""
    return f"{names}{given}{lag}"


def _number(row: Row, name: str) -> str:
    unit = f" {row['unit']}" if row.get("unit") else ""
    return f"{_digits(row[name])}{unit}"


def _digits(value: float) -> str:
    return f"{value:.0f}" if 1_000 <= abs(value) < 1e6 else f"{value:.3g}"


def _of_matrix(rows: Sequence[Row]) -> str:
    best = max(rows, key=lambda row: row["mi"])
    tested = [row for row in rows if p_of(row) is not None]
    sure = sum(not is_insignificant(row) for row in tested)
    count = f", {sure} of them significant at {ALPHA:g}" if tested else ""
    return f"{len(rows)} pairs{count}; the strongest is {_claim(best)}"


def _of_screen(rows: Sequence[Row]) -> str:
    first = min(rows, key=lambda row: row.get("rank") or len(rows))
    return f"Of {len(rows)} columns ranked, the first is {_claim(first)}"


def _of_layers(rows: Sequence[Row]) -> str:
    """Tell how the last layer's place in the plane moved, by the first estimator."""
    plane = [row for row in rows if row.get("quantity") in PLANE]
    if not plane:
        return _of_several(rows)
    first = plane[0]
    one = [row for row in plane if row["estimator"] == first["estimator"]]
    n_layers = len({row["layer"] for row in one})
    last = [row for row in one if row["layer"] == one[-1]["layer"]]
    moves = [
        f"{quantity} {_moved([row for row in last if row['quantity'] == quantity])}"
        for quantity in PLANE
        if any(row["quantity"] == quantity for row in last)
    ]
    epochs = [row["epoch"] for row in one if row.get("epoch") is not None]
    span = f" over epochs {min(epochs)} to {max(epochs)}" if len(set(epochs)) > 1 else ""
    layer = shortened(str(one[-1]["layer"]), NAME)
    which = f"the last of {n_layers} layers, {layer}," if n_layers > 1 else f"layer {layer}"
    return f"In {which}{span} by {first['estimator']}: {' and '.join(moves)}."


def _moved(rows: Sequence[Row]) -> str:
    """Give the first and the last number of the rows, which stand in the order of epochs."""
    of_one = [row for row in rows if row.get("y") == rows[0].get("y")]
    ends = (of_one[0], of_one[-1])
    if len(of_one) == 1:
        return f"is {_number(ends[0], 'mi')}"
    return f"goes from {_digits(ends[0]['mi'])} to {_number(ends[1], 'mi')}"


def _of_diagnosis(rows: Sequence[Row]) -> str:
    judged = [row for row in rows if row.get("verdict")]
    if not judged:
        return _of_several(rows)
    return " ".join(f"Verdict: {row['verdict']}. {_claim(row)}" for row in judged[:3])


def _of_benchmark(rows: Sequence[Row]) -> str:
    best = min(rows, key=lambda row: row["rmse"])
    return (
        f"{len(rows)} contests; the least error is that of {best['estimator']} on "
        f"{best['distribution']}: rmse {best['rmse']:.3g}."
    )


ANSWERS: dict[str, Callable[[Sequence[Row]], str]] = {
    "benchmark": _of_benchmark,
    "bounds": _of_bounds,
    "coupling": _of_bounds,
    "diagnose": _of_diagnosis,
    "epiplexity": _of_learning,
    "layers": _of_layers,
    "matrix": _of_matrix,
    "predictions": _of_bounds,
    "screen": _of_screen,
}
