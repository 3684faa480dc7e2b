#!/bin/sh
# Runs a program in the files of an image, beside this machine's devices, processes and temporary files:
#
#   inside.sh ROOT TEMPORARY [setpriv OPTION… --] PROGRAM ARGUMENT…
exec unshare --mount -- sh -euc '
  root=$1 temporary=$2 folder=$PWD
  shift 2
  mount --rbind /dev "$root/dev"
  mount --rbind /proc "$root/proc"
  mkdir -p "$root$temporary"
  mount --bind "$temporary" "$root$temporary"
  exec chroot "$root" sh -euc "cd \"\$1\" 2>/dev/null || cd /; shift; exec \"\$@\"" - "$folder" "$@"
' - "$@"
