# Makes the images of tools/images/catalogue out of their layers. Sourced by tools/make.
# shellcheck shell=bash disable=SC2154 # $tools, $cache, key, link, once and table are those of tools/make
# shellcheck source=layers.sh
. "$tools/images/layers.sh"

image_names() { table images/catalogue | awk '{ print $1 }'; }

# Each of these makes a layer, unless the cache has it, and sets `layer` to its folder. Packages are those that the release
# has on the day: the cache keeps them until the recipe changes, and the image's labels name their versions.
debian_layer() {
  local suite
  suite=$(table images/catalogue | awk '$1 == "debian" { print $2 }')
  layer=$cache/layer-debian@$( { echo "$suite $architecture"; declare -f make_debian_layer pack_all; cat "$tools/images/excluded"; } | key)
  once layer-debian "$layer" make_debian_layer "$suite" "$layer"
}

packages_layer() { # image, what its first package's version begins with (or empty), folder of the layer below
  layer=$cache/layer-$1@$( { echo "$2 ${3##*/}"; declare -f make_packages_layer "${HELPERS[@]}"; cd "$tools/images/packages/$1" && sha256sum -- *; } | key)
  once "layer-$1" "$layer" make_packages_layer "$1" "$2" "$3" "$layer"
}

tool_layer() { # image, tool, paths
  local name module package tags binary
  read -r name module package tags < <(table recipes | awk -v tool="$2" '$1 == tool') || die "$1: tools/recipes has no tool '$2'"
  # In a shell of its own: it changes folders.
  (make_tool "$name" "$module" "$package" "$tags")
  binary=$(readlink "$tools/bin/$name")
  layer=$cache/layer-$1-$2@$( { echo "${binary##*/} $3"; declare -f make_tool_layer; } | key)
  once "layer-$1-$2" "$layer" make_tool_layer "$binary" "$3" "$layer"
}

make_image() { # image, tag, user, layers: a line of the catalogue
  local image=$1 tag=$2 user=$3 part paths layer='' result config=$tools/images/packages/$1/config.json command=()
  local -a layers=()
  shift 3
  for part; do
    case $part in
      debian) debian_layer ;;
      # The tag is theirs, unless it is that of a binary on top.
      packages) packages_layer "$image" "$([[ ${*: -1} == *=* ]] || echo "$tag")" "$layer" ;;
      *=*)
        paths=${part#*=}
        paths=${paths//'{arch}'/"$architecture"}
        tool_layer "$image" "${part%%=*}" "$paths"
        command=("${paths##*,}")
        ;;
      *) die "$image: tools/images/catalogue names a layer '$part'" ;;
    esac
    layers+=("$layer")
  done
  [[ -e $config ]] || config=
  result=$cache/image-$image@$( { echo "$architecture $tag $user ${command[*]} ${layers[*]##*/}"; cat "$tools/images/archive.js" ${config:+"$config"}; } | key).tar
  once "image-$image" "$result" node "$tools/images/archive.js" "$result.part" "$architecture" "mes.test/$image:$tag" \
    "$user" "${command[0]:-}" "$config" "${layers[@]}"
  mkdir -p "$tools/images/built"
  link "$result" "$tools/images/built/$image.tar"
}
