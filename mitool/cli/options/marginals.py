"""What marginals of files are: columns to count, probabilities, or a contingency table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from mitool.cli.options.input import InputOptions
from mitool.errors import MitoolError, UsageError

if TYPE_CHECKING:
    from mitool.models.coupling_question import CouplingQuestion
    from mitool.models.marginals import Marginals
    from mitool.report import Run
    from mitool.tables import Table


def given_marginals(
    files: Sequence[str], run: Run, inputs: InputOptions, *, contingency: bool
) -> Marginals:
    """Read marginals, or a contingency table, from files that hold them as they are."""
    from mitool.models.coupling_question import in_numpy_files, in_tables

    arrays = in_numpy_files(files)
    if arrays is not None:
        _refuse_options(inputs)
        marginals, run.inputs = arrays
        return marginals
    tables = [inputs.open([file]) if contingency else _marginal(inputs, file) for file in files]
    run.inputs = [asdict(entry) for table in tables for entry in table.inputs]
    return in_tables(tables, contingency=contingency)


def _marginal(inputs: InputOptions, file: str) -> Table:
    """Open a file of one marginal; a header that is a probability is the first of them."""
    from mitool.tables.columnspecs import is_number

    table = inputs.open([file])
    masses = (float(name) for name in table.names if is_number(name))
    if file != "-" and any(0.0 <= mass <= 1.0 for mass in masses):
        return replace(inputs, no_header=True).open([file])
    return table


def counted_marginals(
    files: Sequence[str],
    run: Run,
    inputs: InputOptions,
    cols: Sequence[str] | None,
    question: CouplingQuestion,
) -> Marginals:
    """Count the levels of columns; NumPy files without --cols are marginals or a table."""
    from mitool.models.coupling_question import in_numpy_files
    from mitool.models.marginals import of_columns

    arrays = None if cols else in_numpy_files(files)
    if arrays is not None:
        _refuse_options(inputs)
        marginals, run.inputs = arrays
        return marginals
    if not cols:
        raise UsageError("name the columns by --cols, or say that files are --pmf or --contingency")
    table = inputs.open(files, question.seed)
    run.inputs = [asdict(entry) for entry in table.inputs]
    for name in sorted(inputs.declared(table.names)[1]):
        raise UsageError(f"levels of {name!r} are counted as labels; leave out --continuous")
    names = [name for spec in (*cols, question.target) if spec for name in table.select(spec)]
    columns = table.read(list(dict.fromkeys(names)))
    inputs.refuse_identifiers(columns, table.names)
    marginals = of_columns(columns)
    if inputs.missing == "error" and marginals.n_dropped:
        raise MitoolError(
            f"{marginals.n_dropped} of {len(columns[0])} rows have a missing value in "
            f"{', '.join(repr(column.name) for column in columns)}; use --missing drop to leave "
            "them out"
        )
    return marginals


def _refuse_options(inputs: InputOptions) -> None:
    """Refuse what says how a table is read: arrays of marginals are read as they are."""
    plain = InputOptions()
    for field in fields(inputs):
        if getattr(inputs, field.name) != getattr(plain, field.name):
            option = field.name.replace("_", "-")
            raise UsageError(
                f"--{option} is of tables; arrays of marginals are read as they are: leave it out"
            )
