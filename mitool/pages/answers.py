"""What a report comes to, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mitool.plots.picture import Row

ALPHA = 0.05


def answer(command: str, rows: Sequence[Row]) -> str:
    """Say in one sentence what the rows of a command found."""
    known = [row for row in rows if row.get("mi") is not None]
    if not known:
        return "No number could be estimated." if rows else "There are no results."
    return ANSWERS.get(command, _of_several)(known)


def _of_several(rows: Sequence[Row]) -> str:
    if len(rows) == 1:
        return _claim(rows[0])
    best = max(rows, key=lambda row: row["mi"])
    return f"{len(rows)} results; the largest: {_claim(best)}"


def _claim(row: Row) -> str:
    names = _names(row)
    words = f"{names}: {row['estimand']} = {_number(row, 'mi')}"
    if row.get("ci_low") is not None:
        words += (
            f", {row['ci_level']:.0%} interval {row['ci_low']:.3g} to {_number(row, 'ci_high')}"
        )
    if row.get("p_value") is not None:
        words += f", p = {row['p_value']:.2g}"
    low = "; the interval may be too narrow" if row.get("reliability") == "low" else ""
    return f"{words}{low}."


def _names(row: Row) -> str:
    names = str(row["x"]) if row.get("y") is None else f"{row['x']} with {row['y']}"
    given = f" given {row['given']}" if row.get("given") else ""
    lag = f" at lag {row['lag']}" if row.get("lag") is not None else ""
    return f"{names}{given}{lag}"


def _number(row: Row, name: str) -> str:
    unit = f" {row['unit']}" if row.get("unit") else ""
    return f"{row[name]:.3g}{unit}"


def _of_matrix(rows: Sequence[Row]) -> str:
    best = max(rows, key=lambda row: row["mi"])
    tested = [_p(row) for row in rows if _p(row) is not None]
    sure = sum(p <= ALPHA for p in tested if p is not None)
    count = f", {sure} of them significant at {ALPHA:g}" if tested else ""
    return f"{len(rows)} pairs{count}; the strongest is {_claim(best)}"


def _p(row: Row) -> float | None:
    p: float | None = row.get("p_adjusted")
    return row.get("p_value") if p is None else p


def _of_screen(rows: Sequence[Row]) -> str:
    first = min(rows, key=lambda row: row.get("rank") or len(rows))
    return f"Of {len(rows)} columns ranked, the first is {_claim(first)}"


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
    "diagnose": _of_diagnosis,
    "matrix": _of_matrix,
    "screen": _of_screen,
}
