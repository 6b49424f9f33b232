#!/bin/sh
# Install the batch systems that tests/cluster needs, or say in one line why not.
set -eu
packages="slurm-wlm munge parallel iproute2 gridengine-master gridengine-exec gridengine-client"
present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $packages 2>/dev/null |
    grep -c ' installed$' || true)
[ "$present" -eq 7 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "test-cluster: cannot install Slurm: it takes root and Debian's apt-get"
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
{ apt-get update && apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1 ||
    echo "test-cluster: cannot install Slurm: $(tail -n 1 "$log")"
rm -f "$log"
