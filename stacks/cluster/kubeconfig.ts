import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { ClusterError } from "./error";

/** How to reach a cluster and who one is there, as a context of the kubeconfig says it. Paths of files are absolute. */
export interface Access {
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
}

/** Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export interface ClusterEntry {
  readonly server?: string;
  readonly "tls-server-name"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "proxy-url"?: string;
  readonly extensions?: readonly { readonly name: string; readonly extension: unknown }[];
}

export interface UserEntry {
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
  readonly "as-user-extra"?: Readonly<Record<string, readonly string[]>>;
  readonly exec?: ExecEntry;
  readonly "auth-provider"?: { readonly name?: string; readonly config?: Readonly<Record<string, string>> };
}

export interface ExecEntry {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
}

/** The entries of all files by name: of two with one name, that of the first file counts. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
}

/** Keys that name a file, which is sought beside the kubeconfig that names it. */
const PATHS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Reads what `kubectl` and the Kubernetes plug-in read: the files that KUBECONFIG lists, or `~/.kube/config`.
 * Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 * @throws ClusterError when there is none, or one cannot be read
 */
export function readKubeconfig(environment: NodeJS.ProcessEnv = process.env): Kubeconfig {
  const listed = (environment.KUBECONFIG ?? "").split(path.delimiter).filter((file) => file !== "");
  const named = listed.length > 0 ? listed : [path.join(environment.HOME ?? os.homedir(), ".kube", "config")];
  const files = [...new Set(named)].filter((file) => fs.existsSync(file));
  if (files.length === 0) {
    const how = listed.length > 0 ? "KUBECONFIG names" : "there is no KUBECONFIG, and the default is";
    throw new ClusterError("context", `there is no kubeconfig: ${how} ${named.join(", ")}, which is not there`);
  }
  const read = files.map((file) => ({ file, content: contentOf(file) }));
  const merged = <Entry extends object>(list: string, key: string): Map<string, Entry> => {
    const entries = new Map<string, Entry>();
    for (const { file, content } of read) {
      for (const item of listAt(content, list)) {
        const { name } = item;
        if (typeof name !== "string" || entries.has(name)) continue;
        entries.set(name, withAbsolutePaths(recordAt(item, key), path.dirname(path.resolve(file))) as Entry);
      }
    }
    return entries;
  };
  return {
    files,
    contexts: merged("contexts", "context"),
    clusters: merged("clusters", "cluster"),
    users: merged("users", "user"),
  };
}

/**
 * What a context leads to.
 * @throws ClusterError when there is no such context, or it names what is not there
 */
export function accessOf(kubeconfig: Kubeconfig, name: string): Access {
  const { contexts, clusters, users } = kubeconfig;
  const files = kubeconfig.files.join(", ");
  const context = contexts.get(name);
  if (context === undefined) {
    const known = contexts.size === 0 ? "none" : [...contexts.keys()].sort().join(", ");
    throw new ClusterError("context", `the kubeconfig has no context ${name}; it has: ${known} (${files})`);
  }
  const cluster = clusters.get(context.cluster ?? "");
  if (cluster === undefined) {
    throw new ClusterError(
      "context",
      `the context ${name} names the cluster "${context.cluster ?? ""}", which is not in ${files}`,
    );
  }
  const user = (context.user ?? "") === "" ? {} : users.get(context.user ?? "");
  if (user === undefined) {
    throw new ClusterError("context", `the context ${name} names the user "${context.user ?? ""}", who is not in ${files}`);
  }
  return { cluster, user };
}

function contentOf(file: string): Record<string, unknown> {
  try {
    const content: unknown = parse(fs.readFileSync(file, "utf8"), { logLevel: "error" });
    if (content === null) return {};
    if (typeof content !== "object") throw new Error("it is not a mapping");
    return content as Record<string, unknown>;
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new ClusterError("context", `the kubeconfig ${file} cannot be read: ${line.replace(/:$/, "")}`);
  }
}

function withAbsolutePaths(entry: Record<string, unknown>, folder: string): Record<string, unknown> {
  const absolute = (value: unknown) => (typeof value === "string" && value !== "" ? path.resolve(folder, value) : value);
  const changed = Object.entries(entry).map(([key, value]) => [key, PATHS.includes(key) ? absolute(value) : value] as const);
  const found = Object.fromEntries(changed) as Record<string, unknown>;
  const exec = found.exec as ExecEntry | null | undefined;
  // A command with a slash in it is a file, one without is sought in PATH.
  if (exec?.command === undefined || path.basename(exec.command) === exec.command) return found;
  return { ...found, exec: { ...exec, command: absolute(exec.command) } };
}

function listAt(content: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const list: unknown = content[key];
  return Array.isArray(list)
    ? list.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null)
    : [];
}

function recordAt(item: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = item[key];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
