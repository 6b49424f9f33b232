#!/bin/sh
# Run a command where nobody else reaches the servers that it starts: in a network, under a host
# name and with mounts of its own. Says in one line why that cannot be.
set -eu
PATH=$PATH:/usr/sbin:/sbin
skip() {
    echo "test-cluster: skipped, $1"
    exit 0
}
for program in slurmctld slurmd munged srun parallel ip unshare; do
    command -v $program >/dev/null ||
        skip "there is no $program; on Debian: apt-get install slurm-wlm munge parallel iproute2"
done
unshare --net --uts --mount true 2>/dev/null || skip "it takes root to give servers their own network"
MITOOL_NETWORK_OUTSIDE=$(readlink /proc/self/ns/net)
export MITOOL_NETWORK_OUTSIDE
# Names are looked up only where there is an address besides 127.0.0.1; this one leads nowhere.
exec unshare --net --uts --mount sh -c 'hostname localhost && ip link set lo up &&
    ip address add 192.0.2.1/32 dev lo && exec "$@"' sh "$@"
