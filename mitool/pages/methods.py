"""The paragraph on methods that a paper needs, and what it cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mitool.errors import MitoolError
from mitool.plots.picture import Row

CITATION = """@software{mitool,
  title = {mitool: mutual information from the command line},
  version = {VERSION}
}"""


def methods(rows: Sequence[Row], settings: Mapping[str, Any], version: str) -> str:
    """Describe how the numbers of a report were made, from what its rows and settings say."""
    sentences = [
        f"Estimates were made with mitool {version}, {_estimators(rows)}",
        *_quantities(rows),
        *_transforms(rows),
        *_intervals(rows),
        *_tests(rows, settings),
        *_seed(settings),
    ]
    return " ".join(f"{sentence}." for sentence in sentences)


def citations(rows: Sequence[Row], version: str) -> list[str]:
    """Give the BibTeX of mitool and of each estimator that the rows name."""
    found = [CITATION.replace("VERSION", version)]
    return found + [text for name in _named(rows) if (text := _fact(name, "bibtex"))]


def _named(rows: Sequence[Row]) -> list[str]:
    return sorted({row["estimator"] for row in rows if row.get("estimator")})


def _fact(name: str, what: str) -> str:
    """Give what the catalogue knows of an estimator; nothing of one that is not installed."""
    from mitool.estimators.catalogue import entry

    try:
        return str(getattr(entry(name), what))
    except MitoolError:
        return ""


def _estimators(rows: Sequence[Row]) -> str:
    parts = []
    for name in _named(rows):
        params = next((row.get("params") for row in rows if row.get("estimator") == name), None)
        shown = ", ".join(
            f"{key} = {value}" for key, value in (params or {}).items() if value is not None
        )
        reference = _fact(name, "reference").rstrip(".")
        inside = "; ".join(filter(None, (shown, reference)))
        parts.append(f"{name} ({inside})" if inside else name)
    return "by " + "; ".join(parts) if parts else "which has no estimator here"


def _quantities(rows: Sequence[Row]) -> Iterator[str]:
    """Say what is no plain information of two columns of the same row."""
    if given := sorted({str(row["given"]) for row in rows if row.get("given")}):
        yield f"Information is conditional, given {'; or given '.join(given)}"
    if any(lags := sorted({row["lag"] for row in rows if row.get("lag") is not None})):
        span = f"from {lags[0]} to {lags[-1]}" if len(lags) > 1 else f"of {lags[0]}"
        yield f"Row t of x was paired with row t + lag of y, at a lag {span}"
    if any(str(row.get("estimand")).endswith("_difference") for row in rows):
        yield "Each result is the first estimate less the second"


def _transforms(rows: Sequence[Row]) -> Iterator[str]:
    words = {
        "normal": "numeric columns were replaced by their normal scores",
        "standard": "numeric columns were standardised",
        "rank": "numeric columns were replaced by their ranks",
    }
    found = {str(row.get("transform")).split("+")[0] for row in rows}
    when = "Before the estimate" if len(found) == 1 else "Before some of the estimates"
    for name, sentence in words.items():
        if name in found:
            yield f"{when}, {sentence}"


def _intervals(rows: Sequence[Row]) -> Iterator[str]:
    made = {
        (row["ci_level"], row["ci_method"], row.get("ci_n"))
        for row in rows
        if row.get("ci_method") is not None
    }
    for level, method, number in sorted(made, key=str):
        resamples = f" with {number} resamples" if number else ""
        yield f"Intervals of level {level:g} are by the method {method}{resamples}"


def _tests(rows: Sequence[Row], settings: Mapping[str, Any]) -> Iterator[str]:
    made = {(row["p_method"], row.get("p_n")) for row in rows if row.get("p_method") is not None}
    for method, number in sorted(made, key=str):
        permutations = f" with {number} permutations" if number else ""
        yield f"P-values are by the test {method}{permutations}"
    if any(row.get("p_adjusted") is not None for row in rows):
        how = settings.get("adjust")
        yield f"P-values were adjusted for their number{f' ({how})' if how else ''}"


def _seed(settings: Mapping[str, Any]) -> Iterator[str]:
    if (seed := settings.get("seed")) is not None:
        yield f"The random seed was {seed}"
