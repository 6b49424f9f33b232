"""A real Grid Engine of one host, in a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.servers import Servers, until

LIBRARY = Path("/usr/lib/gridengine")
SHARE = Path("/usr/share/gridengine")
QUEUE = "main.q"
BOOTSTRAP = """\
admin_user none
default_domain none
ignore_fqdn false
spooling_method classic
spooling_lib libspoolc
spooling_params {common};{spool}
binary_path {library}
qmaster_spool_dir {spool}
security_mode none
listener_threads 2
worker_threads 2
scheduler_threads 1
"""
ENVIRONMENT_OF_SLOTS = """\
pe_name smp
slots 999
user_lists NONE
xuser_lists NONE
start_proc_args NONE
stop_proc_args NONE
allocation_rule $pe_slots
control_slaves FALSE
job_is_first_task TRUE
urgency_slots min
accounting_summary FALSE
qsort_args NONE
"""


class GridEngine(Servers):
    """sge_qmaster and sge_execd, and what their users type."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        more = {"SGE_ROOT": str(folder), "SGE_CELL": "cell", "SGE_ARCH": "lx-amd64", "SGE_ND": "1"}
        more |= {"SGE_QMASTER_PORT": "16444", "SGE_EXECD_PORT": "16445"}
        more |= {"PATH": f"{LIBRARY}:{environment['PATH']}", "LD_LIBRARY_PATH": str(LIBRARY)}
        super().__init__(folder, {**environment, **more})
        self._common, self._spool = folder / "cell" / "common", folder / "spool"

    @staticmethod
    def is_installed() -> bool:
        """Whether Debian's packages are here."""
        return (LIBRARY / "sge_qmaster").exists() and (LIBRARY / "sge_execd").exists()

    def begin(self) -> None:
        """Make a cell, start the two servers, and wait until the queue takes jobs."""
        self._lay_out()
        self._fill_spool()
        self.start("qmaster", LIBRARY / "sge_qmaster")
        until(lambda: self.tries(["qconf", "-sh"]).returncode == 0, "a master that answers")
        self.says(["qconf", "-as", "localhost"])
        self._open_queue()
        self.start("execd", LIBRARY / "sge_execd")
        until(lambda: "lx-amd64" in self.says(["qstat", "-f"]), "a host that takes jobs")

    def _lay_out(self) -> None:
        for path in (self._common, self._spool / "job_scripts", self.folder / "execd"):
            path.mkdir(parents=True)
        for name in ("bin", "lib", "utilbin"):
            (self.folder / name).mkdir()
            (self.folder / name / "lx-amd64").symlink_to(LIBRARY)
        (self.folder / "util").symlink_to(SHARE / "util")
        (self._common / "act_qmaster").write_text("localhost\n")
        text = BOOTSTRAP.format(common=self._common, spool=self._spool, library=LIBRARY)
        (self._common / "bootstrap").write_text(text)

    def _fill_spool(self) -> None:
        text = (SHARE / "default-configuration").read_text()
        execd = self.folder / "execd"
        for name, value in {
            **{"execd_spool_dir": execd, "mailer": "/bin/true", "load_report_time": "00:00:02"},
            **{"min_uid": 0, "min_gid": 0},
        }.items():
            text = re.sub(rf"^{name} .*", f"{name} {value}", text, flags=re.M)
        resources = SHARE / "util" / "resources"
        self.says(
            [LIBRARY / "spoolinit", "classic", "libspoolc", f"{self._common};{self._spool}", "init"]
        )
        for kind, source in {
            "configuration": self._file("configuration", text),
            "complexes": resources / "centry",
            "usersets": resources / "usersets",
            "managers": "root",
            "adminhosts": "localhost",
        }.items():
            self.tries([LIBRARY / "spooldefaults.bin", kind, source])

    def _open_queue(self) -> None:
        self.says(["qconf", "-Ap", self._file("slots", ENVIRONMENT_OF_SLOTS)])
        template = dict(
            line.split(None, 1) for line in self.says(["qconf", "-sq"]).splitlines() if line
        )
        template |= {"qname": QUEUE, "hostlist": "localhost", "slots": "8", "pe_list": "smp"}
        template |= {"shell": "/bin/sh", "shell_start_mode": "unix_behavior"}
        template |= {"load_thresholds": "NONE"}  # other work on the machine is no reason to wait
        text = "".join(f"{name} {value}\n" for name, value in template.items())
        self.says(["qconf", "-Aq", self._file("queue", text)])
        rules = self.says(["qconf", "-ssconf"])
        # Not sooner: a task that starts before its host has forgotten its end is lost.
        rules = re.sub(r"^schedule_interval .*", "schedule_interval 0:0:5", rules, flags=re.M)
        rules = re.sub(r"^flush_submit_sec .*", "flush_submit_sec 1", rules, flags=re.M)
        self.says(["qconf", "-Msconf", self._file("rules", rules)])

    def _file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def submit(self, script: str, folder: Path) -> str:
        """Put a script in the queue and give its number."""
        (folder / "array.sh").write_text(script)
        return self.says(["qsub", "-terse", "array.sh"], folder).strip().partition(".")[0]

    def wait(self, job: str) -> None:
        """Wait until no task of a job is left."""
        until(lambda: self.tries(["qstat", "-j", job]).returncode != 0, f"the end of job {job}")

    def messages(self) -> str:
        """Give what the master wrote down."""
        return (self._spool / "messages").read_text()
