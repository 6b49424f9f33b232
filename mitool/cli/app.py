"""The command tree and ``main``, the only place that turns outcomes into exit statuses."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from mitool.errors import MitoolError

app = typer.Typer(
    name="mitool",
    help="Mutual information of the columns of a file.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def root() -> None:
    """Mutual information of the columns of a file."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit status."""
    try:
        app(arguments, standalone_mode=False)
    except MitoolError as error:
        print(f"mitool: error: {error}", file=sys.stderr)
        return error.exit_status
    return 0
