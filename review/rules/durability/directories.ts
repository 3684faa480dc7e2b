import { configFiles, type ConfigFile } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { brokerSettings, isBroker } from "../../kubernetes/systems";
import { at, listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding, type Report } from "../rule";

const { warning } = reporter("commits-durable");

/** Whether programs write what they keep onto their volumes. @param report an error where data is protected */
export function directoriesKept(known: Inventory, report: Report): Finding[] {
  return [
    ...known.pods.flatMap((group) => [...groupFindings(group, known, report), ...queuesKept(group, known)]),
    ...known.objects.filter(isBroker).flatMap((broker) => brokerDirectories(broker, report)),
  ];
}

/** A directory that a program is told to write to. */
interface Told {
  readonly directory: string;
  readonly file: ConfigFile;
}

/** Files of Loki, and of collectors that keep queues. Sources: path_prefix of Loki's configuration, directory of the collector's file_storage */
const SETTINGS = [
  { of: /^schema_config:/m, directory: /^\s*path_prefix:\s*["']?(\/[^\s"']+)/gm },
  { of: /^\s*file_storage\b/m, directory: /^\s*directory:\s*["']?(\/[^\s"']+)/gm },
];
const MADE = /\bmkdir -p ((?:"?\/[^\s"$;&|]+"?\s*)+)/g;
const SCRATCH = /^\/(?:tmp|run|var\/(?:tmp|run))(?:\/|$)/;

function toldBy(file: ConfigFile): Told[] {
  const set = SETTINGS.filter(({ of }) => of.test(file.text)).flatMap(({ directory }) =>
    [...file.text.matchAll(directory)].map(([, one = ""]) => one),
  );
  const made = [...file.text.matchAll(MADE)]
    .flatMap(([, list = ""]) => list.replaceAll('"', "").trim().split(/\s+/))
    .filter((one) => !SCRATCH.test(one));
  return [...new Set([...set, ...made])].map((directory) => ({ directory, file }));
}

interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly place: readonly (string | number)[];
}

function groupFindings(group: PodGroup, known: Inventory, report: Report): Finding[] {
  const { object, spec, specPath } = group;
  const kept = new Set([
    ...listAt(object.spec, "volumeClaimTemplates").map((claim) => textAt(claim, "metadata", "name")),
    ...listAt(spec, "volumes")
      .filter((volume) => at(volume, "persistentVolumeClaim") !== undefined || at(volume, "hostPath") !== undefined)
      .map((volume) => textAt(volume, "name")),
  ]);
  if (kept.size === 0) return [];
  const mounts = ["initContainers", "containers"].flatMap((field) =>
    listAt(spec, field).flatMap((container, i) =>
      listAt(container, "volumeMounts").map((mount, j): Mount => ({
        volume: textAt(mount, "name") ?? "",
        path: textAt(mount, "mountPath") ?? "",
        place: [...specPath, field, i, "volumeMounts", j],
      })),
    ),
  );
  const lasting = mounts.filter(({ volume }) => kept.has(volume));
  const unused = listAt(object.spec, "volumeClaimTemplates").flatMap((claim) => textAt(claim, "metadata", "name") ?? []);
  const findings = unused
    .filter((claim) => !mounts.some(({ volume }) => volume === claim))
    .map((claim) =>
      report(
        object.resource,
        [...specPath, "containers"],
        `no container of ${title(object)} mounts its volume ${claim}: what it writes goes with the pod; mount it`,
      ),
    );
  const told = configFiles(group, known).flatMap(toldBy);
  for (const { directory, file } of told) {
    if (lasting.some(({ path }) => below(directory, path))) continue;
    const message = `${title(object)} writes to ${directory}, which is on none of its volumes (${listed([...new Set(lasting.map(({ path }) => path))])}): it goes with the pod; correct the directory`;
    findings.push(report(file.resource, file.path, message));
  }
  if (told.length === 0) return findings;
  // Several containers share a volume; each has to find it where the files are.
  const right = new Set(
    lasting.filter(({ path }) => told.some(({ directory }) => below(directory, path))).map(({ volume }) => volume),
  );
  for (const { volume, path, place } of lasting) {
    if (!right.has(volume) || told.some(({ directory }) => below(directory, path))) continue;
    const message = `mounts the volume ${volume} at ${path}, and what ${title(object)} keeps is in ${listed(told.map(({ directory }) => directory))}: it goes with the pod; correct mountPath`;
    findings.push(report(object.resource, [...place, "mountPath"], message));
  }
  return findings;
}

function below(directory: string, mount: string): boolean {
  const root = mount.replace(/\/$/, "");
  return directory === root || directory.startsWith(`${root}/`);
}

/** Where the operator mounts the broker's volume. Source: statefulset.go of the cluster operator 2.20 */
const BROKER = "/var/lib/rabbitmq/mnesia";
/** Source: https://www.rabbitmq.com/docs/relocate#environment-variables */
const BROKER_VARIABLES = /^\s*(?:export\s+)?(?:RABBITMQ_)?(MNESIA_BASE|MNESIA_DIR|QUORUM_DIR|STREAM_DIR)\s*=\s*["']?([^"'\s]+)/gm;

function brokerDirectories(broker: KubeObject, report: Report): Finding[] {
  const { resource, spec } = broker;
  const findings: Finding[] = [];
  const env = textAt(spec, "rabbitmq", "envConfig") ?? "";
  const wrong = (directory: string) => directory.startsWith("/") && !below(directory, BROKER);
  const lost = (what: string, directory: string) =>
    `${what} is ${directory}, which is not on the broker's volume (${BROKER}): a pod that is recreated has lost its queues; remove it`;
  for (const [, variable = "", directory = ""] of env.matchAll(BROKER_VARIABLES)) {
    if (wrong(directory)) findings.push(report(resource, "spec.rabbitmq.envConfig", lost(variable, directory)));
  }
  for (const [key, directory] of brokerSettings(broker)) {
    if (/(?:^|\.)data_dir$/.test(key) && wrong(directory)) {
      findings.push(report(resource, "spec.rabbitmq.additionalConfig", lost(key, directory)));
    }
  }
  const pod = ["override", "statefulSet", "spec", "template", "spec"];
  for (const [i, container] of listAt(spec, ...pod, "containers").entries()) {
    for (const [j, mount] of listAt(container, "volumeMounts").entries()) {
      const path = textAt(mount, "mountPath") ?? "";
      if (textAt(mount, "name") === "persistence" || path === "" || !below(path, BROKER)) continue;
      const message = `mounts ${textAt(mount, "name") ?? ""} at ${path}, in the place of the broker's volume: queues go with the pod; remove it`;
      findings.push(report(resource, ["spec", ...pod, "containers", i, "volumeMounts", j], message));
    }
  }
  return findings;
}

/** A collector that has a place for its queues, and does not use it for what it takes from files only once. */
function queuesKept(group: PodGroup, known: Inventory): Finding[] {
  return configFiles(group, known).flatMap(({ resource, path, text }) => {
    if (!/^ {2}file_storage\b/m.test(text)) return [];
    const [, logs = ""] =
      /^ {4}logs(?:\/[\w-]+)?:\n((?: {6,}.*\n?)*)/m.exec(text.slice(Math.max(0, text.indexOf("\n  pipelines:")))) ?? [];
    const [, list = ""] = /^ {6}exporters:\n((?: {8,}- .*\n?)*)/m.exec(logs) ?? [];
    const exporters = [...list.matchAll(/- (\S+)/g)].map(([, name = ""]) => name);
    return exporters.flatMap((exporter) => {
      const start = text.indexOf(`\n  ${exporter}:\n`, text.indexOf("\nexporters:"));
      const [, block = ""] = start < 0 ? [] : (/^ {2}\S+:\n((?: {4,}.*\n?)*)/.exec(text.slice(start + 1)) ?? []);
      if (block === "" || /^ {6}storage:\s*\S/m.test(block)) return [];
      const message = `the queue of ${exporter} is in memory, although the collector has file_storage: log records that wait are lost with each restart; set sending_queue.storage: file_storage`;
      return [warning(resource, path, message)];
    });
  });
}
