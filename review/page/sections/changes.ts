import type { AssessedChange } from "../../assessment/assess";
import { isReal, type Leaf } from "../../diff/leaf";
import { causeInWords, forcedFirst, notes } from "../../report/changes";
import { shortName } from "../../rules/rule";
import { formatAddress } from "../address";
import { html, type Html } from "../html";
import type { ChangesModel } from "../model";
import { DONE, SIGNS } from "../../report/words";
import { leafRows, resourceLink, sourcePlace, table } from "./values";

export function changesView({ against, listed, counts, lines, leftOut }: ChangesModel): Html {
  return html`<p>Against <b>${against}</b>: ${lines.join(" · ")}</p>
    <nav class="chips" aria-label="Changes by kind">
      <a href="#changes" data-verdict="">all ${listed.length}</a>${counts.map(
        ({ verdict, number }) =>
          html`<a href="${formatAddress("changes", { verdict })}" data-verdict="${verdict}"
            ><span class="sign">${SIGNS[verdict]}</span> ${number} ${DONE[verdict]}</a
          >`,
      )}
    </nav>
    ${leftOut === "" ? "" : html`<p class="quiet">${leftOut}</p>`} ${listed.map(changeArticle)}`;
}

function changeArticle(change: AssessedChange): Html {
  const { verdict, urn, leaves, options, forcedBy, severity, effects, reach, causes, source, step } = change;
  const own = [...leaves, ...options.map((leaf): Leaf => ({ ...leaf, path: ["options", ...leaf.path] }))].filter(isReal);
  const rows = leafRows(forcedFirst(own, forcedBy), forcedBy);
  return html`<article class="change ${severity ?? "none"}" data-verdict="${verdict}">
    <h3><span class="badge ${verdict}">${SIGNS[verdict]} ${verdict}</span> ${resourceLink(urn)}</h3>
    ${notes(change).map((note) => html`<p class="note">${note}</p>`)}
    ${
      effects.length + reach.length === 0
        ? ""
        : html`<ul class="effects">
            ${effects.map((effect) => html`<li class="${effect.severity}">${effect.what}</li>`)}${reach.map((who) => html`<li class="reach">${who}</li>`)}
          </ul>`
    }
    ${rows.length === 0 ? "" : table("leaves", `Fields of ${shortName(urn)}`, ["field", "before", "after"], rows)}
    <p class="places">
      ${causes.map((cause) => html`<span>because of <code>${causeInWords(cause)}</code></span>`)}${source === undefined ? "" : sourcePlace(source)}${step === undefined ? "" : html`<span class="quiet">step ${step}</span>`}
    </p>
  </article>`;
}
