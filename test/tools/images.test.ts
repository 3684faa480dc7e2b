import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { CATALOGUE, type ImageName } from "../../components/images/catalogue";
import { checkedInFiles } from "../golden/files";

const TOOLS = path.join(__dirname, "..", "..", "tools");
const IMAGES = path.join(TOOLS, "images");

interface Row {
  readonly image: string;
  readonly tag: string;
  readonly user: string;
  readonly layers: readonly string[];
}

function table(...file: string[]): string[][] {
  const lines = fs.readFileSync(path.join(TOOLS, ...file), "utf8").split("\n");
  return lines.map((line) => line.replace(/#.*/, "").trim().split(/\s+/)).filter(([first]) => first !== "");
}

const rows: readonly Row[] = table("images", "catalogue").map(([image = "", tag = "", user = "", ...layers]) => ({
  image,
  tag,
  user,
  layers,
}));
const binaries = rows.flatMap((row) =>
  row.layers.filter((layer) => layer.includes("=")).map((layer) => ({ ...row, tool: layer.split("=")[0] ?? "" })),
);
const installed = rows.filter(({ layers }) => layers.includes("packages"));

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-images-test-"));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

describe("the catalogue", () => {
  it("names each image once, with a user who is not root", () => {
    const names = rows.map(({ image }) => image);
    expect(names).toEqual([...new Set(names)]);
    for (const { user } of rows) expect(user).toMatch(/^[1-9]\d*(:[1-9]\d*)?$/);
  });

  it("says what to do when Debian's next release has gone on to another version", () => {
    const script = `tools=${TOOLS}; die() { echo "$*"; exit 1; }; . ${IMAGES}/layers.sh; outdated rabbitmq 4.3 rabbitmq-server 4.4.1`;
    const said = spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout;
    expect(said).toContain("rabbitmq: Debian has rabbitmq-server 4.4.1 now, and the tests are to run 4.3.");
    expect(said).toContain("components/images/catalogue.ts");
  });

  it("has the lists of packages that it names, and no others", () => {
    const kept = fs.readdirSync(path.join(IMAGES, "packages")).sort();
    expect(installed.map(({ image }) => image).sort()).toEqual(kept);
    for (const { image, layers } of installed) {
      expect({ image, below: layers[layers.indexOf("packages") - 1] }).toEqual({ image, below: "debian" });
      expect(table("images", "packages", image, "packages")).not.toEqual([]);
    }
  });

  it.each(binaries.filter(({ tool }) => tool !== "pause"))("$image:$tag is what tools/go has of $tool", ({ tag, tool }) => {
    const [, module = "", built = ""] = table("recipes").find(([name]) => name === tool) ?? [];
    const required = table("go", module, "go.mod").map((words) => words.filter((word) => word !== "require"));
    const from = required.find(([name = "", version]) =>
      version === undefined ? false : built === "." ? name.endsWith(`/${tool}`) : `${built}/`.startsWith(`${name}/`),
    );
    expect(from?.[1]).toBe(`v${tag}`);
  });

  it.each(["postgres", "valkey", "versitygw"] as const)("%s runs as the user that the platform's pods are", (name) => {
    expect(rows.find(({ image }) => image === name)?.user.split(":")[0]).toBe(String(userOf(name)));
  });
});

/** Whom the pods of dev with this image run as. */
function userOf(name: ImageName): unknown {
  const { repository, tag } = CATALOGUE[name];
  const users: unknown[] = [];
  const visit = (value: any): void => {
    if (value === null || typeof value !== "object") return;
    if (value.containers?.some?.(({ image }: { image: string }) => image === `${repository}:${tag}`))
      users.push(value.securityContext.runAsUser);
    Object.values(value).forEach(visit);
  };
  Object.values(checkedInFiles("dev")).forEach((text) => visit(parse(text, { logLevel: "error" })));
  const [user, ...others] = new Set(users);
  expect(others).toEqual([]);
  return user;
}

describe("an archive", () => {
  /** A layer, as the cache keeps them. */
  const layer = (name: string, content: string, packages: readonly string[] = []) => {
    const made = path.join(folder, name);
    fs.mkdirSync(made);
    fs.writeFileSync(path.join(made, "file"), content);
    execFileSync("tar", ["--mtime=@0", "-cf", path.join(made, "layer.tar"), "-C", made, "file"]);
    fs.writeFileSync(path.join(made, "packages"), packages.map((name) => `${name}\n`).join(""));
    return made;
  };
  const pack = (name: string, ...layers: string[]) => {
    const archive = path.join(folder, name);
    const further = path.join(folder, "config.json");
    fs.writeFileSync(further, JSON.stringify({ Env: ["HOME=/tmp"], Cmd: ["postgres"] }));
    const command = ["amd64", "mes.test/postgres:17", "26:26", "", further, ...layers];
    execFileSync(process.execPath, [path.join(IMAGES, "archive.js"), archive, ...command]);
    return archive;
  };

  it("holds the image under its name, with every blob under its digest", () => {
    const layers = [layer("base", "a", ["libc6=2.41"]), layer("top", "b", ["postgresql-17=17.11"])];
    const archive = pack("archive.tar", ...layers);
    const unpacked = path.join(folder, "unpacked");
    fs.mkdirSync(unpacked);
    execFileSync("tar", ["-xf", archive, "-C", unpacked]);
    const blobs = path.join(unpacked, "blobs", "sha256");
    const json = (file: string) => JSON.parse(fs.readFileSync(file, "utf8"));
    const blob = ({ digest }: { digest: string }) => path.join(blobs, digest.replace("sha256:", ""));

    for (const name of fs.readdirSync(blobs)) {
      const content = fs.readFileSync(path.join(blobs, name));
      expect(createHash("sha256").update(content).digest("hex")).toBe(name);
    }
    expect(json(path.join(unpacked, "oci-layout"))).toEqual({ imageLayoutVersion: "1.0.0" });
    const [named] = json(path.join(unpacked, "index.json")).manifests;
    expect(named.annotations).toEqual({
      "io.containerd.image.name": "mes.test/postgres:17",
      "org.opencontainers.image.ref.name": "17",
    });
    const manifest = json(blob(named));
    expect(manifest.layers.map(blob).map((file: string) => fs.readFileSync(file))).toEqual(
      layers.map((made) => fs.readFileSync(path.join(made, "layer.tar"))),
    );
    for (const described of [named, manifest.config, ...manifest.layers])
      expect(fs.statSync(blob(described)).size).toBe(described.size);
    expect(json(blob(manifest.config))).toEqual({
      architecture: "amd64",
      os: "linux",
      config: {
        User: "26:26",
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp"],
        WorkingDir: "/",
        Labels: { "mes.test/packages": "libc6=2.41 postgresql-17=17.11" },
        Cmd: ["postgres"],
      },
      rootfs: { type: "layers", diff_ids: manifest.layers.map(({ digest }: { digest: string }) => digest) },
    });
  });

  it("is the same bytes for the same layers, wherever and whenever it is made", () => {
    const first = pack("first.tar", layer("base", "a"));
    const second = pack("second.tar", layer("again", "a"));
    expect(fs.readFileSync(second).equals(fs.readFileSync(first))).toBe(true);
  });
});

describe("a layer", () => {
  /** Runs functions of layers.sh. */
  const shell = (script: string) =>
    execFileSync("bash", ["-euo", "pipefail", "-c", `tools=${TOOLS}; . ${IMAGES}/layers.sh; cd ${folder}; ${script}`], {
      encoding: "utf8",
    });
  const listing = (archive: string) =>
    execFileSync("tar", ["-tf", path.join(folder, archive)], { encoding: "utf8" })
      .trim()
      .split("\n");

  it("of a binary has the binary at its path and links to it, and no folders that could hide links below", () => {
    fs.writeFileSync(path.join(folder, "manager"), "binary");
    shell("make_tool_layer manager /operator/manager_amd64,/manager made");
    expect(listing("made.part/layer.tar")).toEqual(["tmp/", "operator/manager_amd64", "manager"]);
    const verbose = execFileSync("tar", ["-tvf", path.join(folder, "made.part", "layer.tar")], { encoding: "utf8" });
    expect(verbose).toMatch(/^drwxrwxrwt 0\/0 /m);
    expect(verbose).toMatch(/^-rwxr-xr-x 0\/0 .* operator\/manager_amd64$/m);
    expect(verbose).toMatch(/^lrwxrwxrwx 0\/0 .* manager -> \/operator\/manager_amd64$/m);
  });

  it("of packages has what is new or changed, and marks what is gone, without what images never need", () => {
    shell(`
      mkdir -p made.part/rootfs/{etc,opt/old,usr/share/doc} && cd made.part/rootfs
      touch etc/kept etc/changed 'etc/gone for ever' opt/old/file
      every_path . >../before
      sleep 0.1
      touch ../started
      sleep 0.1
      echo new >etc/changed
      rm -r 'etc/gone for ever' opt/old
      echo new >etc/new
      echo new >usr/share/doc/new
      chmod 700 opt
      cd ../..
      mark_gone made
      pack_changes made
    `);
    expect(listing("made.part/layer.tar").filter((entry) => !entry.endsWith("/"))).toEqual([
      "./etc/changed",
      "./etc/new",
      "./etc/.wh.gone for ever",
      "./opt/.wh.old",
    ]);
  });
});
