"""What can go wrong, in words for the person who can mend it."""

from __future__ import annotations


class MitoolError(Exception):
    """The user can mend this; the message is one line that says how.

    ``exit_status`` is what the command line leaves with: 3, the input cannot be used, unless
    given (1 disk full or no scheduler, 2 wrong usage, 5 an optional package is missing).
    """

    def __init__(self, message: str, *, exit_status: int = 3) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class UsageError(MitoolError):
    """What was asked for does not exist or cannot be meant: exit status 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_status=2)


class MitoolWarning(UserWarning):
    """Something surprising but usable; ``code`` is stable and stands in every report."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
