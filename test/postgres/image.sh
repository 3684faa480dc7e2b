#!/bin/bash
# Unpacks an archive of tools/images into a folder: image.sh ARCHIVE FOLDER
set -euo pipefail

archive=$1 folder=$2
mkdir -p "$folder/root" "$folder/blobs"
tar -xf "$archive" -C "$folder/blobs"
json() { node -e 'console.log(eval("(x) => " + process.argv[2])(JSON.parse(require("fs").readFileSync(process.argv[1]))))' "$@"; }
blob() { echo "$folder/blobs/blobs/${1/://}"; }
manifest=$(blob "$(json "$folder/blobs/index.json" 'x.manifests[0].digest')")
for layer in $(json "$manifest" 'x.layers.map((layer) => layer.digest).join(" ")'); do
  tar -xf "$(blob "$layer")" -C "$folder/root"
  # What a layer takes away of the one below. Source: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
  find "$folder/root" -name '.wh.*' -print0 | while IFS= read -r -d '' mark; do
    rm -rf "$mark" "${mark%/*}/$(basename "$mark" | cut -c5-)"
  done
done
rm -rf "$folder/blobs"
mkdir -p "$folder/root/dev" "$folder/root/proc" "$folder/root/tmp"
