import { spawn } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { keptFolder } from "../kept";
import { makeTools, toolPath } from "../tools";

const IMAGES = path.resolve(__dirname, "../../../tools/images");
const UNPACK = path.join(__dirname, "images.sh");
/** Of the process that holds the namespaces of a pod. */
const PAUSE = "pause";

/** Images that a cluster's nodes have; nothing can be pulled. */
export interface ImageStore {
  /** Folder of a containerd in which they are unpacked. */
  readonly folder: string;
  readonly pauseImage: string;
}

/** What a pod names an image of `tools/images/catalogue` by, e.g. `mes.test/postgres:18.1`. */
export function imageReference(name: string): string {
  const rows = readFileSync(path.join(IMAGES, "catalogue"), "utf8").split("\n");
  const row = rows.map((line) => line.split(/\s+/)).find(([first]) => first === name);
  if (row?.[1] === undefined) throw new Error(`there is no image called ${name} in tools/images/catalogue`);
  return `mes.test/${name}:${row[1]}`;
}

/**
 * Unpacks images of the catalogue, made before if necessary. Unpacking takes seconds for each, so it is done once for each set
 * of images, and the result is kept beside the tools.
 */
export async function imageStore(names: readonly string[]): Promise<ImageStore> {
  const all = [...new Set([PAUSE, ...names])].sort();
  const pauseImage = imageReference(PAUSE);
  await makeTools(...all.map((name) => `images/${name}`));
  // The archives' paths name their content.
  const archives = all.map((name) => realpathSync(path.join(IMAGES, "built", `${name}.tar`)));
  const cache = path.dirname(realpathSync(toolPath("kubelet")));
  const contents = [...archives, readFileSync(UNPACK, "utf8")];
  const make = (folder: string): Promise<void> => unpack(folder, archives);
  // Gigabytes, made again in half a minute.
  return { folder: await keptFolder({ cache, name: "image-store", contents, days: 2, make }), pauseImage };
}

async function unpack(folder: string, archives: readonly string[]): Promise<void> {
  const isolated = ["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = spawn("setpriv", [...isolated, "bash", UNPACK, folder, ...archives], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`the images could not be unpacked:\n${printed}`);
}
