import { configFiles, type ConfigFile } from "../../../kubernetes/config-files";
import type { Inventory } from "../../../kubernetes/inventory";
import { title } from "../../../kubernetes/objects";
import { containersOf, type PodGroup } from "../../../kubernetes/pods";
import { inWords } from "../../../kubernetes/sizes";
import { at, bytesAt, coresAt, listAt, numberAt, textAt } from "../../../kubernetes/value";
import { reporter, type Finding } from "../../rule";
import { valkeyBytes, valkeyFile, type Directive } from "./file";

const { error, warning } = reporter("configurations-accepted");

/** A cache, and what its one configuration says. */
interface Cache {
  readonly group: PodGroup;
  readonly container: unknown;
  /** The text without arguments. */
  readonly file: ConfigFile;
  /** The last value of a setting, which is the one that counts. */
  readonly value: (key: string) => string | undefined;
  readonly directives: readonly Directive[];
}

type Danger = readonly [is: boolean, severity: "error" | "warning", message: string];

/** Configurations of Valkey: what its server refuses, and what makes it forget, refuse or let in whom it should not. */
export function valkeyFindings(known: Inventory): Finding[] {
  return known.pods.flatMap((group) => {
    const container = containersOf(group.spec).find((one) => wordsOf(one).some((word) => /(?:^|\/)valkey-server$/.test(word)));
    if (container === undefined) return [];
    const words = wordsOf(container);
    const [file] = configFiles(group, known).filter(({ path }) => String(path.at(-1)).endsWith(".conf"));
    if (file === undefined) return [];
    const { directives, problems } = valkeyFile(`${file.text}\n${argumentLines(words)}`);
    const value = (key: string) => directives.findLast((one) => one.key === key)?.values.join(" ");
    const cache: Cache = { group, container, file, value, directives };
    return [
      ...problems.map((problem) => error(file.resource, file.path, `${problem}: ${title(group.object)} does not start`)),
      ...[
        ...starting(cache),
        ...reached(cache),
        ...encrypted(cache, known),
        ...forgetting(cache),
        ...persisting(cache),
        ...slow(cache),
      ]
        .filter(([is]) => is)
        .map(([, severity, message]) => (severity === "error" ? error : warning)(file.resource, file.path, message)),
    ];
  });
}

function wordsOf(container: unknown): string[] {
  return ["command", "args"].flatMap((field) => listAt(container, field).filter((one) => typeof one === "string"));
}

/** `--maxmemory 1gb` counts as a line at the end of the file. Source: https://valkey.io/topics/valkey.conf/ */
function argumentLines(words: readonly string[]): string {
  return words
    .slice(words.findIndex((word) => /(?:^|\/)valkey-server$/.test(word)) + 1)
    .join(" ")
    .split(/(?:^|\s)--(?=[a-z])/)
    .slice(1)
    .join("\n");
}

/** Where a container may write: its volumes that are not read-only, or everything. */
function writes({ container, group }: Cache, path: string): boolean {
  const readOnly = at(container, "securityContext", "readOnlyRootFilesystem") === true;
  const mounts = listAt(container, "volumeMounts")
    .filter((mount) => path === textAt(mount, "mountPath") || path.startsWith(`${textAt(mount, "mountPath") ?? ""}/`))
    .sort((a, b) => (textAt(b, "mountPath") ?? "").length - (textAt(a, "mountPath") ?? "").length);
  const [mount] = mounts;
  if (mount === undefined) return !readOnly;
  const volume = listAt(group.spec, "volumes").find((one) => textAt(one, "name") === textAt(mount, "name"));
  return at(mount, "readOnly") !== true && at(volume, "configMap") === undefined && at(volume, "secret") === undefined;
}

const PROTOCOLS = new Set(["tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"]);

/** Source: https://valkey.io/topics/encryption/ and https://github.com/valkey-io/valkey/blob/9.1/src/tls.c */
function starting(cache: Cache): Danger[] {
  const { value, group } = cache;
  const name = title(group.object);
  const [port, secure] = [value("port") ?? "6379", value("tls-port") ?? "0"];
  const encrypted = secure !== "0";
  const log = value("logfile") ?? "";
  const directory = value("dir");
  const protocols = value("tls-protocols") ?? "";
  return [
    [port === "0" && !encrypted, "error", `neither port nor tls-port is set: nobody reaches ${name}; set tls-port to 6379`],
    [port !== "0" && port === secure, "error", `port and tls-port are both ${port}: ${name} does not start; set port to 0`],
    ...["tls-cert-file", "tls-key-file"].map((key): Danger => [
      encrypted && (value(key) ?? "") === "",
      "error",
      `there is no ${key}: ${name} does not start; set it`,
    ]),
    [
      encrypted && (value("tls-auth-clients") ?? "yes") !== "no" && !value("tls-ca-cert-file") && !value("tls-ca-cert-dir"),
      "error",
      `there is no tls-ca-cert-file, and clients have to show certificates: ${name} does not start; set it`,
    ],
    [
      protocols !== "" && protocols.split(/\s+/).some((one) => !PROTOCOLS.has(one.toLowerCase())),
      "error",
      `tls-protocols is ${protocols}: ${name} does not start; use "TLSv1.2 TLSv1.3"`,
    ],
    [
      /\btlsv1(?:\.1)?(?!\.)\b/i.test(protocols),
      "error",
      `tls-protocols allows ${protocols}, of which TLS before 1.2 is broken; use "TLSv1.2 TLSv1.3"`,
    ],
    [
      log !== "" && !writes(cache, log),
      "error",
      `logfile is ${log}, where it may not write: ${name} does not start; remove it, so that it logs to the pod's output`,
    ],
    [value("daemonize") === "yes", "error", `daemonize is yes: the container ends as soon as ${name} runs; remove it`],
    [
      directory !== undefined && directory.startsWith("/") && !writes(cache, directory) && !isImages(directory),
      "error",
      `dir is ${directory}, which it cannot use: ${name} does not start; use a volume`,
    ],
    [
      value("aclfile") !== undefined && value("aclfile") !== "" && cache.directives.some(({ key }) => key === "user"),
      "error",
      `there are users here and in aclfile: ${name} does not start; keep the aclfile`,
    ],
  ];
}

/** Folders that the image has. */
function isImages(directory: string): boolean {
  return /^\/(?:data|var|etc|tmp|usr|home|root)?\/?$/.test(directory);
}

const LOOPBACK = /^-?(?:127(?:\.\d+){3}|::1|localhost)$/;

/** Who gets in. Source: https://valkey.io/topics/security/ */
function reached(cache: Cache): Danger[] {
  const { value, container, group } = cache;
  const name = title(group.object);
  const secret = (key: string) => (value(key) ?? "") !== "";
  const open = !secret("requirepass") && !secret("aclfile") && !cache.directives.some(({ key }) => key === "user");
  const bound = (value("bind") ?? "*").split(/\s+/).filter((one) => one !== "");
  const secure = value("tls-port") ?? "0";
  const declared = listAt(container, "ports").map((one) => String(numberAt(one, "containerPort") ?? ""));
  const ports = [value("port") ?? "6379", secure].filter((one) => one !== "0");
  return [
    [
      open && value("protected-mode") === "no",
      "error",
      `there is no password and no aclfile: whoever reaches ${name} reads and deletes all; set aclfile`,
    ],
    [
      open && value("protected-mode") !== "no",
      "error",
      `there is no password and protected-mode is on: ${name} refuses everybody outside of its pod; set aclfile`,
    ],
    [
      secret("requirepass"),
      "warning",
      `requirepass has the password in a file that everybody who reads the namespace sees; use aclfile, with hashes`,
    ],
    [
      bound.length > 0 && bound.every((one) => LOOPBACK.test(one)),
      "error",
      `bind is ${bound.join(" ")}: nobody outside of its pod reaches ${name}; remove it`,
    ],
    [
      declared.length > 0 && ports.length > 0 && !ports.some((one) => declared.includes(one)),
      "error",
      `listens on ${ports.join(" and ")}, and its container and Service have ${declared.join(", ")}: nobody connects to ${name}; use that port`,
    ],
    ...["enable-debug-command", "enable-module-command", "enable-protected-configs"].map((key): Danger => [
      value(key) === "yes",
      "warning",
      `${key} is yes: a client may change or stop ${name}; remove it`,
    ]),
    [
      value("acl-pubsub-default") === "allchannels",
      "warning",
      "acl-pubsub-default is allchannels: each user reads all messages; use resetchannels",
    ],
  ];
}

/** Source: https://valkey.io/topics/encryption/ */
function encrypted(cache: Cache, known: Inventory): Danger[] {
  const { value, group } = cache;
  const name = title(group.object);
  const secure = value("tls-port") ?? "0";
  const asks = encryptedClient(group.spec);
  const certificates = (value("tls-auth-clients") ?? "yes") === "yes" && secure !== "0";
  return [
    [secure === "0" && asks, "error", `tls-port is not set, and clients of ${name} speak TLS: none connects; set it`],
    [
      secure !== "0" && (value("port") ?? "6379") !== "0",
      "warning",
      `port is ${value("port") ?? "6379"} beside tls-port: passwords and data go over the network in plain text; set port to 0`,
    ],
    [
      certificates && asks && !presents(group.spec),
      "error",
      `tls-auth-clients is yes: probes and programs, which show no certificate, are refused by ${name}; set it to no`,
    ],
    [
      secure !== "0" && (value("tls-auto-reload-interval") ?? "0") === "0" && renewed(cache, known),
      "warning",
      `tls-auto-reload-interval is 0: ${name} shows its old certificate when cert-manager has renewed it, and is refused when that ends; set it to 3600`,
    ],
  ];
}

/** Whether what runs beside it speaks TLS to it. */
function encryptedClient(spec: unknown): boolean {
  return /"(?:rediss|valkeys):\/\/|-cli[^"]*--tls\b/.test(JSON.stringify(listAt(spec, "containers")));
}

/** Whether the probes show a certificate. */
function presents(spec: unknown): boolean {
  return /-cli[^"]*--cert\b/.test(JSON.stringify(listAt(spec, "containers")));
}

function renewed({ group, value }: Cache, known: Inventory): boolean {
  const file = value("tls-cert-file") ?? "";
  const mount = containersOf(group.spec)
    .flatMap((one) => listAt(one, "volumeMounts"))
    .find((one) => file.startsWith(`${textAt(one, "mountPath") ?? "/"}/`));
  const volume = listAt(group.spec, "volumes").find((one) => textAt(one, "name") === textAt(mount, "name"));
  const secret = textAt(volume, "secret", "secretName");
  return known
    .ofKind("Certificate")
    .some((one) => one.namespace === group.namespace && textAt(one.spec, "secretName") === secret);
}

/** What it forgets, and when it refuses. Source: https://valkey.io/topics/lru-cache/ */
function forgetting({ value, group, container }: Cache): Danger[] {
  const name = title(group.object);
  const policy = (value("maxmemory-policy") ?? "noeviction").toLowerCase();
  const limit = bytesAt(container, "resources", "limits", "memory");
  const most = maxMemory(value);
  const onDisk = value("save") !== "" || value("appendonly") === "yes";
  return [
    [
      policy === "noeviction" && !onDisk,
      "error",
      `maxmemory-policy is noeviction: when ${name} is full it refuses every write; use allkeys-lru`,
    ],
    [
      policy.startsWith("volatile-") && !onDisk,
      "warning",
      `maxmemory-policy is ${policy}: keys without an end are never forgotten, and when ${name} is full of them it refuses every write; use allkeys-lru`,
    ],
    [
      value("maxmemory") === undefined && limit !== undefined,
      "warning",
      `maxmemory is not set: ${name} grows until it is killed; set it below ${inWords(limit ?? 0)}`,
    ],
    [
      most > 0 && limit !== undefined && most < limit / 10,
      "warning",
      `maxmemory is ${inWords(most)} of ${inWords(limit ?? 0)}: ${name} forgets nearly all at once, and each query goes to the database; set it to three quarters of its memory`,
    ],
    [
      (value("replicaof") ?? value("slaveof") ?? "no one").toLowerCase() !== "no one",
      "error",
      `replicaof makes ${name} a copy of another, which refuses every write; remove it`,
    ],
    [
      value("cluster-enabled") === "yes",
      "error",
      `cluster-enabled is yes: ${name} answers CLUSTERDOWN until somebody gives it slots; remove it`,
    ],
    ...["min-replicas-to-write", "min-slaves-to-write"].map((key): Danger => [
      Number(value(key) ?? 0) > 0,
      "error",
      `${key} is ${value(key) ?? ""}, and ${name} has no replicas: it refuses every write; remove it`,
    ]),
    [value("import-mode") === "yes", "error", `import-mode is yes: ${name} forgets nothing that has ended; remove it`],
  ];
}

function maxMemory(value: Cache["value"]): number {
  return Number(valkeyBytes(value("maxmemory") ?? "0") ?? 0n);
}

/** What it writes. Without `save` it takes a copy after an hour at the latest. Source: https://valkey.io/topics/persistence/ */
function persisting(cache: Cache): Danger[] {
  const { value, group, container } = cache;
  const name = title(group.object);
  const limit = bytesAt(container, "resources", "limits", "memory");
  const saves = value("save") !== "";
  const writesLog = value("appendonly") === "yes";
  const onDisk = saves || writesLog;
  const directory = value("dir") ?? "/data";
  const how = writesLog ? "appendonly is yes" : "save is not empty";
  return [
    [
      saves && !writes(cache, directory) && value("stop-writes-on-bgsave-error") !== "no",
      "error",
      `save is not empty, and ${name} may not write to ${directory}: it refuses every write after the first attempt; set save to ""`,
    ],
    [
      onDisk && !isClaimed(cache, directory),
      "warning",
      `${how}, and ${directory} is on no volume claim: ${name} copies all of its memory to the node's disk, and it is gone with the pod; set save to "" and appendonly to no`,
    ],
    [
      onDisk && limit !== undefined && maxMemory(value) > limit / 2,
      "warning",
      `${how}: while it writes, ${name} may need twice its ${inWords(maxMemory(value))} of data, and has ${inWords(limit ?? 0)}; lower maxmemory to half of it, or set save to "" and appendonly to no`,
    ],
  ];
}

function isClaimed({ group, container }: Cache, directory: string): boolean {
  return listAt(container, "volumeMounts").some((mount) => {
    const volume = listAt(group.spec, "volumes").find((one) => textAt(one, "name") === textAt(mount, "name"));
    // A StatefulSet's claims are no volumes of its pods' template.
    const claimed = volume === undefined || at(volume, "persistentVolumeClaim") !== undefined;
    return claimed && directory.startsWith(textAt(mount, "mountPath") ?? "//");
  });
}

/** Commands that clients of any kind send when they connect. */
const NEEDED = new Set(["ping", "auth", "hello", "client", "select", "info", "config", "get", "set", "command", "del", "expire"]);

/** Sources: https://valkey.io/topics/clients/ and https://valkey.io/topics/latency/ */
function slow(cache: Cache): Danger[] {
  const { value, directives, container, group } = cache;
  const name = title(group.object);
  const idle = Number(value("timeout") ?? 0);
  const threads = Number(value("io-threads") ?? 1);
  const cores = coresAt(container, "resources", "limits", "cpu") ?? coresAt(container, "resources", "requests", "cpu");
  const backlog = Number(value("tcp-backlog") ?? 511);
  const alive = Number(value("tcp-keepalive") ?? 300);
  const clients = value("maxmemory-clients") ?? "0";
  return [
    [
      idle > 0 && idle < 60,
      "warning",
      `timeout is ${idle}: ${name} closes connections that programs keep in their pools, after ${idle} seconds without a command; use 0`,
    ],
    [alive === 0, "warning", `tcp-keepalive is 0: connections of nodes that were lost stay until maxclients is reached; use 60`],
    [backlog < 64, "warning", `tcp-backlog is ${backlog}: when all programs connect at once, most are refused; remove it`],
    [
      threads > Math.max(2, Math.ceil(cores ?? 2) * 2),
      "warning",
      `io-threads is ${threads}, and ${name} has ${cores ?? 1} CPU: threads wait for each other; remove it`,
    ],
    [
      /^\d+%$/.test(clients) ? Number.parseInt(clients, 10) > 0 && Number.parseInt(clients, 10) < 2 : isSmall(clients, 2 ** 20),
      "warning",
      `maxmemory-clients is ${clients}: ${name} cuts clients off in the middle of an answer; remove it`,
    ],
    ...directives
      .filter(({ key, values }) => key === "rename-command" && NEEDED.has(values[0]?.toLowerCase() ?? ""))
      .map(({ values }): Danger => [
        true,
        "error",
        `${values[0] ?? ""} is renamed: probes and programs that send it get an error; remove it`,
      ]),
    [value("loglevel") === "nothing", "warning", `loglevel is nothing: nobody sees why ${name} fails; use notice`],
    [value("loglevel") === "debug", "warning", `loglevel is debug: ${name} writes more than it answers; use notice`],
  ];
}

function isSmall(size: string, least: number): boolean {
  const bytes = Number(valkeyBytes(size) ?? 0n);
  return bytes > 0 && bytes < least;
}
