import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { toolPath } from "../cluster/tools";
import { parseRange } from "./addresses";
import type { Flow } from "./flows";

/** A pod that is there, as far as network policies look at it. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Connectivity {
  readonly src: string;
  readonly dst: string;
  /** As `TCP 53,8080-8090,UDP 53`, or `All Connections`. */
  readonly conn: string;
}

/** Ranges of more ports than that are one flow. */
const MOST_PORTS = 100;

/**
 * What policies let pass between pods, and between pods and addresses: by netpol-analyzer, a library for that purpose.
 *
 * How it differs from a cluster, and what is done about it:
 * - It leaves out what pods of one workload may send each other. So it is given pods without owners, two of each kind.
 * - A block of addresses never means a pod to it, while some clusters count a pod's own address in. So what a block opens is
 *   compared as a block, whoever is in it.
 * - It applies policies to pods on the network of their node too, which no cluster does. It is not to be given such.
 * - An object that it cannot read it only warns of, and goes on without it. A warning is an error here.
 */
export async function possibleFlows(policies: readonly object[], pods: readonly Pod[]): Promise<Flow[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "mes-reachability-"));
  try {
    // JSON is YAML too.
    const documents = [...policies, ...pods.map(manifest)].map((object) => `---\n${JSON.stringify(object)}\n`);
    writeFileSync(path.join(folder, "all.yaml"), documents.join(""));
    const args = ["list", "--dirpath", folder, "--output", "json"];
    // In a folder of its own: it removes a file of a fixed name where it is started.
    const run = promisify(execFile)(toolPath("netpol-analyzer"), args, { cwd: folder, maxBuffer: 256 * 2 ** 20 });
    const { stdout, stderr } = await run.catch((error: { message: string }) => {
      throw new Error(`netpol-analyzer failed: ${error.message}`);
    });
    if (stderr.trim() !== "") throw new Error(`netpol-analyzer warned: ${stderr}`);
    return (JSON.parse(stdout) as Connectivity[]).flatMap(flowsOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It wants pods that run: on a node, with an address. */
function manifest({ namespace, name, labels }: Pod): object {
  const status = { hostIP: "127.0.0.1", podIPs: [{ ip: "127.0.0.1" }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { namespace, name, labels }, spec: { containers: [] }, status };
}

function flowsOf({ src, dst, conn }: Connectivity): Flow[] {
  return portsOf(conn).map((port) => ({ from: endOf(src), to: endOf(dst), port }));
}

function endOf(text: string): Flow["from"] {
  return text.endsWith("[Pod]") ? text.slice(0, -"[Pod]".length) : parseRange(text);
}

/** Each port by itself: the analyzer joins neighbours. */
export function portsOf(conn: string): string[] {
  if (conn === "All Connections") return ["all ports"];
  let protocol = "";
  return conn.split(",").flatMap((text) => {
    const parts = text.split(" ");
    if (parts.length > 1) protocol = parts[0] ?? "";
    const [first = 0, last = first] = (parts.at(-1) ?? "").split("-").map(Number);
    if (last - first >= MOST_PORTS) return [`${protocol} ${first}-${last}`];
    return Array.from({ length: last - first + 1 }, (_, i) => `${protocol} ${first + i}`);
  });
}
