"""The chapter "On a cluster", for the README and the manual: words and scripts that tests run."""

from __future__ import annotations

from dataclasses import dataclass

INTRODUCTION = """\
A large matrix is shared out among the jobs of an array, killed when the queue demands it, and goes
on where it was. The report is the same byte for byte however it was run. Threads follow what the
job was granted: affinity, control group, SLURM_CPUS_PER_TASK, NSLOTS, NCPUS."""


@dataclass(frozen=True)
class Recipe:
    """A heading, what to know, and a script that works as it stands."""

    title: str
    words: str
    script: str


RECIPES = (
    Recipe(
        "Before a long run",
        "Counts the pairs, and predicts time and memory from a few of them.",
        "mitool matrix sample_data/wine.csv --dry-run",
    ),
    Recipe(
        "Slurm: an array of shards, put back in the queue when its time is over",
        "Each task writes a part, which is its own checkpoint. Slurm sends SIGUSR1 before the end, "
        "but only to what srun started: mitool finishes the running pairs and leaves with status "
        "75 (138 if it had not begun to listen). A task is put back by the number of its array and "
        "its own: SLURM_JOB_ID of the last task is that of all tasks.",
        """\
#!/bin/bash
#SBATCH --array=1-3 --cpus-per-task=2 --mem=4G --time=1:00:00
#SBATCH --signal=USR1@60 --requeue --open-mode=append
srun mitool matrix sample_data/wine.csv -q --shard auto -o part-$SLURM_ARRAY_TASK_ID.part
status=$?
case $status in
    75|138) scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" ;;
esac
exit $status""",
    ),
    Recipe(
        "Slurm: the whole when all tasks are done",
        "The script above is array.sh. Where a task failed nothing is joined: send both again, "
        "parts that are finished cost nothing and the others go on. The last line, typed by hand, "
        "names what is missing.",
        """\
array=$(sbatch --parsable array.sh)
sbatch --dependency=afterok:$array --kill-on-invalid-dep=yes \\
    --wrap "mitool merge part-*.part -q -o wine.csv\"""",
    ),
    Recipe(
        "Join the parts",
        "Parts that are missing, incomplete or of other data or settings are refused by name.",
        "mitool merge part-*.part -q -o wine.csv",
    ),
    Recipe(
        "Grid Engine: an array, put back by status 99",
        "Its soft limit (s_rt) kills a task that was put back once: mitool keeps to a limit of its "
        "own. Without -V a job does not know your PATH.",
        """\
#!/bin/bash
#$ -t 1-3 -pe smp 2 -l h_rt=1:00:00 -r yes -V -cwd -j yes
mitool matrix sample_data/wine.csv -q --shard auto --time-limit 55m \\
    -o "part-$SGE_TASK_ID.part"
status=$?
if [ $status -eq 75 ]; then exit 99; fi
exit $status""",
    ),
    Recipe(
        "PBS: the same with a limit of time",
        "PBS tells a task its number but not how many there are: say so. Send it again until all "
        "parts are whole. Not run on a real PBS.",
        """\
#!/bin/bash
#PBS -V -J 1-3
#PBS -l select=1:ncpus=2:mem=4gb,walltime=01:00:00
cd "$PBS_O_WORKDIR"
mitool matrix sample_data/wine.csv -q --shard "$PBS_ARRAY_INDEX/3" \\
    --time-limit 55m -o "part-$PBS_ARRAY_INDEX.part\"""",
    ),
    Recipe(
        "One machine: a checkpoint",
        "Run the same line again after whatever happened.",
        "mitool matrix sample_data/wine.csv -q --checkpoint wine.part -o wine.csv",
    ),
    Recipe(
        "Dask",
        "Inside a job, start a scheduler and workers, and name the scheduler's file. Whoever "
        "reaches a Dask port can run code as you: keep it within the job, or use tls:// with "
        "certificates (the DASK_DISTRIBUTED__COMM__TLS__* variables). Without a cluster, "
        "local:N works in N threads of this process, which opens no port.",
        """\
#!/bin/bash
#SBATCH --ntasks=3 --cpus-per-task=1 --mem-per-cpu=2G
dask scheduler --scheduler-file scheduler.json --no-dashboard &
srun --ntasks=2 dask worker --scheduler-file scheduler.json --nthreads 1 --no-dashboard &
until [ -s scheduler.json ]; do sleep 1; done
mitool matrix sample_data/wine.csv -q --cols alcohol..ash \\
    --scheduler scheduler.json -o dask.csv
status=$?
kill %1 %2
exit $status""",
    ),
    Recipe(
        "Shards side by side with nothing but a shell",
        "xargs is everywhere; GNU parallel does the same.",
        """\
seq 3 | xargs -P 2 -I{} mitool matrix sample_data/wine.csv -q -j 1 --shard {}/3 -o {}.part
mitool merge 1.part 2.part 3.part -q --format csv -o wine.csv""",
    ),
    Recipe(
        "The same by GNU parallel",
        "A shard that failed is run again by the same line; it goes on from its part.",
        """\
parallel -j 2 "mitool matrix sample_data/wine.csv -q -j 1 --shard {}/3 -o {}.part" ::: 1 2 3
mitool merge 1.part 2.part 3.part -q --format csv -o wine.csv""",
    ),
    Recipe(
        "The same by make",
        "A part that is finished gets a stamp; one that stopped early has none, and goes on when "
        "make is run again. make -j sets how many at a time.",
        """\
cat > shards.mk <<'END'
wine.csv: 1.done 2.done 3.done ; mitool merge $(^:done=part) -q -o $@
%.done: ; mitool matrix sample_data/wine.csv -q -j 1 --shard $*/3 -o $*.part && touch $@
END
make -j 2 -f shards.mk""",
    ),
    Recipe(
        "Without the internet: a wheelhouse",
        "Gather the wheels where there is a network, on the same system and Python, and install "
        "from the folder where there is none.",
        """\
pip download "mitool[dask]" --dest wheelhouse
pip install --no-index --find-links wheelhouse "mitool[dask]\"""",
    ),
    Recipe(
        "Compiled ahead",
        "The first run on a machine compiles the loops it needs, in seconds; tasks of an array "
        "that begin together would each do so. Once, on a node of the kind that they will run on.",
        "mitool env --compile",
    ),
    Recipe(
        "Apptainer",
        "The image is built once and read only, with compiled loops for the kind of processor that "
        "builds it; on another kind they are compiled anew and kept in ~/.cache.",
        """\
cat > mitool.def <<'END'
Bootstrap: docker
From: python:3.12-slim
%post
    pip install --no-cache-dir "mitool[dask]"
    mitool env --compile
END
apptainer build mitool.sif mitool.def
apptainer exec mitool.sif \\
    mitool matrix sample_data/wine.csv -q -o wine.csv""",
    ),
    Recipe(
        "Docker",
        "The limits of the container are kept to: --cpus sets the threads, --memory the memory. "
        "Compiled loops are in the image, for the kind of processor that builds it; on another "
        "kind they go to the folder of -e MITOOL_CACHE_DIR.",
        """\
cat > Dockerfile <<'END'
FROM python:3.12-slim
RUN pip install --no-cache-dir "mitool[dask]" && mitool env --compile
ENTRYPOINT ["mitool"]
END
docker build -t mitool .
docker run --rm --cpus 2 --memory 4g --user "$(id -u)" -v "$PWD:/data" -w /data \\
    -e MITOOL_CACHE_DIR=/data/.mitool mitool matrix sample_data/wine.csv -q -o wine.csv""",
    ),
    Recipe(
        "Where nothing may be installed or written",
        "Compiled loops are kept beside the package, else in ~/.cache/mitool, or in "
        "MITOOL_CACHE_DIR; without such a place they are compiled anew in each run. They are "
        "programs: a folder is used only if it is yours, or that of whoever installed mitool, and "
        "nobody else can write to it. Never share one in /tmp. What mitool env --compile has left "
        "beside the package, or in a MITOOL_CACHE_DIR of whoever installed mitool, is read by all; "
        "only what is missing there goes to a folder of yours.",
        'MITOOL_CACHE_DIR="$(mktemp -d)" mitool matrix sample_data/wine.csv -q -o wine.csv',
    ),
)
