#!/bin/sh
# Installs Debian packages that are not there: debian.sh COMMAND-OR-FILE=PACKAGE…
# A package is there when its command or file is; several may be named for one package.
set -eu

missing=
for need in "$@"; do
  what=${need%%=*}
  command -v "$what" >/dev/null || [ -e "$what" ] || missing="$missing ${need#*=}"
done
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
