import { Document, isCollection, isMap, isNode, visit, type Node } from "yaml";
import type { Plan, Resource } from "../../review/plan/plan";
import { FORMAT_TAGS, shownText } from "./texts";

/*
 * The plan of an environment as files that people review: one YAML file for each top-level component, its resources keyed by the
 * end of their URN, in a stable order. Texts are shown as what they are, see texts.ts.
 */

/** Mappings and lists up to this length stand on one line, in characters: labels, requests, ports. */
const LONGEST_LINE = 200;

export type GoldenFiles = Readonly<Record<string, string>>;

/** What stands beside the components: providers, and the outputs of the stack. */
const STACK_FILE = "stack.yaml";

export function goldenFiles(plan: Plan): GoldenFiles {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const files = new Map<string, Resource[]>();
  for (const resource of plan.resources) {
    if (resource.parent === undefined) continue;
    const top = topOf(resource, byUrn);
    const file = top.custom ? STACK_FILE : `${top.name}.yaml`;
    files.set(file, [...(files.get(file) ?? []), resource]);
  }
  const written = [...files].map(([file, resources]) => {
    const entries = resources.map((resource) => [tail(resource.urn), body(resource)] as const).sort(byKey);
    const content = file === STACK_FILE ? { outputs: compact(plan.outputs), ...Object.fromEntries(entries) } : Object.fromEntries(entries);
    return [file, text(content)] as const;
  });
  return Object.fromEntries(written.sort(byKey));
}

function text(content: unknown): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (key, node, path) => {
      // Resources keep lines of their own.
      if (path.length < 4 || !isCollection(node)) return undefined;
      // A document: one leaf a line.
      if (FORMAT_TAGS.includes(node.tag ?? "")) return visit.SKIP;
      if (hasLines(node)) return undefined;
      const inner = node.items.some((item) => isCollection(item) || (isMap(node) && isCollection((item as { value: unknown }).value)));
      const length = JSON.stringify(node).replaceAll('"', "").length;
      if (length > (inner ? LONGEST_LINE / 2 : LONGEST_LINE)) return undefined;
      node.flow = true;
      return visit.SKIP;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Whether anything in it needs lines of its own. */
function hasLines(node: Node): boolean {
  let found = false;
  visit(node, {
    Scalar: (_key, { value }) => {
      if (typeof value === "string" && value.includes("\n")) found = true;
      return found ? visit.BREAK : undefined;
    },
    Collection: (_key, { tag }) => {
      if (FORMAT_TAGS.includes(tag ?? "")) found = true;
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

function topOf(resource: Resource, byUrn: ReadonlyMap<string, Resource>): Resource {
  const parent = byUrn.get(resource.parent ?? "");
  return parent?.parent === undefined ? resource : topOf(parent, byUrn);
}

/** `urn:pulumi:prod::mes::mes:a:A$mes:b:B$kubernetes:apps/v1:Deployment::x` → `mes:a:A$mes:b:B$kubernetes:apps/v1:Deployment::x`. */
function tail(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

/** `…$kubernetes:core/v1:Namespace::apps` → `Namespace apps`. */
function shortName(urn: string): string {
  const [type = "", ...name] = tail(urn).split("::");
  return `${type.split(":").at(-1) ?? ""} ${name.join("::")}`;
}

/** A resource without what says nothing: options at their defaults, lines of the sources. */
function body(resource: Resource): Record<string, unknown> {
  // The key tells version and kind.
  const { apiVersion: _version, kind: _kind, ...inputs } = resource.inputs;
  const { dependsOn } = resource;
  const options = {
    protect: resource.protect || undefined,
    retainOnDelete: resource.retainOnDelete || undefined,
    deleteBeforeReplace: resource.deleteBeforeReplace || undefined,
    ignoreChanges: filled(resource.ignoreChanges),
    replaceOnChanges: filled(resource.replaceOnChanges),
    customTimeouts: Object.keys(resource.customTimeouts).length > 0 ? resource.customTimeouts : undefined,
    dependsOn: filled(dependsOn.map(shortName)),
  };
  const set = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return {
    ...(Object.keys(set).length > 0 ? { options: set } : {}),
    ...(Object.keys(inputs).length > 0 ? (compact(inputs) as Record<string, unknown>) : {}),
  };
}

function filled(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Keys sorted, texts as what they are. */
export function compact(value: unknown, key = ""): unknown {
  if (typeof value === "string") return shownText(value, key, compact);
  if (Array.isArray(value)) return value.map((item) => compact(item));
  if (typeof value !== "object" || value === null || isNode(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, compact(item, name)] as const)
      .sort(byKey),
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
