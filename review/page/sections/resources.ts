import { addressOf } from "../address";
import { html, type Html } from "../html";
import type { PageModel, ResourceRow } from "../model";
import { SIGNS } from "../../report/words";

/** All resources, one a line. The script hides those that are not looked for; without it, the browser's own search does. */
export function resourcesView({ resources, marks, changes }: PageModel): Html {
  const options = (of: (row: ResourceRow) => string) =>
    [...new Set(resources.map(of))]
      .filter((text) => text !== "")
      .sort()
      .map((text) => html`<option>${text}</option>`);
  return html`<form class="filters" role="search" aria-label="Resources">
      <p>
        <label for="q">Search</label
        ><input
          id="q"
          name="q"
          type="search"
          autocomplete="off"
          spellcheck="false"
          placeholder="name, kind, image, any value"
          aria-describedby="shown"
        />
      </p>
      <p>
        <label for="kind">Kind</label
        ><select id="kind" name="kind">
          <option value="">all</option>
          ${options(({ kind }) => kind)}
        </select>
      </p>
      <p>
        <label for="namespace">Namespace</label
        ><select id="namespace" name="namespace">
          <option value="">all</option>
          ${options(({ namespace }) => namespace)}
        </select>
      </p>
      <p>
        <label for="part">Part</label
        ><select id="part" name="part">
          <option value="">all</option>
          ${options(({ part }) => part)}
        </select>
      </p>
      <p>
        <label for="mark">With</label
        ><select id="mark" name="mark">
          <option value="">anything</option>
          <option value="finding">findings</option>
          <option value="protected">protection</option>
          ${changes === undefined ? "" : html`<option value="changed">changes</option>`}
        </select>
      </p>
    </form>
    <p id="shown" role="status">${resources.length} resources</p>
    <ul class="resources">
      ${resources.map((row) => resourceItem(row, marks.verdict(row.resource.urn), marks.findings(row.resource.urn).length))}
    </ul>`;
}

function resourceItem(
  { resource, kind, name, namespace, part }: ResourceRow,
  verdict: keyof typeof SIGNS | undefined,
  findings: number,
): Html {
  const marks = [
    ...(findings > 0 ? ["finding"] : []),
    ...(resource.protect ? ["protected"] : []),
    ...(verdict === undefined ? [] : ["changed"]),
  ];
  return html`<li data-kind="${kind}" data-namespace="${namespace}" data-part="${part}" data-mark="${marks.join(" ")}">
    <a href="${addressOf(resource.urn)}"><span class="kind">${kind}</span><span class="name">${name}</span></a
    ><span class="where">${namespace}</span><span class="where">${part}</span
    ><span class="marks"
      >${verdict === undefined ? "" : html`<span class="badge ${verdict}">${SIGNS[verdict]} ${verdict}</span>`}${findings > 0 ? html` <span class="badge warning">⚠ ${findings}</span>` : ""}${resource.protect ? html` <span class="badge">protected</span>` : ""}</span
    >
  </li>`;
}
