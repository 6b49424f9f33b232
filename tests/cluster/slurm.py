"""A real Slurm of one node, in a folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.servers import Servers, end, inhabitants, until

PROCESSORS = 2
DELAY = 5  # seconds, the least that a credential lives: so long a requeued task waits
CONFIGURATION = """\
ClusterName=mitool
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
AuthInfo=socket={folder}/munge.socket,cred_expire={delay}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
MailProg=/bin/true
MpiDefault=none
JobRequeue=1
ReturnToService=2
KillWait=20
NodeName=localhost NodeAddr=127.0.0.1 CPUs={n} CoresPerSocket={n} RealMemory=16000
PartitionName=main Nodes=ALL Default=YES OverSubscribe=FORCE:8
"""
ENDED = {"", "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}


class Slurm(Servers):
    """munged, slurmctld and slurmd, and what their users type."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        super().__init__(folder, {**environment, "SLURM_CONF": str(folder / "slurm.conf")})

    def begin(self) -> None:
        """Start the three servers, and wait until the node takes jobs."""
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.touch(0o400)
        key.write_bytes(os.urandom(128))
        text = CONFIGURATION.format(folder=self.folder, delay=DELAY, n=PROCESSORS)
        (self.folder / "slurm.conf").write_text(text)
        places = {"key-file": key.name, "socket": "munge.socket", "pid-file": "munged.pid"}
        places |= {"seed-file": "munged.seed", "log-file": "munged-self.log"}
        options = [f"--{name}={self.folder / place}" for name, place in places.items()]
        self.start("munged", "munged", "--foreground", "--num-threads=10", *options)
        until((self.folder / "munge.socket").is_socket, "munged")
        self.start("slurmctld", "slurmctld", "-D")
        self.start_node()

    def start_node(self) -> None:
        """Start slurmd, and wait until its node takes jobs."""
        self.start("slurmd", "slurmd", "-D")
        until(lambda: self.node() in {"idle", "mixed", "allocated"}, "a node that takes jobs")

    def node(self) -> str:
        """Give the state of the node."""
        return self.tries(["sinfo", "--noheader", "--format=%T"]).stdout.strip()

    def break_node(self) -> None:
        """Let the node vanish, as by a loss of power: slurmd and all that runs under it."""
        others = self.pids - {self._running["slurmd"].pid}
        self.end("slurmd", signal.SIGKILL)
        while lost := inhabitants() - others:
            end(lost)
        # Slurm finds it out after SlurmdTimeout, five minutes; an operator may be sooner.
        self.says(["scontrol", "update", "NodeName=localhost", "State=DOWN", "Reason=vanished"])

    def submit(self, script: str, folder: Path, *options: str) -> str:
        """Put a script in the queue and give its number; it runs in its folder."""
        (folder / "array.sh").write_text(script)
        return self.says(["sbatch", "--parsable", *options, "array.sh"], folder).strip()

    def field(self, job: str, name: str) -> str:
        """Give what Slurm knows of a job, or nothing once it has forgotten it."""
        text = self.tries(["scontrol", "--oneliner", "show", "job", job]).stdout
        return dict(word.partition("=")[::2] for word in text.split()).get(name, "")

    def state(self, job: str) -> str:
        """Give the state of a job or of a task, as ``12_3``."""
        return self.field(job, "JobState")

    def restarts(self, job: str) -> int:
        """Give how many times a task was put back in the queue."""
        return int(self.field(job, "Restarts"))

    def wait(self, *jobs: str) -> list[str]:
        """Give the states in which jobs or tasks end."""
        until(lambda: all(self.state(job) in ENDED for job in jobs), f"the end of {jobs}")
        return [self.state(job) for job in jobs]

    def signal(self, job: str) -> None:
        """Send now what ``--signal=USR1@60`` sends before the end, to the same processes."""
        self.says(["scancel", "--signal=USR1", job])

    def finish(self) -> None:
        """Cancel all jobs, and end the servers."""
        if "slurmctld" in self._running:
            self.tries(["scancel", "--user=root"])
            until(lambda: not self.tries(["squeue", "--noheader"]).stdout, "an empty queue")
        self.end_all()
