"""What can go wrong, in words for the person who can mend it."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar

Made = TypeVar("Made")


class ExitStatus(IntEnum):
    """What the command line leaves with; ended by a signal, 128 and its number."""

    OK = 0
    BROKEN = 1
    """A fault of mitool or of the system: a full disk, or no scheduler."""
    USAGE = 2
    DATA = 3
    """The input cannot be used, or every result failed."""
    PARTLY_FAILED = 4
    MISSING_EXTRA = 5
    STOPPED = 75
    """Left early with all that was done kept (EX_TEMPFAIL of sysexits.h)."""

    @classmethod
    def of_results(cls, n_failed: int, n_results: int) -> ExitStatus:
        """Give the status of a run by how many of its results failed."""
        if not n_failed:
            return cls.OK
        return cls.PARTLY_FAILED if n_failed < n_results else cls.DATA


class MitoolError(ValueError):
    """The user can mend this; the message is one line that says how.

    ``exit_status`` is what the command line leaves with: that the input cannot be used, unless
    another is given.
    """

    def __init__(self, message: str, *, exit_status: int = ExitStatus.DATA) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class UsageError(MitoolError):
    """What was asked for does not exist or cannot be meant."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_status=ExitStatus.USAGE)


def attempt(call: Callable[[], Made], on_failure: Callable[[MitoolError], Made]) -> Made:
    """Give what a call gives, or what is made of its error.

    Wrong usage is raised all the same: what is one of many would fail by it in all.
    """
    try:
        return call()
    except UsageError:
        raise
    except MitoolError as error:
        return on_failure(error)


class MitoolWarning(UserWarning):
    """Something surprising but usable; ``code`` is stable and stands in every report."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[MitoolWarning], tuple[str, str]]:
        """Travel between processes: where warnings are errors, a worker sends this one back."""
        return type(self), (self.code, str(self))
