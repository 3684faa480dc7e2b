import { count } from "../../rules/rule";
import { tidied, type Graph } from "../graph/graph";
import { laidOut } from "../graph/layout";
import { STAGES } from "../graph/orders";
import { graphSvg } from "../graph/svg";
import { addressOf } from "../address";
import { html, type Html } from "../html";
import { table } from "./values";

const LEGEND = [
  ["order", "orders and statuses"],
  ["data", "files, data, requests of other kinds"],
  ["watch", "metrics, traces, logs"],
] as const;

export function ordersView(graph: Graph | undefined): Html {
  if (graph === undefined || graph.nodes.length === 0)
    return html`<p>This plan does not know what its programs do with orders.</p>`;
  const stages = STAGES.filter((_, i) => graph.nodes.some(({ stage }) => stage === i)).length;
  return html`<p>
      The way of an order, from the top to the bottom, in ${stages} steps. The broker and the CRM are there twice: where orders
      come in, and where statuses and orders go out. Every box leads to its resource.
    </p>
    ${drawing(graph, "The way of orders through the platform", STAGES)}`;
}

export function connectionsView(graph: Graph): Html {
  if (graph.nodes.length === 0) return html`<p>No network policy of this plan lets one part talk to another.</p>`;
  // Prometheus reads from nearly everything: lines to all of it would hide the others.
  const drawn = tidied({ ...graph, edges: graph.edges.filter(({ kind }) => kind !== "watch") });
  const left = graph.edges.length - drawn.edges.length;
  return html`<p>
      Who may open a connection to whom, as the network policies have it. Parts are in their namespaces; the ports are those of
      the side that is connected
      to.${left === 0 ? "" : ` Not drawn, and in the table below: ${count(left, "connection")} of Prometheus and Alertmanager.`}
    </p>
    ${drawing(drawn, "Connections between the parts of the platform", [], graph)}`;
}

/** @param whole what the table has. @default what is drawn */
function drawing(graph: Graph, title: string, stages: readonly string[], whole: Graph = graph): Html {
  const laid = laidOut(graph);
  const kinds = new Set(graph.edges.map(({ kind }) => kind));
  const changed = graph.nodes.some(({ verdict }) => verdict !== undefined);
  return html`<ul class="legend">
      ${LEGEND.filter(([kind]) => kinds.has(kind)).map(([kind, text]) => html`<li class="${kind}">${text}</li>`)}${changed ? html`<li class="changed">changed, with its sign</li>` : ""}
    </ul>
    <div class="scroll drawing" tabindex="0" role="region" aria-label="${title}">${graphSvg(laid, title, stages)}</div>
    <h3>The same as a table</h3>
    ${table("hand-overs", `${title}, as a table`, ["from", "what", "to"], rows(whole))}`;
}

function rows({ nodes, edges }: Graph): Html[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const order = new Map(nodes.map((node) => [node.id, node.stage ?? 0]));
  const name = (id: string) => {
    const node = byId.get(id);
    const lines = node?.lines.join(", ") ?? "";
    const title = html`<b>${node?.title ?? id}</b>`;
    return html`${node?.urn === undefined ? title : html`<a href="${addressOf(node.urn)}">${title}</a>`}
      <span class="quiet">${lines}</span>`;
  };
  return [...edges]
    .sort((a, b) => (order.get(a.from) ?? 0) - (order.get(b.from) ?? 0))
    .map(
      ({ from, to, label }) =>
        html`<tr>
          <td>${name(from)}</td>
          <td>${label}</td>
          <td>${name(to)}</td>
        </tr>`,
    );
}
