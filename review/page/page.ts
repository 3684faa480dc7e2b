import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Plan } from "../plan/plan";
import type { Finding } from "../rules/rule";
import { keyOf, type View } from "./address";
import type { PageData, ResourceData } from "./data";
import { connectionsGraph } from "./graph/connections";
import { ordersGraph } from "./graph/orders";
import { embeddedJson, html, Html } from "./html";
import { pageModel, type PageExtras, type PageModel } from "./model";
import { capacityView } from "./sections/capacity";
import { changesView } from "./sections/changes";
import { findingsView } from "./sections/findings";
import { forecastView } from "./sections/forecast";
import { connectionsView, ordersView } from "./sections/graphs";
import { overview } from "./sections/overview";
import { resourcesView } from "./sections/resources";

/** Written by `tools/bundle.js` from `client/`. */
const BUNDLED = path.join(__dirname, "bundled");

interface Section {
  readonly view: View;
  readonly title: string;
  /** How much is in it. */
  readonly number?: number;
  readonly content: Html;
}

/**
 * A plan as one HTML file that loads nothing: no network, no other file. What the verdict, findings, changes, graphs and capacity say is plain HTML;
 * the script adds views, search, and the inputs of each resource.
 */
export function reviewPage(plan: Plan, findings: readonly Finding[], extras: PageExtras = {}): string {
  const model = pageModel(plan, findings, extras);
  const { outlook } = extras;
  const sections: Section[] = [
    { view: "overview", title: "Verdict", content: overview(model) },
    { view: "findings", title: "Findings", number: model.verdict.errors + model.verdict.warnings, content: findingsView(model) },
    ...(model.changes === undefined
      ? []
      : [
          {
            view: "changes" as const,
            title: "Changes",
            number: model.changes.listed.length,
            content: changesView(model.changes),
          },
        ]),
    { view: "orders", title: "Order flow", content: ordersView(ordersGraph(plan, model.marks)) },
    { view: "connections", title: "Connections", content: connectionsView(connectionsGraph(plan, model.marks)) },
    { view: "capacity", title: "Capacity", content: capacityView(plan) },
    ...(outlook === undefined ? [] : [{ view: "forecast" as const, title: "Forecast", content: forecastView(outlook) }]),
    { view: "resources", title: "Resources", number: model.resources.length, content: resourcesView(model) },
  ];
  return documentOf(model, sections).text;
}

/** Runs before anything is drawn, so that nothing moves: the view that the address names is the only one shown. */
const EARLY = `document.documentElement.dataset.view=(/^#(\\w+)/.exec(location.hash)||[,"overview"])[1]`;

function documentOf(model: PageModel, sections: readonly Section[]): Html {
  const { plan, verdict } = model;
  const style = fs.readFileSync(path.join(BUNDLED, "page.css"), "utf8");
  const script = fs.readFileSync(path.join(BUNDLED, "page.js"), "utf8");
  const mark = { bad: "✖", warn: "▲", good: "✔" }[verdict.tone];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policyFor(style, script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${mark} ${plan.stack}: ${verdict.title}</title>
        ${element("script", EARLY)}${element("style", style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <p class="stack">
            <a href="#overview"><b>${plan.stack}</b> <span class="badge ${verdict.tone}">${mark} ${verdict.title}</span></a>
          </p>
          <nav aria-label="Views">
            <ul>
              ${sections.map(
                ({ view, title, number }) =>
                  html`<li>
                    <a href="#${view}" data-view="${view}"
                      >${title}${number === undefined ? "" : html` <span class="number">${number}</span>`}</a
                    >
                  </li>`,
              )}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">
          <h1>Plan of ${plan.stack}</h1>
          ${sections.map(
            ({ view, title, content }) =>
              html`<section id="${view}" aria-labelledby="${view}-title">
                <h2 id="${view}-title" tabindex="-1">${title}</h2>
                ${content}
              </section> `,
          )}
          <section id="resource" aria-labelledby="resource-title">
            <h2 id="resource-title" tabindex="-1">Resource</h2>
            <div id="detail"><p>The inputs of each resource need JavaScript; all else of this page does not.</p></div>
          </section>
        </main>
        ${element("script", embeddedJson(pageData(model)).text, ' type="application/json" id="data"')}${element("script", script)}
      </body>
    </html> `;
}

/** An element whose text is not escaped, and is as long as its hash says: no blank around it. */
function element(name: "script" | "style", text: string, attributes = ""): Html {
  return new Html(`<${name}${attributes}>${text}</${name}>`);
}

/** Nothing is loaded, and nothing runs but what was written here. */
function policyFor(style: string, script: string): string {
  const own = [`script-src ${hash(EARLY)} ${hash(script)}`, `style-src ${hash(style)}`];
  return ["default-src 'none'", ...own, "base-uri 'none'", "form-action 'none'"].join("; ");
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function pageData({ plan, resources, marks }: PageModel): PageData {
  const needed = new Map<string, string[]>();
  for (const { urn, dependsOn } of plan.resources) {
    for (const other of dependsOn) needed.set(other, [...(needed.get(other) ?? []), urn]);
  }
  const custom = new Set(resources.map(({ resource }) => resource.urn));
  const keys = (urns: readonly string[]) => urns.filter((urn) => custom.has(urn)).map(keyOf);
  return {
    stack: plan.stack,
    resources: resources.map(({ resource, kind, name, namespace, part }): ResourceData => {
      const { urn, type, source, inputs, protect, retainOnDelete, dependsOn, provider } = resource;
      const verdict = marks.verdict(urn);
      return {
        key: keyOf(urn),
        kind,
        name,
        facts: [
          ["type", type],
          ...(namespace === "" ? [] : [["namespace", namespace] as const]),
          ...(part === "" ? [] : [["part", part] as const]),
          ...(source === undefined ? [] : [["declared at", `${source.file}:${source.line}`] as const]),
          ...(protect ? [["protected", "the engine refuses to delete it"] as const] : []),
          ...(retainOnDelete ? [["retained", "stays where it is when it leaves the plan"] as const] : []),
          ...(verdict === undefined ? [] : [["change", verdict] as const]),
          ...marks.findings(urn).map(({ severity, rule, message }) => [severity, `${message} (${rule})`] as const),
          ["URN", urn],
        ],
        links: [
          ["depends on", keys([...dependsOn, ...(provider === undefined ? [] : [provider])])],
          ["is needed by", keys(needed.get(urn) ?? [])],
        ],
        inputs,
      };
    }),
  };
}
