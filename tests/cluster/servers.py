"""Servers of a test: started in its folder, ended by their ids, and nothing left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PATIENCE = 240.0  # seconds; machines that run tests are slow and shared
GRACE = 10.0  # seconds that a server has to end by itself
NETWORK = Path("/proc/self/ns/net")


def is_alone() -> bool:
    """Whether this process has a network of its own, in which no stranger lives."""
    outside = os.environ.get("MITOOL_NETWORK_OUTSIDE", "")  # alone.sh tells
    return outside != "" and outside != str(NETWORK.readlink())


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for what must come to be."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


def inhabitants() -> set[int]:
    """Give the ids of the other processes in our network."""
    assert is_alone()
    home, found = NETWORK.readlink(), set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "ns" / "net").readlink() == home:
                found.add(int(folder.name))
        except OSError:  # it has just ended
            continue
    return found - {os.getpid()}


def end(processes: set[int]) -> None:
    """Kill processes at once."""
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


class Servers:
    """Programs that run until they are ended, in the reverse order."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> set[int]:
        """The ids of those that run."""
        return {process.pid for process in self._running.values()}

    def start(self, name: str, *command: object) -> None:
        """Start one; what it says goes to its log in the folder."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
            )

    def log(self, name: str) -> str:
        """Give what a server said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def end(self, name: str, number: int = signal.SIGTERM) -> None:
        """End one, and wait for it."""
        process = self._running.pop(name)
        process.send_signal(number)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def end_all(self) -> None:
        """End them all, the last one first."""
        for name in reversed(list(self._running)):
            self.end(name)

    def says(self, command: Sequence[object], cwd: Path | None = None) -> str:
        """Give what a program prints; one that fails is an error."""
        done = self.tries(command, cwd)
        assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def tries(
        self, command: Sequence[object], cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            [str(word) for word in command],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
