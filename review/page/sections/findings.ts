import { count, type Finding } from "../../rules/rule";
import { html, type Html } from "../html";
import type { FindingGroup, PageModel } from "../model";
import { resourceLink, settingPlace, sourcePlace } from "./values";

export function findingsView({ findings, suppressed }: PageModel): Html {
  if (findings.length === 0 && suppressed.length === 0) return html`<p>Every rule holds: nothing was found.</p>`;
  return html`${findings.map(group)}${
    suppressed.length === 0
      ? ""
      : html`<h3>Suppressed</h3>
          <ul class="findings">
            ${suppressed.map(borne)}
          </ul>`
  }`;
}

function group({ rule, severity, title, why, findings }: FindingGroup): Html {
  return html`<article class="group ${severity}">
    <h3>
      <span class="badge ${severity}">${severity}</span> ${rule} <span class="quiet">${count(findings.length, "finding")}</span>
    </h3>
    <p class="rule">${title} <span class="quiet">${why}</span></p>
    <ul class="findings">
      ${findings.map(finding)}
    </ul>
  </article>`;
}

function finding({ urn, path, message, setting, source }: Finding): Html {
  return html`<li>
    <p>${resourceLink(urn)}${path === "" ? "" : html` <code>${path}</code>`}</p>
    <p>${message}</p>
    <p class="places">${setting === undefined ? "" : settingPlace(setting)} ${source === undefined ? "" : sourcePlace(source)}</p>
  </li>`;
}

function borne({ urn, rule, message, suppressed }: Finding): Html {
  return html`<li>
    <p>${resourceLink(urn)} <span class="quiet">${rule}</span></p>
    <p>${message}</p>
    <p class="quiet">until ${suppressed?.until}: ${suppressed?.reason}</p>
  </li>`;
}
