import { configFiles, type ConfigFile } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { inWords } from "../../kubernetes/sizes";
import { title, type KubeObject } from "../../kubernetes/objects";
import { bytesAt, listAt, textAt } from "../../kubernetes/value";
import { count, reporter, type Finding } from "../rule";

const { error, warning } = reporter("settings-fit");

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 2 ** 10,
  m: 1e6,
  mb: 2 ** 20,
  g: 1e9,
  gb: 2 ** 30,
};

/** Part of the memory that data may take: buffers of clients and what falls apart when it is overwritten come on top of it. */
const SHARE = { error: 0.95, warning: 0.85 };

/** What a cache may hold, against the memory of its pod. Source: https://valkey.io/topics/lru-cache/ and its valkey.conf */
export function cachesFit(known: Inventory): Finding[] {
  return known.pods.flatMap((group) => {
    const { object, spec } = group;
    const files = configFiles(group, known);
    const limit = Math.max(
      0,
      ...listAt(spec, "containers")
        .filter((one) => /(?:valkey|redis)(?!_exporter|-exporter)/.test(textAt(one, "image") ?? ""))
        .map((one) => bytesAt(one, "resources", "limits", "memory") ?? 0),
    );
    if (limit === 0) return [];
    const clients = clientsFit(known, object, files);
    return [
      ...clients,
      ...files.flatMap(({ resource, path, text }) => {
        const [, digits, unit = ""] = /^maxmemory\s+(\d+)\s*([a-z]*)\s*$/im.exec(text) ?? [];
        if (digits === undefined) return [];
        const most = Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
        if (most === 0) {
          return [
            warning(resource, path, `maxmemory is 0: ${title(object)} grows until it is killed; set it below ${inWords(limit)}`),
          ];
        }
        if (!(most > limit * SHARE.warning)) return [];
        const report = most > limit * SHARE.error ? error : warning;
        const message = `maxmemory is ${inWords(most)}, and ${title(object)} is killed at ${inWords(limit)}: it is empty each time it is full; lower it, or raise mes:cache.resources.memory`;
        return [report(resource, path, message)];
      }),
    ];
  });
}

/** Connections of a pod to a cache: a pool. */
const POOL = 5;

/** Source: https://valkey.io/topics/clients/#maximum-concurrent-connected-clients */
function clientsFit(known: Inventory, { name, namespace }: KubeObject, files: readonly ConfigFile[]): Finding[] {
  const own = `${name}.${namespace}`.replaceAll(/[^\w-]/g, String.raw`\$&`);
  const host = new RegExp(String.raw`(?:^|[/@])${own}(?:\.svc(?:\.cluster\.local)?)?(?:[:/]|$)`);
  const users = known.pods.filter(
    ({ spec, object }) =>
      object.name !== name &&
      listAt(spec, "containers").some((one) => listAt(one, "env").some((env) => host.test(textAt(env, "value") ?? ""))),
  );
  // The exporter and two probes come on top.
  const pods = users.reduce((sum, group) => sum + known.scale(group).max, 0);
  return files.flatMap(({ resource, path, text }) => {
    const [, digits] = /^maxclients\s+(\d+)\s*$/im.exec(text) ?? [];
    if (digits === undefined || pods === 0 || Number(digits) >= pods * POOL + 3) return [];
    const report = Number(digits) < pods + 3 ? error : warning;
    const message = `maxclients is ${digits}, and ${count(pods, "pod")} connect at full scale, some ${POOL} times each, beside the exporter and probes: the others are refused; raise mes:cache.maxClients`;
    return [report(resource, path, message)];
  });
}
