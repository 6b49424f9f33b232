"""Old names of public things: each still works, with a warning that gives the new one.

A line stays for one release after the move. Modules are looked up here only after no file of their
name was found, so a run that uses no old name neither loads nor pays for this.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

MODULES = {
    "mitool.comparison": "mitool.uncertainty.comparison",
    "mitool.curves": "mitool.diagnosis.curves",
    "mitool.description": "mitool.measure.description",
    "mitool.diagnostics.columns": "mitool.diagnostics.column_notes",
    "mitool.diagnostics.estimates": "mitool.diagnostics.estimate_notes",
    "mitool.diagnostics.rows": "mitool.diagnostics.row_notes",
    "mitool.entropies": "mitool.measure.entropy",
    "mitool.estimators.batches": "mitool.estimators.streamed",
    "mitool.inference.counted": "mitool.inference.count_intervals",
    "mitool.inference.reliability": "mitool.inference.evidence",
    "mitool.inference.selection": "mitool.inference.forward_selection",
    "mitool.inference.units": "mitool.inference.sampling_units",
    "mitool.kinds": "mitool.variables.kinds",
    "mitool.lags": "mitool.variables.lags",
    "mitool.measurement": "mitool.measure.measurement",
    "mitool.method": "mitool.measure.method",
    "mitool.normalization": "mitool.measure.normalize",
    "mitool.pointwise": "mitool.measure.pointwise",
    "mitool.report.formats": "mitool.report.writers",
    "mitool.report.table": "mitool.report.terminal",
    "mitool.screening.columns": "mitool.screening.column_batch",
    "mitool.selection": "mitool.tables.columnspecs",
    "mitool.sizes": "mitool.variables.magnitudes",
    "mitool.streaming.able": "mitool.streaming.streamable",
    "mitool.streaming.looking": "mitool.streaming.batchcounts",
    "mitool.streaming.many": "mitool.streaming.matrix_batch",
    "mitool.streaming.summing": "mitool.streaming.runningsum",
    "mitool.sweeps": "mitool.diagnosis.sweeps",
    "mitool.tables.arrays": "mitool.tables.numpyfiles",
    "mitool.tables.binary": "mitool.tables.arrowfiles",
    "mitool.tables.datalines": "mitool.tables.textlines",
    "mitool.tables.lines": "mitool.tables.jsonlines",
    "mitool.tables.options": "mitool.tables.readoptions",
    "mitool.tables.part": "mitool.tables.reader",
    "mitool.tables.pieces": "mitool.tables.arrowbatches",
    "mitool.tables.python": "mitool.tables.inmemory",
    "mitool.tables.sample": "mitool.tables.sampledrows",
    "mitool.tables.text": "mitool.tables.textfiles",
    "mitool.tasks.columns": "mitool.variables.tablecolumns",
    "mitool.transforms": "mitool.variables.transforms",
    "mitool.uncertainty.rows": "mitool.uncertainty.chosen_units",
    "mitool.uncertainty.settings": "mitool.uncertainty.uncertainty",
    "mitool.uncertainty.significance": "mitool.uncertainty.test",
}
"""Modules by their path before 0.2, and where they are now; kernels and the command line were never
for others to import."""

NAMES: dict[str, str] = {}
"""Names of ``mitool`` itself that are now called otherwise: old name to new name."""


class Alias:
    """Loads a module by its old path: it is the same module, not a copy."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave the making of an empty module to Python; it is replaced at once."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Put the module in its new place under the old name too."""
        old, new = module.__name__, MODULES[module.__name__]
        _warn(old, new)
        sys.modules[old] = import_module(new)


def spec_of(name: str) -> ModuleSpec | None:
    """Say how a module that moved is loaded; None for any other."""
    return ModuleSpec(name, Alias()) if name in MODULES else None  # type: ignore[arg-type]


def new_name(name: str) -> str | None:
    """Give what an old name of ``mitool`` is called now, with a warning; None if it is none."""
    if name not in NAMES:
        return None
    _warn(f"mitool.{name}", f"mitool.{NAMES[name]}")
    return NAMES[name]


def _warn(old: str, new: str) -> None:
    message = f"{old} is now {new}; the old name goes with the next release"
    warnings.warn(message, DeprecationWarning, stacklevel=3)
