import { coresInWords, inWords } from "../../kubernetes/sizes";
import type { Amount } from "../../kubernetes/pods";
import type { Plan } from "../../plan/plan";
import { totals, type Total } from "../../report/totals";
import { addressOf } from "../address";
import { capacityOf, type CapacityRow } from "../capacity";
import { html, type Html } from "../html";
import { numbers } from "./values";

export function capacityView(plan: Plan): Html {
  const { min, max, nodes, zoneLost } = totals(plan);
  const { namespaces, workloads } = capacityOf(plan);
  const offered = nodes ?? max;
  return html`<p>
      Requests of all pods at the fewest and at the most that the autoscalers
      allow${nodes === undefined ? "; the stack file declares no nodes to hold them against" : ", against the nodes that the stack file declares"}.
    </p>
    ${numbers(
      "Requests and nodes",
      ["", "pods", "CPU", "memory", "GPUs", "volumes"],
      [
        total("at minimum", min, offered),
        total("at full scale", max, offered),
        ...(nodes === undefined ? [] : [offers(`${nodes.count} nodes offer`, nodes)]),
        ...(zoneLost === undefined ? [] : [offers(`${zoneLost.count} nodes, a zone lost`, zoneLost)]),
      ],
    )}
    <h3>By namespace</h3>
    ${numbers(
      "Requests by namespace",
      COLUMNS,
      namespaces.map((row) => capacityRow(row, offered)),
    )}
    <h3>By what runs</h3>
    ${numbers(
      "Requests by what runs",
      COLUMNS,
      workloads.map((row) => capacityRow(row, offered)),
    )}`;
}

const COLUMNS = ["", "pods", "CPU", "memory", "GPUs", "of all CPU, at full scale"];

function total(label: string, amount: Total, offered: Amount): Html {
  const { pods, cpu, memory, gpus, volumes, volumeCount } = amount;
  const share = (part: number, whole: number) =>
    whole > 0 ? html` <span class="quiet">${Math.round((100 * part) / whole)} %</span>` : "";
  return html`<tr>
    <th scope="row">${label}</th>
    <td>${pods}</td>
    <td>${coresInWords(cpu)}${share(cpu, offered.cpu)}</td>
    <td>${inWords(memory)}${share(memory, offered.memory)}</td>
    <td>${gpus}</td>
    <td>${inWords(volumes)} in ${volumeCount}</td>
  </tr>`;
}

function offers(label: string, { cpu, memory, gpus }: Amount): Html {
  return html`<tr class="offer">
    <th scope="row">${label}</th>
    <td></td>
    <td>${coresInWords(cpu)}</td>
    <td>${inWords(memory)}</td>
    <td>${gpus}</td>
    <td></td>
  </tr>`;
}

function capacityRow({ name, urn, min, max }: CapacityRow, offered: Amount): Html {
  const title = urn === undefined ? name : html`<a href="${addressOf(urn)}">${name}</a>`;
  const pods = max.pods === 0 ? "" : range(min.pods, max.pods, String);
  return html`<tr>
    <th scope="row">${title}</th>
    <td>${pods}</td>
    <td>${range(min.cpu, max.cpu, coresInWords)}</td>
    <td>${range(min.memory, max.memory, inWords)}</td>
    <td>${max.gpus === 0 ? "" : range(min.gpus, max.gpus, String)}</td>
    <td>${bar(min.cpu, max.cpu, offered.cpu)}</td>
  </tr>`;
}

function range(min: number, max: number, words: (number: number) => string): string {
  return words(min) === words(max) ? words(max) : `${words(min)} – ${words(max)}`;
}

const WIDTH = 160;

/** What is always requested, and what may be. */
function bar(min: number, max: number, whole: number): Html | string {
  if (whole <= 0) return "";
  const at = (part: number) => Math.min(WIDTH, Math.round((WIDTH * part) / whole));
  const percent = ((100 * max) / whole).toFixed(1);
  return html`<svg class="bar" width="${WIDTH}" height="10" aria-hidden="true">
      <rect class="whole" width="${WIDTH}" height="10" rx="2" />
      <rect class="most" width="${at(max)}" height="10" rx="2" />
      <rect class="least" width="${at(min)}" height="10" rx="2" />
    </svg>
    <span class="percent">${percent} %</span>`;
}
