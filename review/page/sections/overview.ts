import { formatBytes, formatCpu } from "../../../components/schema";
import type { Severity } from "../../effects/effect";
import { prerequisites } from "../../report/prerequisites";
import { outlookLines } from "../../report/outlook";
import { count } from "../../rules/rule";
import { formatAddress } from "../address";
import { html, type Html } from "../html";
import type { PageModel } from "../model";
import { DONE, SIGNS } from "../../report/words";
import { resourceLink } from "./values";

/** Changes and errors that the first view names; the rest is a click away. */
const MOST = 8;

const FELT: readonly Severity[] = ["lost", "refused", "stops"];

const MARKS = { bad: "✖", warn: "▲", good: "✔" } as const;

export function overview(model: PageModel): Html {
  const { verdict, plan, changes } = model;
  const { tone, title, sentence } = verdict;
  return html`<div class="verdict ${tone}">
      <p class="headline"><span aria-hidden="true">${MARKS[tone]}</span> ${title}</p>
      <p>${sentence}</p>
    </div>
    ${tiles(model)} ${dangers(model)} ${ordersAndCost(model)}
    <h3>What this plan is</h3>
    <ul class="plain">
      ${aboutPlan(model).map((line) => html`<li>${line}</li>`)}
    </ul>
    ${needed(prerequisites(plan))}
    ${changes === undefined ? html`<p class="quiet">Compared with nothing: <code>mes plan --against REF</code> adds what changes.</p>` : ""}`;
}

function tiles({ verdict, changes, suppressed }: PageModel): Html {
  const tile = (number: number, label: string, href: string, tone = "") =>
    html`<li>
      <a class="tile ${number > 0 ? tone : "none"}" href="${href}"><b>${number}</b> ${label}</a>
    </li>`;
  return html`<ul class="tiles">
    ${[
      tile(verdict.errors, verdict.errors === 1 ? "error" : "errors", "#findings", "bad"),
      tile(verdict.warnings, verdict.warnings === 1 ? "warning" : "warnings", "#findings", "warn"),
      ...(suppressed.length > 0 ? [tile(suppressed.length, "suppressed", "#findings")] : []),
      ...(changes?.counts ?? []).map(({ verdict: one, number }) =>
        tile(number, `${SIGNS[one]} ${DONE[one]}`, formatAddress("changes", { verdict: one }), one),
      ),
      ...(changes === undefined ? [] : [tile(changes.same, "the same", "#resources")]),
    ]}
  </ul>`;
}

interface Danger {
  /** The least comes first. */
  readonly rank: number;
  readonly item: Html;
}

/** What to look at first: data that goes, errors, what stops, what is replaced or destroyed, warnings. What was there before is not of the change. */
function dangers(model: PageModel): Html {
  const all = [...changeDangers(model), ...findingDangers(model)].sort((a, b) => a.rank - b.rank).map(({ item }) => item);
  const older = model.findings.flatMap(({ findings }) => findings).filter((finding) => !model.isNew(finding)).length;
  const more = all.length - MOST;
  const rest = [
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(older > 0 ? [`${count(older, "finding")} that the other side has too`] : []),
  ];
  const list = html`<h3>Look at this first</h3>
    <ol class="dangers">
      ${all.slice(0, MOST)}
    </ol>`;
  return html`${all.length > 0 ? list : ""}
  ${rest.length > 0 ? html`<p class="quiet">${rest.join("; ")}: see <a href="#findings">findings</a>${model.changes === undefined ? "" : html` and <a href="#changes">changes</a>`}</p>` : ""}`;
}

function changeDangers({ changes }: PageModel): Danger[] {
  return (changes?.listed ?? []).flatMap(({ verdict, urn, severity, effects, reach }) => {
    const goes = verdict === "destroy" || verdict === "replace";
    const felt = FELT.includes(severity ?? "acts");
    if (!goes && !felt) return [];
    const item = html`<li>
      <span class="badge ${verdict}">${SIGNS[verdict]} ${verdict}</span> ${resourceLink(urn)}
      ${[effects[0]?.what, reach[0]].filter((text) => text !== undefined).join("; ")}
    </li>`;
    return [{ rank: severity === "lost" || severity === "refused" ? 0 : felt ? 2 : 3, item }];
  });
}

function findingDangers({ findings, isNew }: PageModel): Danger[] {
  return findings.flatMap(({ rule, severity, findings: own }) =>
    own.filter(isNew).map(({ urn, message }) => ({
      rank: severity === "error" ? 1 : 4,
      item: html`<li>
        <span class="badge ${severity}">${severity}</span> ${resourceLink(urn)} ${message}
        <a class="quiet" href="#findings">${rule}</a>
      </li>`,
    })),
  );
}

function ordersAndCost({ outlook }: PageModel): Html | undefined {
  if (outlook === undefined) return undefined;
  return html`<h3>Orders and cost</h3>
    <ul class="plain sentences">
      ${outlookLines(outlook).map((line) => html`<li>${line}</li>`)}
    </ul>
    <p><a href="#forecast">Forecast</a></p>`;
}

function aboutPlan({ plan: { facts, resources } }: PageModel): string[] {
  const custom = resources.filter((resource) => resource.custom).length;
  const pools = (facts?.nodePools ?? []).map(
    ({ name, count: nodes, cpu, memory, gpus }) =>
      `${nodes} × ${name} (${formatCpu(cpu)} CPU, ${formatBytes(memory)}${gpus > 0 ? `, ${count(gpus, "GPU")}` : ""})`,
  );
  return [
    `${count(custom, "resource")} in ${count(resources.length - custom, "component")}`,
    ...(facts === undefined || facts.zones.length === 0
      ? []
      : [`${facts.zones.length === 1 ? "zone" : "zones"} ${facts.zones.join(", ")}`]),
    ...(facts === undefined ? [] : [facts.protectData ? "data is protected" : "data is not protected"]),
    ...(pools.length === 0 ? [] : [`nodes: ${pools.join(", ")}`]),
  ];
}

function needed(list: ReturnType<typeof prerequisites>): Html | undefined {
  if (list.length === 0) return undefined;
  return html`<h3>Must be there already</h3>
    <dl class="facts">
      ${list.map(
        ({ what, names }) =>
          html`<div>
            <dt>${what}</dt>
            <dd>${names.join(", ")}</dd>
          </div>`,
      )}
    </dl>`;
}
