"""Memory is predicted and refused before it is taken, never met by the out-of-memory killer."""

from __future__ import annotations

from mitool.errors import MitoolError
from mitool.limits import free_memory


def require(n_bytes: int, what: str) -> None:
    """Refuse an allocation that would not fit, and say what would."""
    free = free_memory()
    if n_bytes > free:
        raise MitoolError(
            f"{what} needs {n_bytes / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; take a random "
            "subset with --sample N, a wider bandwidth, or a larger tolerance"
        )
