import { createHash } from "node:crypto";
import { Document, isCollection, parseAllDocuments, type Node } from "yaml";
import { SECRET, UNKNOWN } from "../../review/plan/plan";
import { formatPromql } from "./promql";

/*
 * Texts in a plan that hold more than a name: policies, configuration files, expressions. A reviewer reads them as what they are: JSON and
 * YAML by their keys, PromQL by its operands, any other file by its lines. Two are shown by hashes: dashboards, a hash a panel,
 * since their models are hundreds of lines of layout, and migrations, a hash a file, since a file never changes.
 */

/** Longer expressions get lines of their own, in characters. */
const LONG = 200;

/** Documents of JSON and YAML that are shown by their keys carry the format as a tag. */
export const FORMAT_TAGS: readonly string[] = ["!json", "!yaml", "!dashboard"];

/**
 * A text as the golden files show it.
 * @param key the text's key in what it is part of: the name of a file, or `expr`
 * @param compact how the values in a document are shown
 */
export function shownText(text: string, key: string, compact: (value: unknown, key: string) => unknown): unknown {
  if (text === SECRET || text === UNKNOWN) return text;
  if (/(^|_)\d{4}_\w+\.sql$/.test(key)) return hashOf(text);
  const document = jsonOf(text);
  if (isDashboard(document)) return tagged("!dashboard", compact(dashboardParts(document), key));
  if (document !== undefined) return tagged("!json", compact(document, key));
  if (/\.ya?ml$/.test(key)) {
    const documents = yamlOf(text);
    if (documents !== undefined) return tagged("!yaml", compact(documents.length === 1 ? documents[0] : documents, key));
  }
  return key === "expr" && text.length > LONG ? formatPromql(text) : text;
}

function hashOf(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `<${Buffer.byteLength(text)} bytes sha256:${hash}>`;
}

function tagged(tag: string, value: unknown): Node {
  const node = new Document(value, { aliasDuplicateObjects: false }).contents as Node & { tag?: string };
  node.tag = tag;
  return node;
}

/** An object or a list that is written as JSON. */
function jsonOf(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

function yamlOf(text: string): unknown[] | undefined {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.length === 0) return undefined;
  const readable = documents.every(({ errors, contents }) => errors.length === 0 && isCollection(contents));
  return readable ? documents.map((document) => document.toJS() as unknown) : undefined;
}

interface DashboardModel {
  readonly title: string;
  readonly panels: readonly { readonly title?: string; readonly type?: string }[];
  readonly templating?: { readonly list?: readonly { readonly name?: string }[] };
}

function isDashboard(document: object | undefined): document is DashboardModel {
  return document !== undefined && "schemaVersion" in document && "panels" in document && Array.isArray(document.panels);
}

/** A hash for each panel, by the titles of its row and its own, one for each variable, and one for all else. */
function dashboardParts({ title, panels, templating, ...others }: DashboardModel): object {
  const hashes: Record<string, string> = {};
  let row = "";
  for (const panel of panels) {
    const own = panel.title ?? panel.type ?? "panel";
    if (panel.type === "row") row = `${own} / `;
    const name = panel.type === "row" ? own : `${row}${own}`;
    const before = Object.keys(hashes).filter((known) => known === name || known.startsWith(`${name} (`)).length;
    hashes[before === 0 ? name : `${name} (${before + 1})`] = hashOf(JSON.stringify(panel));
  }
  const variables = (templating?.list ?? []).map((variable) => [variable.name ?? "", hashOf(JSON.stringify(variable))] as const);
  return { title, panels: hashes, variables: Object.fromEntries(variables), others: hashOf(JSON.stringify(others)) };
}
