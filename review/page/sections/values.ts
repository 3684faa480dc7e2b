import { formatLeafPath, isReal, type Leaf } from "../../diff/leaf";
import type { Source } from "../../plan/plan";
import { shortName, type SettingPlace } from "../../rules/rule";
import { addressOf } from "../address";
import { html, type Html } from "../html";

/** A resource by kind and name, as a link to all that the plan has of it. */
export function resourceLink(urn: string): Html {
  const [kind = "", ...name] = shortName(urn).split(" ");
  return html`<a class="resource" href="${addressOf(urn)}"><span class="kind">${kind}</span> <b>${name.join(" ")}</b></a>`;
}

export function settingPlace({ file, line, column, key }: SettingPlace): Html {
  return html`<span class="place"><code>${file}:${line}:${column}</code> <code>${key}</code></span>`;
}

export function sourcePlace({ file, line }: Source): Html {
  return html`<span class="place"><code>${file}:${line}</code></span>`;
}

/** Characters of a value that are shown at once; the rest is one click away. */
const MOST = 160;

/** A value as JSON, cut where it is long. */
function value(of: unknown): Html {
  const text =
    typeof of === "string" && !/[\n"\\]/.test(of) && of !== "" ? of : JSON.stringify(of, null, 1).replace(/\n\s*/g, " ");
  if (text.length <= MOST) return html`<code>${text}</code>`;
  const whole = typeof of === "string" ? of : JSON.stringify(of, null, 2);
  return html`<details class="long">
    <summary><code>${text.slice(0, MOST)}…</code></summary>
    <pre tabindex="0">${whole}</pre>
  </details>`;
}

/** A table of numbers, each row with its title. */
export function numbers(label: string, columns: readonly string[], rows: readonly Html[]): Html {
  return table("numbers", label, columns, rows);
}

/** A table that scrolls in its own frame. A column without a title is that of the titles of rows. */
export function table(className: string, label: string, columns: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="${className}">
      <thead>
        <tr>
          ${columns.map((column) => (column === "" ? html`<td></td>` : html`<th scope="col">${column}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Differences, one a row: where, what was, what is. */
export function leafRows(leaves: readonly Leaf[], forcedBy: readonly string[], depth = 0): Html[] {
  return leaves.filter(isReal).flatMap((leaf) => {
    const path = formatLeafPath(leaf.path);
    const forces = depth === 0 && forcedBy.includes(path);
    const parts = (leaf.parts ?? []).filter(isReal);
    const place = html`<th scope="row" class="path depth-${Math.min(depth, 3)}">
      <code>${path === "" ? "all of it" : path}</code
      >${forces ? html` <strong class="forces">forces the replacement</strong>` : ""}
    </th>`;
    if (parts.length > 0) {
      return [
        html`<tr>
          ${place}
          <td colspan="2" class="quiet">${leaf.format ?? "text"}</td>
        </tr>`,
        ...leafRows(parts, [], depth + 1),
      ];
    }
    return [
      html`<tr>
        ${place}${sides(leaf)}
      </tr>`,
    ];
  });
}

function sides({ change, before, after, sequence, uncertain }: Leaf): Html {
  if (change === "order")
    return html`<td colspan="2">in another order, which has a meaning (${sequence?.length ?? 0} items)</td>`;
  if (change === "add")
    return html`<td class="before"></td>
      <td class="after">
        <ins><span class="sign">+</span> ${value(after)}</ins>
      </td>`;
  if (change === "remove")
    return html`<td class="before">
        <del><span class="sign">−</span> ${value(before)}</del>
      </td>
      <td class="after"></td>`;
  if (uncertain === true) return html`<td colspan="2" class="quiet">not comparable: secret or not known yet</td>`;
  return html`<td class="before">
      <del><span class="sign">−</span> ${value(before)}</del>
    </td>
    <td class="after">
      <ins><span class="sign">+</span> ${value(after)}</ins>
    </td>`;
}
