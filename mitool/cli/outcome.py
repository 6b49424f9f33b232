"""How a run ends: every way out of it becomes an exit status, and one line where it failed."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable

from mitool.cli.faults import line_of
from mitool.cli.lines import complain
from mitool.cli.signals import Interrupted, signals_unwind
from mitool.errors import ExitStatus, MitoolError

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF)
"""Why a write may fail that was begun: no room, or a stream that is closed."""


def status_of(run: Callable[[], int]) -> int:
    """Run and give the exit status; nothing but the end of the process itself gets past."""
    try:
        with signals_unwind():
            status = run()
            sys.stdout.flush()
        return status
    except MitoolError as error:
        return complain(str(error), error.exit_status)
    except Interrupted as interrupted:
        return interrupted.exit_status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        _drop_stdout()
        return 128 + signal.SIGPIPE
    except OSError as error:
        return _of_system(error)
    except (Exception, SystemExit) as fault:
        return complain(line_of(fault), ExitStatus.BROKEN)


def _of_system(error: OSError) -> int:
    """Say what the system refused; a file that cannot be written on needs no traceback."""
    if error.errno not in UNWRITABLE:
        return complain(line_of(error), ExitStatus.BROKEN)
    where = error.filename or "standard output"
    if not error.filename:
        _drop_stdout()
    reason = os.strerror(error.errno).lower()
    return complain(f"cannot write {where}: {reason}", ExitStatus.BROKEN)


def _drop_stdout() -> None:
    """Drop what stdout still holds, or the interpreter would try to write it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
