#!/bin/sh
# Installs the Debian packages that a real cluster is made of; does nothing when they are there.
set -eu

missing=
need() { # command or file, package
  command -v "$1" >/dev/null || [ -e "$1" ] || missing="$missing $2"
}
need containerd containerd
need runc runc
need /usr/lib/cni/ptp containernetworking-plugins
need iptables iptables
need conntrack conntrack
need ip iproute2
need socat socat
need nsenter util-linux
[ -z "$missing" ] && exit

echo "installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# What is installed is not to be started, where there is something that would.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
fi
# Others may be installing too.
apt_get() { apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >&2; }
apt_get update
# shellcheck disable=SC2086 # a list
apt_get install -y --no-install-recommends $missing
