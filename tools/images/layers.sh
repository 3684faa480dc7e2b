# The layers of the images of tools/images/catalogue: folders of the cache with layer.tar and packages, the list of the Debian
# packages that came with it. Sourced by tools/make.
# shellcheck shell=bash disable=SC2154 # $tools, say, die and table are those of tools/make

# CHROOT FOLDER COMMAND: with /proc, which scripts of packages look into; it is gone with the command.
# shellcheck disable=SC2016 # variables of the shell that is run
readonly CHROOT=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive nice -n 10
  unshare --mount sh -euc 'mount -t proc proc "$1/proc"; exec chroot "$@"' -)

# What make_packages_layer calls: when one of them changes, layers of packages are made anew.
# shellcheck disable=SC2034 # images.sh makes the keys of them
readonly HELPERS=(add_release equip every_path installed mark_gone pack_changes)

# Runs a command whose output matters only when it fails.
quietly() { # file for the output, command
  local output=$1
  shift
  if "$@" >"$output" 2>&1; then return; fi
  tail -n 30 "$output" >&2
  say "this failed: $*"
  return 1
}

readonly PACK=(tar --exclude-from="$tools/images/excluded" --anchored --format=gnu --numeric-owner --create)

# $1.part/layer.tar: all of $1.part/rootfs.
pack_all() { # result
  "${PACK[@]}" --sort=name --file="$1.part/layer.tar" -C "$1.part/rootfs" .
}

# $1.part/layer.tar: what has changed in $1.part/rootfs since $1.part/started, and the marks of $1.part/gone.
pack_changes() { # result
  (cd "$1.part/rootfs" && find . -newercm ../started -print0) | LC_ALL=C sort -z >"$1.part/changed"
  (cd "$1.part/gone" && find . -type f -print0) | LC_ALL=C sort -z >"$1.part/gone.list"
  "${PACK[@]}" --file="$1.part/layer.tar" --no-recursion --null --verbatim-files-from \
    -C "$1.part/rootfs" --files-from="$1.part/changed" -C ../gone --files-from="$1.part/gone.list"
}

# Where the machine itself gets Debian from; nothing where it is no Debian: debootstrap has a place of its own.
debian_mirror() {
  # shellcheck disable=SC2016 # apt's own variables
  apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" && !found { print $4; found = 1 }'
}

need_root() { [[ $(id -u) == 0 ]] || die 'images are made as root: they hold files of several users'; }

need_debootstrap() {
  command -v apt-get >/dev/null || die 'images are made on Debian, or a relative of it: apt-get is needed'
  if ! command -v debootstrap >/dev/null || [[ -z $(debian_mirror) ]]; then
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install debootstrap debian-archive-keyring >/dev/null
  fi
}

make_debian_layer() { # suite, result
  local suite=$1 result=$2 mirror proxy
  need_root
  need_debootstrap
  mirror=$(debian_mirror)
  proxy=$(apt-config shell proxy Acquire::http::Proxy)
  say "debian: installing $suite"
  mkdir "$result.part"
  # Its wget knows a proxy by the variable only. Its scripts of all releases are that of sid; of the newest it may have none.
  quietly "$result.part.log" env ${proxy:+http_proxy="$(eval "$proxy"; printf %s "$proxy")"} nice -n 10 \
    debootstrap --variant=minbase --include=busybox-static "$suite" "$result.part/rootfs" "$mirror" /usr/share/debootstrap/scripts/sid
  cp "$result.part/rootfs/etc/apt/sources.list" "$result.part/sources.list"
  installed "$result.part/rootfs" >"$result.part/packages"
  pack_all "$result"
  rm -rf "$result.part/rootfs" "$result.part.log"
}

# The installed packages, one a line, with their versions.
installed() { # rootfs
  # shellcheck disable=SC2016 # dpkg's own variables
  "${CHROOT[@]}" "$1" dpkg-query --show --showformat '${Package}=${Version}\n' | LC_ALL=C sort
}

# What installing packages takes and no layer holds: devices, the machine's name servers and proxies, no services started, no
# waiting for the disk.
equip() { # rootfs, sources.list
  local device
  while read -r device; do
    # shellcheck disable=SC2086 # kind and numbers
    mknod -m 666 $device
  done <<<"$1/dev/null c 1 3
$1/dev/zero c 1 5
$1/dev/random c 1 8
$1/dev/urandom c 1 9"
  cp --dereference /etc/resolv.conf /etc/hosts "$1/etc/"
  cp "$2" "$1/etc/apt/sources.list"
  { apt-config dump Acquire | grep -E '^Acquire::https?::' || true; echo 'Acquire::Retries "3";'; } >"$1/etc/apt/apt.conf.d/00machine"
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
  chmod 755 "$1/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/image"
}

# Offers the packages of a newer release too, beside those of the base system. It is still being made: its lists go out of date.
add_release() { # rootfs, its name
  local kind mirror
  read -r kind mirror _ <"$1/etc/apt/sources.list"
  echo "$kind $mirror $2 main" >>"$1/etc/apt/sources.list"
  echo 'Acquire::Check-Valid-Until "false";' >>"$1/etc/apt/apt.conf.d/00machine"
}

every_path() { (cd "$1" && find . -print0 | LC_ALL=C sort -z); }

# A release that is still being made goes on to the next version one day, and Debian's mirrors have no other.
outdated() { # image, tag, package, version
  die "$1: Debian has $3 $4 now, and the tests are to run $2.
Raise the version in tools/images/catalogue and in components/images/catalogue.ts (and what tools/images/packages/$1 says of it),
read what has changed in it for docs/app-contract.md and the runbooks, and run test/data-plane.
Nothing is wrong with what is pinned: a machine whose cache has the older layer (${MES_TOOLS_CACHE:-~/.cache/mes-tools}) goes on with it."
}

make_packages_layer() { # image, what its first package's version begins with (or empty), folder of the layer below, result
  local image=$1 tag=$2 below=$3 result=$4 recipe=$tools/images/packages/$1 root=$4.part/rootfs log=$4.part.log first version
  local -a packages unused
  need_root
  say "$image: installing its packages"
  mapfile -t packages < <(table "images/packages/$image/packages")
  mkdir -p "$root"
  tar -xf "$below/layer.tar" -C "$root"
  equip "$root" "$below/sources.list"
  if [[ -e $recipe/release ]]; then add_release "$root" "$(table "images/packages/$image/release")"; fi
  every_path "$root" >"$result.part/before"
  # Whatever changes from now on has a later time.
  sleep 0.1
  touch "$result.part/started"

  quietly "$log" "${CHROOT[@]}" "$root" apt-get update
  if [[ -e $recipe/before.sh ]]; then quietly "$log" "${CHROOT[@]}" "$root" sh -eu -s <"$recipe/before.sh"; fi
  quietly "$log" "${CHROOT[@]}" "$root" apt-get install --yes --no-install-recommends "${packages[@]}"
  first=${packages[0]}
  # shellcheck disable=SC2016 # dpkg's own variable
  version=$("${CHROOT[@]}" "$root" dpkg-query --show --showformat '${source:Upstream-Version}' "$first")
  [[ -z $tag || $version. == "$tag".* ]] || outdated "$image" "$tag" "$first" "$version"
  installed "$root" | LC_ALL=C comm -13 "$below/packages" - >"$result.part/packages"
  if [[ -e $recipe/after.sh ]]; then quietly "$log" "${CHROOT[@]}" "$root" sh -eu -s <"$recipe/after.sh"; fi
  if [[ -e $recipe/unused ]]; then
    mapfile -t unused < <(table "images/packages/$image/unused")
    # Only their files: what other packages depend on cannot be removed in order.
    # shellcheck disable=SC2016 # variables of dpkg and of the shell in the chroot
    quietly "$log" "${CHROOT[@]}" "$root" bash -euo pipefail -c '
      dpkg-query --show --showformat "\${db:Status-Status} \${Package}\n" "$@" | sed -n "s/^installed //p" |
        xargs dpkg-query --listfiles >/tmp/files
      while read -r file; do if [[ -h $file || ! -d $file ]]; then rm -f "$file"; fi; done </tmp/files' - "${unused[@]}"
  fi

  mark_gone "$result"
  pack_changes "$result"
  rm -rf "$root" "$log" "$result.part"/{before,started,changed,gone,gone.list}
}

# A file of the layer below that is gone is one named .wh.NAME in this one; of a folder, only the folder itself.
# Source: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
mark_gone() { # result
  local path parent
  mkdir "$1.part/gone"
  every_path "$1.part/rootfs" | LC_ALL=C comm -z -23 "$1.part/before" - | while IFS= read -r -d '' path; do
    parent=$(dirname "$path")
    [[ -d $1.part/rootfs/$parent ]] || continue
    mkdir -p "$1.part/gone/$parent"
    : >"$1.part/gone/$parent/.wh.$(basename "$path")"
  done
}

# A static binary and links to it, and a folder that everybody may write to, which is all that it can ask for.
make_tool_layer() { # binary, paths, result
  local binary=$1 path link=() all=(--format=gnu --mtime=@0 --owner=0 --group=0 --numeric-owner)
  mkdir -p "$3.part/rootfs/tmp"
  chmod 1777 "$3.part/rootfs/tmp"
  while read -r -d , path; do
    mkdir -p "$3.part/rootfs$(dirname "$path")"
    if [[ ${#link[@]} == 0 ]]; then install -m 755 "$binary" "$3.part/rootfs$path"; else ln -s "${link[0]}" "$3.part/rootfs$path"; fi
    link+=("$path")
  done <<<"$2,"
  # Without the folders on the way: in the layer below they may be links.
  tar "${all[@]}" --create --file="$3.part/layer.tar" --no-recursion -C "$3.part/rootfs" tmp "${link[@]#/}"
  : >"$3.part/packages"
  rm -rf "$3.part/rootfs"
}
