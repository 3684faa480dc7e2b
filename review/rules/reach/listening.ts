import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { containersOf, podPorts, type PodGroup } from "../../kubernetes/pods";
import { listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("services-reach-pods");

interface Told {
  readonly port: number;
  readonly path: readonly (string | number)[];
}

/**
 * A program that is told to listen on a port that its pods do not have, while nothing listens on one that they have: Services, probes and policies
 * lead to the latter. Ports that a program listens on by itself are not known, so neither alone says anything.
 */
export function listeningFindings(known: Inventory): Finding[] {
  return known.pods.flatMap((group) => {
    const own = podPorts(group.spec);
    if (own.length === 0) return [];
    const told = toldTo(group, known);
    const strange = told.filter(({ port }) => !own.some(({ number }) => number === port));
    const silent = own.filter(({ number }) => !told.some(({ port }) => port === number));
    const [first] = strange;
    if (first === undefined || silent.length === 0) return [];
    const ports = listed(silent.map(({ number, name }) => (name === undefined ? String(number) : `${number} (${name})`)));
    const message = `is told to listen on port ${first.port}, which ${title(group.object)} does not have, and nothing to listen on ${ports}, to which Services and probes lead; use the same port`;
    return [error(group.object.resource, first.path, message)];
  });
}

function toldTo(group: PodGroup, known: Inventory): Told[] {
  const containers = ["containers", "initContainers"].flatMap((field) =>
    listAt(group.spec, field).flatMap((container, i) =>
      containersOf(group.spec).includes(container) ? [{ container, path: [...group.specPath, field, i] }] : [],
    ),
  );
  return containers.flatMap(({ container, path }) => [
    ...byVariables(container, path),
    ...["command", "args"].flatMap((field) =>
      listAt(container, field).flatMap((word, i) => byArgument(String(word), [...path, field, i])),
    ),
    ...byFiles(container, group, known),
  ]);
}

/** What names the other end of a connection beside its port. */
const OTHER_END = ["HOST", "HOSTNAME", "ADDR", "ADDRESS", "SERVER", "URL", "ENDPOINT", "NAME", "DATABASE"];

function byVariables(container: unknown, path: Told["path"]): Told[] {
  const env = listAt(container, "env");
  const names = new Set(env.map((one) => textAt(one, "name") ?? ""));
  return env.flatMap((one, i) => {
    const name = textAt(one, "name") ?? "";
    const port = numberAt(one, "value");
    if (!name.endsWith("PORT") || port === undefined) return [];
    const stem = name.slice(0, -"PORT".length);
    return OTHER_END.some((end) => names.has(`${stem}${end}`)) ? [] : [{ port, path: [...path, "env", i, "value"] }];
  });
}

function byArgument(word: string, path: Told["path"]): Told[] {
  const [, port] =
    /^--?(?:[\w.-]*[.-])?(?:port|listen(?:-?address)?|bind-?address|http-address)[= ](?:.*:)?(\d{2,5})$/.exec(word) ?? [];
  return port === undefined ? [] : [{ port: Number(port), path }];
}

/** How configurations say on which port to listen. */
const LISTENS =
  /^\s*(?:tls-port|http_port|https_port)\s*(?:=\s*|\s)(\d{2,5})\s*$|^\s*\w*listen_port:\s*(\d{2,5})\s*$|\b(?:0\.0\.0\.0|\[::\]):(\d{2,5})\b/gm;

function byFiles(container: unknown, { spec, specPath, namespace }: PodGroup, known: Inventory): Told[] {
  const mounts = new Set(listAt(container, "volumeMounts").map((mount) => textAt(mount, "name")));
  return listAt(spec, "volumes").flatMap((volume, i) => {
    if (!mounts.has(textAt(volume, "name"))) return [];
    const config = known.find("ConfigMap", namespace, textAt(volume, "configMap", "name") ?? "");
    return Object.values(recordAt(config?.resource.inputs, "data")).flatMap((content) =>
      typeof content !== "string" || content.includes('"panels"')
        ? []
        : [...content.matchAll(LISTENS)].map((found) => ({
            port: Number(found.slice(1).find((one) => one !== undefined)),
            path: [...specPath, "volumes", i],
          })),
    );
  });
}
