"""What of a column, beside its values, decides how its pairs are estimated and described."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mitool.diagnostics import variable_notes
from mitool.diagnostics.row_notes import persists
from mitool.estimators.auto import is_by_hand
from mitool.variables import Kind, Variable
from mitool.variables.transforms import tied_columns


@dataclass(frozen=True, eq=False)
class Standing:
    """The same object for columns that stand alike (see ``of``).

    ``is_sound``: it is a single column that may be estimated. ``is_untied``: it is of labels or of
    numbers that never repeat, which are no copied rows. ``persists``: neighbouring rows resemble
    each other. ``codes`` are those of the warnings on the column alone.
    """

    kinds: tuple[Kind, ...]
    is_by_hand: bool
    is_sound: bool
    is_untied: bool
    persists: bool
    codes: tuple[str, ...]

    @staticmethod
    def of(variable: Variable) -> Standing:
        """Look at a complete variable (kept)."""
        known: Standing | None = variable.known("standing")
        return known or variable.remember("standing", lambda: _looked_at(variable))

    def notes_rows_with(self, other: Standing) -> bool:
        """Whether the rows of two columns may show what neither shows by itself."""
        return (self.persists and other.persists) or not (self.is_untied and other.is_untied)


_shared = lru_cache(maxsize=4096)(Standing)


def _looked_at(variable: Variable) -> Standing:
    is_single = variable.n_dims == 1 and len(variable) > 1
    return _shared(
        variable.kinds,
        is_by_hand(variable),
        is_single and variable.refusal is None and not variable.is_constant,
        is_single and not tied_columns(variable),
        is_single and persists(variable),
        tuple(note.code for note in variable_notes(variable) if note.level == "warning"),
    )
