/** Views of the page, in the order of its navigation. Each is an address: `#findings`. */
export const VIEWS = ["overview", "findings", "changes", "orders", "connections", "capacity", "forecast", "resources"] as const;
export type View = (typeof VIEWS)[number];

/** What a URN is known by within its page: without `urn:pulumi:STACK::PROJECT::`, the same in every stack and plan. */
export function keyOf(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

/** Address of a resource's view. */
export function addressOf(urn: string): string {
  return `#resource/${encodeURIComponent(keyOf(urn))}`;
}

export interface Address {
  readonly view: View | "resource";
  /** Key of the resource. */
  readonly key?: string;
  /** What a view is narrowed to, e.g. `{q: "postgres", kind: "Secret"}`. */
  readonly query: Readonly<Record<string, string>>;
}

/** What an address leads to. One that leads nowhere leads to the overview. */
export function parseAddress(hash: string): Address {
  const [path = "", search = ""] = split(hash.replace(/^#/, ""));
  const query = Object.fromEntries(new URLSearchParams(search));
  if (path.startsWith("resource/")) return { view: "resource", key: decoded(path.slice("resource/".length)), query };
  return { view: VIEWS.find((view) => view === path) ?? "overview", query };
}

/** The address of a view that is narrowed; what is empty is left out. */
export function formatAddress(view: View, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return search === "" ? `#${view}` : `#${view}?${search}`;
}

function split(text: string): [string, string] {
  const at = text.indexOf("?");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** A percent sign that encodes nothing is one that somebody typed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
