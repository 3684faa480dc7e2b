import type { Capacity } from "../../forecast/capacity";
import { LEVELS, type CostReport } from "../../forecast/cost";
import type { Forecast } from "../../forecast/forecast";
import type { Outlook } from "../../forecast/outlook";
import { QUARTER, type RoleOutcome } from "../../forecast/station";
import { decimal, seconds, times, whole } from "../../forecast/words";
import { timeInWords } from "../../kubernetes/sizes";
import { differenceInWords, isLater, outlookLines } from "../../report/outlook";
import { html, type Html } from "../html";
import { plot } from "../plot";
import { numbers } from "./values";

/** Pieces that wait, from which on it is worth a drawing. */
const SOME = 1;

/** Whether the orders that are expected come in time, how many pods that takes over the day, what is overrun first, and what it costs. */
export function forecastView(outlook: Outlook): Html {
  const { before, after } = outlook;
  const { forecast } = after;
  return html`<ul class="plain sentences">
      ${outlookLines(outlook).map((line) => html`<li>${line}</li>`)}
    </ul>
    ${
      forecast === undefined
        ? html`<p class="quiet">
            ${after.unknown === undefined ? html`The stack file does not say how many orders are expected (<code>mes:forecast</code>).` : ""}
          </p>`
        : dayViews(forecast, before?.forecast, isLater(outlook))
    }
    ${costs(after.cost, before?.cost)}`;
}

function dayViews(forecast: Forecast, before: Forecast | undefined, later: boolean): Html {
  const { outcome, lateAfter, curve } = forecast;
  const former = new Map(before?.outcome.roles.map((role) => [role.name, role]));
  return html`<p>
      Played with the algorithms of the autoscalers: ${curve}, ${whole(outcome.orders)} orders, each late after
      ${timeInWords(lateAfter)}. Hours are those of the forecast's time zone.
    </p>
    <ul class="legend">
      <li class="now">with this plan</li>
      ${before === undefined ? "" : html`<li class="before">before</li>`}
    </ul>
    <div class="plots">
      ${figure("Orders an hour", `${whole(outcome.orders)} in all${later ? `, ${whole(outcome.late)} late` : ""}`, [
        {
          name: "orders",
          values: outcome.arrivals.map((orders) => orders * (3600 / QUARTER)),
          kind: "area",
        },
      ])}
      ${outcome.roles.map((role) => rolePlots(role, former.get(role.name), outcome.arrivals.length))}
    </div>
    <h3>Headroom</h3>
    ${headrooms(forecast, before)}`;
}

/** @param steps quarters of the curve: what is worked off after it is not drawn */
function rolePlots(role: RoleOutcome, before: RoleOutcome | undefined, steps: number): Html[] {
  const { name, pods, waiting, late, givenUp } = role;
  const range =
    pods.least === pods.most ? `always ${pods.most}` : `${pods.least}–${pods.most}, ${decimal(pods.mean)} in the mean`;
  const lost = late + givenUp;
  const both = (of: (quarter: RoleOutcome["quarters"][number]) => number) => [
    ...(before === undefined
      ? []
      : [{ name: "before", values: before.quarters.slice(0, steps).map(of), kind: "before" as const }]),
    { name: "now", values: role.quarters.slice(0, steps).map(of), kind: "now" as const },
  ];
  const most = Math.max(waiting.most, before?.waiting.most ?? 0);
  return [
    figure(
      `Pods of ${name}`,
      range,
      both((quarter) => quarter.pods),
    ),
    ...(most < SOME
      ? []
      : [
          figure(
            `Waiting at ${name}`,
            `${whole(waiting.most)} at most${lost < 0.5 ? "" : `; ${whole(lost)} orders late here`}`,
            both((quarter) => quarter.waiting),
          ),
        ]),
  ];
}

function figure(title: string, caption: string, series: Parameters<typeof plot>[0]["series"]): Html {
  return html`<figure>
    <figcaption><b>${title}</b> <span class="quiet">${caption}</span></figcaption>
    ${plot({ title: `${title}: ${caption}`, series, step: QUARTER, words: decimal })}
  </figure>`;
}

function headrooms({ capacity, outage }: Forecast, before: Forecast | undefined): Html {
  const former = new Map(before?.capacity.capacities.map((one) => [one.name, one]));
  const row = (one: Capacity) => {
    const was = former.get(one.name);
    return html`<tr>
      <th scope="row">${one.name}</th>
      <td>${decimal(one.rate)}</td>
      <td>${Math.round(one.utilization * 100)} %</td>
      <td>${seconds(one.wait95)}</td>
      <td>${Number.isFinite(one.drain) ? timeInWords(Math.round(one.drain)) : "never"}</td>
      ${before === undefined ? "" : html`<td>${was === undefined ? "" : times(was.headroom)}</td>`}
      <td>${one.headroom <= 1 ? html`<strong class="forces">${times(one.headroom)}</strong>` : times(one.headroom)}</td>
    </tr>`;
  };
  const rows = capacity.capacities.filter(({ rate }) => rate > 0).sort((a, b) => a.headroom - b.headroom);
  return html`<p>
      In the busiest hour of the week, with all pods that there may be: how much is used, how long 95 in 100 wait at most, how
      long an outage of ${timeInWords(outage)} takes to work off, and how many times as many orders there may be until the peak is
      more than can be done.
    </p>
    ${numbers(
      "Headroom",
      [
        "",
        "a second",
        "used",
        "wait 95 %",
        "outage worked off",
        ...(before === undefined ? [] : ["headroom before"]),
        "headroom",
      ],
      rows.map(row),
    )}`;
}

function costs(cost: CostReport, before: CostReport | undefined): Html {
  const { currency, region, date, unknown, lines, monthly } = cost;
  const cells = (
    of: (level: (typeof LEVELS)[number]) => number | undefined,
    was?: (level: (typeof LEVELS)[number]) => number | undefined,
  ) =>
    LEVELS.map((level) => {
      const [now, then] = [of(level), was?.(level)];
      if (now === undefined) return html`<td class="quiet">not known</td>`;
      const more = then === undefined ? 0 : now - then;
      return html`<td>
        ${whole(now)}${Math.abs(more) < 0.5 ? "" : html` <span class="quiet">${differenceInWords(more)}</span>`}
      </td>`;
    });
  const former = (what: string) => before?.lines.find((one) => one.what === what)?.monthly;
  return html`<h3>Cost</h3>
    <p>
      ${currency} a month, prices of ${region}, ${date}.${before === undefined ? "" : " Differences are against what is there."}
    </p>
    ${numbers(
      "Cost",
      ["", "at minimum", "expected", "at full scale"],
      [
        ...lines.map(
          (line) =>
            html`<tr>
              <th scope="row">${line.what}</th>
              ${cells(
                (level) => line.monthly?.[level],
                (level) => former(line.what)?.[level],
              )}
            </tr>`,
        ),
        html`<tr class="total">
          <th scope="row">known together</th>
          ${cells(
            (level) => monthly[level],
            (level) => before?.monthly[level],
          )}
        </tr>`,
      ],
    )}
    ${unknown.length === 0 ? "" : html`<p>Not counted:</p>`}
    <ul>
      ${unknown.map((one) => html`<li>${one}</li>`)}
    </ul>`;
}
