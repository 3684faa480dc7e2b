import { UsageError } from "../errors";
import { at, isRecord, listAt, recordAt, textAt, textsAt, type Json } from "../kubernetes/value";
import { stateOf, type SavedState } from "../plan/former";
import type { Finding } from "../rules/rule";
import { SECRET, UNKNOWN } from "../plan/plan";
import type { Compared } from "./compared";

/** Keys of the engine's format. Source: sdk/go/common/resource/sig and plugin/rpc.go of Pulumi. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_VALUES = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
]);

/**
 * The resources of what `mes plan --format json` or `pulumi stack export` has written.
 * @param title how messages name it
 * @throws UsageError when it is neither, or of another stack
 */
export function resourcesOf(content: unknown, title: string, stack: string): Compared[] {
  return read(stateOf(content, title, stack), title);
}

/** What an earlier plan found wrong; undefined if the content is of a state. */
export function findingsIn(content: unknown): readonly Pick<Finding, "rule" | "urn" | "path">[] | undefined {
  const findings = at(content, "findings");
  if (!Array.isArray(findings)) return undefined;
  return findings.map((one) => ({
    rule: textAt(one, "rule") ?? "",
    urn: textAt(one, "urn") ?? "",
    path: textAt(one, "path") ?? "",
  }));
}

function read({ state, deployed }: SavedState, title: string): Compared[] {
  // What waits to be deleted has a successor under the same URN.
  const resources = listAt(state, "resources").filter((one) => at(one, "delete") !== true && at(one, "external") !== true);
  const found = resources.flatMap((one) => (deployed ? fromState(one) : fromPlan(one)));
  if (found.length !== resources.length) throw new UsageError(`mes plan: ${title} has resources without a URN or a type`);
  return found;
}

function fromPlan(value: unknown): Compared[] {
  const [urn, type] = [textAt(value, "urn"), textAt(value, "type")];
  if (urn === undefined || type === undefined || !isRecord(value)) return [];
  return [
    { ...(value as Partial<Compared>), urn, type, custom: at(value, "custom") === true, inputs: recordAt(value, "inputs") },
  ];
}

/** Of its options a state tells few; what is false it leaves out. */
function fromState(value: unknown): Compared[] {
  const [urn, type] = [textAt(value, "urn"), textAt(value, "type")];
  if (urn === undefined || type === undefined) return [];
  const custom = at(value, "custom") === true;
  return [
    {
      ...{ urn, type, custom, inputs: type === "pulumi:pulumi:Stack" ? {} : asDeclared(recordAt(value, "inputs")) },
      ...{ protect: at(value, "protect") === true, retainOnDelete: at(value, "retainOnDelete") === true },
    },
  ];
}

/** Inputs as the program declared them: without what the plug-in filled in, and without secrets. */
function asDeclared(inputs: Json): Json {
  const read = declared(inputs) as Json;
  if (textsAt(read, "metadata", "annotations")["pulumi.com/autonamed"] !== "true") return read;
  const { name: _, annotations: _own, ...metadata } = recordAt(read, "metadata");
  const { "pulumi.com/autonamed": _mark, ...annotations } = recordAt(read, "metadata", "annotations");
  return { ...read, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) } };
}

function declared(value: unknown): unknown {
  if (typeof value === "string") return UNKNOWN_VALUES.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(declared);
  if (!isRecord(value)) return value;
  if (value[SIGNATURE] === SECRET_SIGNATURE) return SECRET;
  const defaults = new Set(listAt(value, "__defaults"));
  const own = Object.entries(value).filter(([key]) => key !== "__defaults" && !defaults.has(key));
  return Object.fromEntries(own.map(([key, part]) => [key, declared(part)]));
}
