// Packs layers into an archive of one image, in the layout that containerd imports.
// Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
//
//   node archive.js ARCHIVE ARCHITECTURE REFERENCE USER COMMAND CONFIG LAYER…
//
// REFERENCE as registry/name:tag; COMMAND is the path of the program that it runs, or empty; CONFIG a file with further fields
// of the image's configuration, or empty; LAYER a folder with layer.tar and packages, lowest first. The same input makes the
// same bytes.
"use strict";
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const OCI = "application/vnd.oci.image";

/**
 * @typedef {object} Image
 * @property {string} architecture Go's word for it, as amd64
 * @property {string} reference registry/name:tag
 * @property {string} user UID, or UID:GID
 * @property {string | undefined} command path of the program
 * @property {{ Env?: string[], Cmd?: string[] }} further
 * @property {readonly string[]} packages as name=version
 */

/** @param {Image} image @param {readonly string[]} diffIds digests of the layers, lowest first */
function configuration(image, diffIds) {
  const { Env = [], ...further } = image.further;
  return {
    architecture: image.architecture,
    os: "linux",
    config: {
      User: image.user,
      Env: [PATH, ...Env],
      WorkingDir: "/",
      ...(image.command ? { Entrypoint: [image.command] } : {}),
      ...(image.packages.length > 0 ? { Labels: { "mes.test/packages": image.packages.join(" ") } } : {}),
      ...further,
    },
    rootfs: { type: "layers", diff_ids: diffIds },
  };
}

/** @param {string} file @returns {string} */
function sha256(file) {
  const hash = createHash("sha256");
  const descriptor = fs.openSync(file, "r");
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (let read; (read = fs.readSync(descriptor, buffer)) > 0;) hash.update(buffer.subarray(0, read));
  fs.closeSync(descriptor);
  return hash.digest("hex");
}

/**
 * Writes the archive. Layers stay uncompressed: they never leave the machine, and nodes unpack them the faster.
 * @param {string} archive @param {Image} image @param {readonly string[]} layers tar files, lowest first
 */
function writeArchive(archive, image, layers) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-archive-"));
  try {
    const blobs = path.join(folder, "blobs", "sha256");
    fs.mkdirSync(blobs, { recursive: true });
    const blob = (mediaType, digest) => ({
      mediaType,
      digest: `sha256:${digest}`,
      size: fs.statSync(path.join(blobs, digest)).size,
    });
    const object = (mediaType, content) => {
      const text = JSON.stringify(content);
      const digest = createHash("sha256").update(text).digest("hex");
      fs.writeFileSync(path.join(blobs, digest), text);
      return blob(mediaType, digest);
    };
    const tars = layers.map((layer) => {
      const digest = sha256(layer);
      // Two layers may be the same.
      if (!fs.existsSync(path.join(blobs, digest))) fs.symlinkSync(path.resolve(layer), path.join(blobs, digest));
      return blob(`${OCI}.layer.v1.tar`, digest);
    });
    const manifest = object(`${OCI}.manifest.v1+json`, {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: object(
        `${OCI}.config.v1+json`,
        configuration(
          image,
          tars.map(({ digest }) => digest),
        ),
      ),
      layers: tars,
    });
    const annotations = {
      "io.containerd.image.name": image.reference,
      "org.opencontainers.image.ref.name": image.reference.slice(image.reference.lastIndexOf(":") + 1),
    };
    const index = {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [{ ...manifest, annotations, platform: { architecture: image.architecture, os: "linux" } }],
    };
    fs.writeFileSync(path.join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    fs.writeFileSync(path.join(folder, "index.json"), JSON.stringify(index));
    const how = ["--format=gnu", "--dereference", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    const tar = spawnSync(
      "tar",
      [...how, "--mode=u=rwX,go=rX", "-cf", archive, "-C", folder, "oci-layout", "index.json", "blobs"],
      {
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    if (tar.status !== 0) throw new Error(`tar could not write ${archive}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const [archive, architecture, reference, user, command, config, ...folders] = process.argv.slice(2);
const packages = folders.flatMap((folder) => fs.readFileSync(path.join(folder, "packages"), "utf8").split("\n").filter(Boolean));
const further = config ? JSON.parse(fs.readFileSync(config, "utf8")) : {};
writeArchive(
  archive,
  { architecture, reference, user, command, further, packages },
  folders.map((folder) => path.join(folder, "layer.tar")),
);
