"""Learning curves from a table of tokens, loss and run, or from a trainer's log in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.tables import Table, open_table
from mitool.tables.stdin import source_of
from mitool.variables import Vector

COUNTS = ("tokens", "step")
"""What counts what was seen; the first that is there."""

SEEN = ("num_input_tokens_seen", "tokens", "step")
"""The same in an entry of a trainer's log."""


@dataclass(frozen=True, eq=False)
class LossCurve:
    """One run: losses (n,) in nats a token, each of the tokens since the row before."""

    run: str | None
    tokens: Vector
    losses: Vector
    n_parameters: float | None = None
    counts_steps: bool = False

    def __post_init__(self) -> None:
        where = "the curve" if self.run is None else f"run {self.run!r}"
        if len(self.tokens) < 2:
            raise MitoolError(
                f"{where} has {len(self.tokens)} row; a learning curve needs two or more"
            )
        for name, values in (("tokens", self.tokens), ("loss", self.losses)):
            if not np.isfinite(values).all():
                row = int(np.argmax(~np.isfinite(values)))
                raise MitoolError(f"{where} has {values[row]} as its {name} in row {row}")
        back = np.flatnonzero(np.diff(self.tokens, prepend=0.0) <= 0.0)
        if len(back):
            row = int(back[0])
            before = self.tokens[row - 1] if row else 0.0
            if not row:
                raise MitoolError(
                    f"{where} begins at {self.tokens[0]:g}, before anything was seen; leave out "
                    "its first row, or count from the first step"
                )
            raise MitoolError(
                f"the tokens of {where} go from {before:g} to {self.tokens[row]:g} in row {row}; "
                "they count all that were seen so far, so name runs apart by a column run"
            )


def read_curves(path: str) -> tuple[list[LossCurve], dict[str, object]]:
    """Read the curves of a file, and what the report says of it."""
    source = source_of(path)
    if source.head.lstrip()[:1] in (b"{", b"["):
        with source.open() as stream:
            curves = of_log(stream.read(), source.name)
        rows = sum(len(curve.tokens) for curve in curves)
        entry = {"path": source.name, "format": "json", "bytes": source.n_bytes}
        return curves, {**entry, "rows": rows, "columns": 2}
    table = open_table([path])
    return of_table(table), asdict(table.inputs[0])


def of_table(table: Table) -> list[LossCurve]:
    """Take the columns tokens or step, loss, and perhaps run and parameters."""
    count = next((name for name in COUNTS if name in table.names), None)
    if count is None or "loss" not in table.names:
        raise MitoolError(
            f"{table.label} needs the columns tokens (or step) and loss; it has "
            f"{', '.join(table.names)}"
        )
    names = [n for n in (count, "loss", "run", "parameters") if n in table.names]
    columns = dict(zip(names, table.read(names), strict=True))
    for name in names:
        if columns[name].labels is not None and name != "run":
            raise MitoolError(f"column {name!r} of {table.label} holds no numbers")
    losses, tokens = columns["loss"].values, columns[count].values
    steps = count == "step"
    if "run" not in columns:
        return [LossCurve(None, tokens, losses, _parameters(columns, slice(None)), steps)]
    runs, labels = columns["run"].values, columns["run"].labels
    curves = []
    for code in dict.fromkeys(runs.tolist()):
        name = f"{code:g}" if labels is None else labels[int(code)]
        rows = runs == code
        more = (_parameters(columns, rows), steps)
        curves.append(LossCurve(name, tokens[rows], losses[rows], *more))
    return curves


def _parameters(columns: Mapping[str, Any], rows: Any) -> float | None:
    return float(columns["parameters"].values[rows][0]) if "parameters" in columns else None


def of_log(text: bytes, name: str) -> list[LossCurve]:
    """Take the history of a trainer: entries with a loss, and tokens seen or a step."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise MitoolError(f"{name} is neither a table nor JSON") from None
    history = found.get("log_history") if isinstance(found, Mapping) else found
    if not isinstance(history, Sequence):
        raise MitoolError(f"{name} has no 'log_history'; give a trainer's state, or its list")
    entries = [entry for entry in history if isinstance(entry, Mapping) and "loss" in entry]
    count = next((key for key in SEEN if entries and all(key in e for e in entries)), None)
    if count is None:
        raise MitoolError(f"{name} has no entries of a loss with one of {', '.join(SEEN)}")
    try:
        numbers = np.array([[entry[count], entry["loss"]] for entry in entries], dtype=np.float64)
    except (TypeError, ValueError):
        raise MitoolError(f"{name} has a {count!r} or 'loss' that is no number") from None
    return [LossCurve(None, numbers[:, 0], numbers[:, 1], counts_steps=count == "step")]
