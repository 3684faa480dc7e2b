#!/bin/bash
# Becomes a node: a network namespace that is attached to the cluster's bridge, then process number 1 in namespaces of its
# own, which runs containerd, kubelet and kube-proxy. When that process is killed everything of the node is gone at once, as when
# a machine loses its power: the kernel ends its processes and containers and removes its mounts and its network.
#
#   unshare --net bash node.sh wire SETTINGS
#
# SETTINGS is a file that sets the variables which are written in capitals here. What outlives a restart is in $DISK.
set -euo pipefail

wire() {
  # Everything on the node belongs to its cgroups, so one can tell whether anything of it still runs.
  for hierarchy in $HIERARCHIES; do echo $$ >"$hierarchy/$CGROUP/cgroup.procs"; done
  ip link set lo up
  # The one of a former life may not be gone yet.
  nsenter --net="$NETWORK" ip link delete "$NAME" 2>/dev/null || true
  # Always the same hardware address, or the others would send to the former one for a while.
  ip link add eth0 address "$MAC" type veth peer name "$NAME" netns "$NETWORK"
  nsenter --net="$NETWORK" ip link set "$NAME" master nodes up
  ip address add "$ADDRESS" dev eth0
  ip link set eth0 up
  ip route add default via "$GATEWAY"
  for route in $ROUTES; do ip route add "${route%=*}" via "${route#*=}"; done
  echo 1 >/proc/sys/net/ipv4/ip_forward
  exec unshare --pid --fork --kill-child --mount --mount-proc --uts --ipc bash "$0" boot "$1"
}

# Puts the node's disk where programs expect to be alone. What is needed of the machine is bound under /mnt before.
mount_disk() {
  # Seen by the containers of this node that ask for it, and by nobody else.
  mount --make-rshared /
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/bin /mnt/disk /mnt/images /mnt/logs
  mount --bind "$DISK" /mnt/disk
  mount --bind "$LOGS" /mnt/logs
  mount --bind "$IMAGES" /mnt/images
  mount -o remount,bind,ro /mnt/images
  for tool in kubelet kube-proxy; do
    touch /mnt/bin/$tool
    mount --bind "$(realpath "$TOOLS/$tool")" /mnt/bin/$tool
  done
  mkdir -p /mnt/disk/lib/cni /mnt/disk/log/containers
  mount --bind /mnt/disk/lib /var/lib
  mount --bind /mnt/disk/log /var/log
  mount -t tmpfs tmpfs /run
}

# All nodes share the images' layers, read-only; each has databases of its own about them.
mount_images() {
  local root=/var/lib/containerd database part
  for database in io.containerd.metadata.v1.bolt/meta.db io.containerd.snapshotter.v1.overlayfs/metadata.db; do
    [[ -e $root/$database ]] || install -D -m 600 "/mnt/images/$database" "$root/$database"
  done
  for part in /mnt/images/io.containerd.content.v1.content/blobs /mnt/images/io.containerd.snapshotter.v1.overlayfs/snapshots/*; do
    mkdir -p "$root/${part#/mnt/images/}"
    mount --bind "$part" "$root/${part#/mnt/images/}"
  done
}

# kubelet would set these for the whole machine; so it finds them set.
pretend_sysctls() {
  local name value
  mkdir /run/sysctls
  while read -r name value; do
    echo "$value" >"/run/sysctls/${name//\//.}"
    mount --bind "/run/sysctls/${name//\//.}" "/proc/sys/$name"
  done <<'END'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END
}

declare -A servers
serve() { # name, command
  local name=$1
  shift
  "$@" >>"/mnt/logs/$NAME.$name.log" 2>&1 &
  servers[$!]=$name
}

boot() {
  hostname "$NAME"
  mount_disk
  mount_images
  pretend_sysctls
  local config=/var/lib/node ended code=0
  serve containerd containerd --config "$config/containerd.toml"
  # Written when the API server is ready.
  until [[ -e $config/kubelet.kubeconfig && -S /run/containerd/containerd.sock ]]; do sleep 0.05; done
  serve kubelet /mnt/bin/kubelet --config="$config/kubelet.yaml" --kubeconfig="$config/kubelet.kubeconfig" \
    --hostname-override="$NAME" --node-ip="${ADDRESS%/*}" --node-labels="$LABELS" --root-dir=/var/lib/kubelet
  serve kube-proxy /mnt/bin/kube-proxy --config="$config/kube-proxy.yaml"
  wait -n -p ended "${!servers[@]}" || code=$?
  # Said last: of the node's own log, the end is shown.
  tail -n 14 "/mnt/logs/$NAME.${servers[$ended]}.log"
  echo "${servers[$ended]} has ended by itself with code $code"
  exit 1
}

# shellcheck source=/dev/null
. "$2"
"$1" "$2"
