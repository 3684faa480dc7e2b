import { formatAddress, parseAddress, type Address } from "../address";
import type { PageData, ResourceData } from "../data";
import { isFound, wordsOf, type Searched } from "./search";
import { readable } from "./text";

/*
 * What the page's script adds to its HTML: one view at a time, each with an address; the search among resources; and a view of each of them.
 * What comes from the plan is only ever set as text.
 */

const FILTERS = ["q", "kind", "namespace", "part", "mark"] as const;

function find<T extends Element>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

let known: ReadonlyMap<string, ResourceData> | undefined;

/** Read when it is first asked for: a large plan is large. */
function resources(): ReadonlyMap<string, ResourceData> {
  if (known === undefined) {
    const data = JSON.parse(find("#data").textContent ?? "") as PageData;
    known = new Map(data.resources.map((resource) => [resource.key, resource]));
  }
  return known;
}

function keyIn(link: HTMLAnchorElement): string {
  return parseAddress(link.getAttribute("href") ?? "").key ?? "";
}

interface Row extends Searched {
  readonly item: HTMLElement;
}

let rows: readonly Row[] | undefined;

function rowsOf(): readonly Row[] {
  rows ??= [...document.querySelectorAll<HTMLElement>(".resources > li")].map((item) => {
    const key = keyIn(find("a", item));
    let content: string | undefined;
    return {
      item,
      title:
        `${item.dataset.kind ?? ""} ${find(".name", item).textContent ?? ""} ${item.dataset.namespace ?? ""} ${item.dataset.part ?? ""}`.toLowerCase(),
      content: () => (content ??= JSON.stringify(resources().get(key)?.inputs ?? "").toLowerCase()),
    };
  });
  return rows;
}

function narrowResources({ query }: Address): void {
  const words = wordsOf(query.q ?? "");
  let shown = 0;
  const [named, others]: [HTMLElement[], HTMLElement[]] = [[], []];
  for (const row of rowsOf()) {
    const { kind, namespace, part, mark = "" } = row.item.dataset;
    const is =
      matches(query.kind, kind) &&
      matches(query.namespace, namespace) &&
      matches(query.part, part) &&
      (wanted(query.mark) ? mark.split(" ").includes(query.mark) : true) &&
      isFound(row, words);
    row.item.hidden = !is;
    if (is) shown++;
    (isFound({ title: row.title, content: () => "" }, words) ? named : others).push(row.item);
  }
  // Those whose names say it come before those that have it somewhere in them.
  find(".resources").append(...named, ...others);
  const all = rowsOf().length;
  find("#shown").textContent = shown === all ? `${all} resources` : `${shown} of ${all} resources`;
  for (const name of FILTERS) {
    const field = find<HTMLInputElement | HTMLSelectElement>(`#${name}`);
    if (field.value !== (query[name] ?? "")) field.value = query[name] ?? "";
  }
}

function wanted(filter: string | undefined): filter is string {
  return filter !== undefined && filter !== "";
}

function matches(filter: string | undefined, value: string | undefined): boolean {
  return !wanted(filter) || filter === value;
}

function narrowChanges({ query }: Address): void {
  const verdict = query.verdict ?? "";
  for (const article of document.querySelectorAll<HTMLElement>("article.change")) {
    article.hidden = verdict !== "" && article.dataset.verdict !== verdict;
  }
  for (const chip of document.querySelectorAll<HTMLElement>(".chips a")) current(chip, chip.dataset.verdict === verdict);
}

function current(link: Element, is: boolean): void {
  if (is) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

function showResource(key: string): void {
  const resource = resources().get(key);
  const title = find("#resource-title");
  const detail = find("#detail");
  if (resource === undefined) {
    title.textContent = "No such resource";
    detail.replaceChildren(
      element("p", {}, `This plan has no ${key}. It may be of another plan, or a component, which is only what is in it.`),
    );
    return;
  }
  title.replaceChildren(element("span", { class: "kind" }, resource.kind), " ", resource.name);
  detail.replaceChildren(
    element("dl", { class: "facts" }, ...resource.facts.map(([label, text]) => fact(label, text))),
    ...elsewhere(key),
    ...resource.links.filter(([, keys]) => keys.length > 0).map(([label, keys]) => links(label, keys)),
    element("h3", {}, "Inputs"),
    element("p", { class: "quiet" }, "As the plan shows them: secrets, and what only the real run knows, are placeholders."),
    element("pre", { class: "inputs", tabindex: "0", "aria-label": "Inputs" }, readable(resource.inputs)),
  );
}

function fact(label: string, text: string): HTMLElement {
  return element("div", {}, element("dt", {}, label), element("dd", {}, text));
}

/** Where else in the page it is. */
function elsewhere(key: string): HTMLElement[] {
  const views = ["findings", "changes", "orders", "connections"].filter((view) =>
    [...document.querySelectorAll<HTMLAnchorElement>(`#${view} a[href^="#resource/"]`)].some((link) => keyIn(link) === key),
  );
  if (views.length === 0) return [];
  return [
    element("p", {}, "Also in ", ...views.flatMap((view, i) => [i === 0 ? "" : ", ", element("a", { href: `#${view}` }, view)])),
  ];
}

function links(label: string, keys: readonly string[]): HTMLElement {
  const items = keys.map((key) => {
    const { kind = "", name = key } = resources().get(key) ?? {};
    return element(
      "li",
      {},
      element("a", { href: `#resource/${encodeURIComponent(key)}` }, element("span", { class: "kind" }, kind), ` ${name}`),
    );
  });
  return element(
    "details",
    items.length <= 8 ? { open: "" } : {},
    element("summary", {}, `${label} ${items.length}`),
    element("ul", { class: "links" }, ...items),
  );
}

let shownHash: string | undefined;

/** @param focus moves the focus to the title of the view, as a new page would */
function show(focus: boolean): void {
  if (location.hash === "#main") return;
  const address = parseAddress(location.hash);
  const shown = document.getElementById(address.view) === null ? { ...address, view: "overview" as const } : address;
  const root = document.documentElement;
  const other = root.dataset.view !== shown.view || shownHash === undefined || shown.view === "resource";
  root.dataset.view = shown.view;
  shownHash = location.hash;
  for (const link of document.querySelectorAll<HTMLElement>("header nav a")) {
    const is = link.dataset.view === (shown.view === "resource" ? "resources" : shown.view);
    if (!is) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "page");
    // On a phone the views are a row that is wider than the window.
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (shown.view === "resources") narrowResources(shown);
  if (shown.view === "changes") narrowChanges(shown);
  if (shown.view === "resource") showResource(shown.key ?? "");
  if (!other || !focus) return;
  window.scrollTo(0, 0);
  find<HTMLElement>(`#${shown.view}-title`).focus({ preventScroll: true });
}

function filterAddress(): string {
  const values = FILTERS.map((name) => [name, find<HTMLInputElement | HTMLSelectElement>(`#${name}`).value] as const);
  return formatAddress("resources", Object.fromEntries(values));
}

function listenToFilters(): void {
  const form = find<HTMLFormElement>(".filters");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
  });
  form.addEventListener("input", () => {
    // Typing is no new page: the way back leads to the view before.
    history.replaceState(null, "", filterAddress());
    show(false);
  });
}

/** What leads to a box and from it stands out while it has the pointer or the focus. */
function listenToGraphs(): void {
  for (const graph of document.querySelectorAll<SVGElement>("svg.graph")) {
    const nodes = [...graph.querySelectorAll<SVGElement>(".node")];
    const edges = [...graph.querySelectorAll<SVGElement>(".edge")];
    const point = (id: string | undefined) => {
      graph.classList.toggle("pointing", id !== undefined);
      const near = new Set([id]);
      for (const edge of edges) {
        const { from, to } = edge.dataset;
        const is = id !== undefined && (from === id || to === id);
        edge.classList.toggle("near", is);
        if (is) near.add(from).add(to);
      }
      for (const node of nodes) node.classList.toggle("near", near.has(node.dataset.id));
    };
    for (const node of nodes) {
      for (const type of ["pointerenter", "focus"])
        node.addEventListener(type, () => {
          point(node.dataset.id);
        });
      for (const type of ["pointerleave", "blur"])
        node.addEventListener(type, () => {
          point(undefined);
        });
    }
  }
}

/** `/` leads to the search, as on many pages; not while somebody types. */
function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && event.target instanceof HTMLInputElement && event.target.value !== "") {
      event.target.value = "";
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (typing || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (parseAddress(location.hash).view !== "resources") {
      history.pushState(null, "", "#resources");
      show(false);
    }
    find<HTMLInputElement>("#q").focus();
  });
}

listenToFilters();
listenToGraphs();
listenToKeys();
window.addEventListener("hashchange", () => {
  show(true);
});
window.addEventListener("popstate", () => {
  show(location.hash !== shownHash);
});
find<HTMLElement>(".skip").addEventListener("click", (event) => {
  // The address stays that of the view.
  event.preventDefault();
  find<HTMLElement>("#main").focus();
});
show(false);
