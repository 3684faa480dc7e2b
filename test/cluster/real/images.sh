#!/bin/bash
# Makes the folder of a containerd in which images are unpacked, ready to be used by the nodes of a cluster.
#
#   unshare --mount --pid --fork --kill-child --mount-proc bash images.sh FOLDER ARCHIVE…
set -euo pipefail

folder=$1
shift
mount -t tmpfs tmpfs /run
cat >/run/containerd.toml <<END
version = 2
root = "$folder"
state = "/run/containerd"
# It would make folders in /opt; the other one wants to run pods.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.grpc.v1.cri"]
[grpc]
address = "/run/containerd.sock"
END
containerd --config /run/containerd.toml --log-level warn &
until [[ -S /run/containerd.sock ]]; do sleep 0.05; done
images() { ctr --address /run/containerd.sock --namespace k8s.io images "$@"; }
for archive; do images import "$archive"; done
# An archive's index is of no use any more. Removing an image in this way waits until such things are gone.
first=$(images list --quiet | sed -n 1p)
images tag "$first" none.test/none:none
images remove --sync none.test/none:none
kill -TERM $!
wait $! || true
