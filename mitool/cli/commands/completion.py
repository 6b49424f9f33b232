"""``mitool completion``: a script that teaches a shell the names of commands and options."""

from __future__ import annotations

from typing import Annotated

import typer

from mitool.choices import Shell

EXAMPLES = (
    ("For bash, until the shell ends.", "mitool completion bash > mitool.sh && . ./mitool.sh"),
    (
        "For bash, for good.",
        "mkdir -p ~/.local/share/bash-completion/completions && "
        "mitool completion bash > ~/.local/share/bash-completion/completions/mitool",
    ),
)

ShellName = Annotated[
    Shell,
    typer.Argument(metavar="SHELL", help="bash, zsh, fish, powershell or pwsh."),
]


def completion(shell: ShellName) -> None:
    """Print the completion script of a shell."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    from mitool.cli.app import COMPLETION

    script = get_completion_script(prog_name="mitool", complete_var=COMPLETION, shell=shell)
    typer.echo(script)
