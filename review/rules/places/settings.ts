import { keysAt } from "../../../stacks/config/schema-walk";
import { stackSchema } from "../../../stacks/config/schema";
import { formatKey } from "../../../stacks/config/stack-file";
import type { Plan, Resource, Settings } from "../../plan/plan";
import type { Finding, SettingPlace } from "../rule";

type Path = readonly (string | number)[];

/** Findings with the setting of the stack file that each is about, where that can be told. */
export function withSettings(plan: Plan, findings: readonly Finding[]): Finding[] {
  const settings = plan.facts?.settings;
  if (settings === undefined || findings.length === 0) return [...findings];
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  return findings.map((finding) => {
    const path = namedIn(finding.message) ?? settingOf(finding, byUrn);
    const setting = path === undefined ? undefined : placeOf(path, settings);
    return setting === undefined ? finding : { ...finding, setting };
  });
}

/** The first setting that a message names, e.g. `mes:broker.queues["orders.status"].maxLength`. */
function namedIn(message: string): Path | undefined {
  const [, concern, rest = ""] = /\bmes:([a-zA-Z]+)((?:\.[A-Za-z][\w-]*|\["[^"]+"\]|\[\d+\])*)/.exec(message) ?? [];
  if (concern === undefined) return undefined;
  const parts = [...rest.matchAll(/\.([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)].map(([, key, quoted, index]) =>
    index === undefined ? (key ?? quoted ?? "") : Number(index),
  );
  return [concern, ...parts];
}

/** Concerns of the stack file by the module of the component that reads them, where the names differ. */
const CONCERNS: Readonly<Record<string, string>> = {
  mes: "roles",
  foundation: "namespaces",
  network: "cluster",
  autoscaling: "roles",
};

/** The concern of the component that declares a resource, and what in it is called as the field that the finding is about. */
function settingOf({ urn, path }: Finding, byUrn: ReadonlyMap<string, Resource>): Path | undefined {
  const component = /^urn:[^:]*:[^:]*::[^:]*::mes:([a-z-]+):/
    .exec(urn)?.[1]
    ?.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (component === undefined) return undefined;
  const concern = CONCERNS[component] ?? component;
  if (!Object.hasOwn(stackSchema.shape, concern)) return undefined;
  const role = concern === "roles" ? roleOf(urn, byUrn) : undefined;
  let setting: Path = role === undefined ? [concern] : [concern, role];
  for (const part of path.split(/[.[\]"]+/)) if (keysAt(stackSchema, setting).includes(part)) setting = [...setting, part];
  return setting;
}

/** The name of the role that a resource is of. */
function roleOf(urn: string, byUrn: ReadonlyMap<string, Resource>): string | undefined {
  for (let one = byUrn.get(urn); one !== undefined; one = byUrn.get(one.parent ?? ""))
    if (one.type === "mes:mes:Role") return one.name;
  return undefined;
}

/** Where a setting is, or the nearest one above it that the file has. */
function placeOf(path: Path, { file, keys }: Settings): SettingPlace | undefined {
  const [concern, ...rest] = path;
  const whole: Path = ["config", `mes:${String(concern)}`, ...rest];
  for (let length = whole.length; length > 0; length--) {
    const found = keys.find(({ path: own }) => own.length === length && own.every((part, depth) => part === whole[depth]));
    if (found !== undefined) return { key: formatKey(whole), file, line: found.line, column: found.column };
  }
  return undefined;
}
