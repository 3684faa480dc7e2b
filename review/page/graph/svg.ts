import { html, type Html } from "../html";
import { addressOf } from "../address";
import { SIGNS } from "../../report/words";
import type { Laid, LaidEdge, LaidGroup, LaidNode, Point } from "./layout";
import { LINE } from "./layout";

const MARGIN = 12;
/** Room for the headings of rows, left of them. */
const HEADINGS = 150;

/**
 * A graph as an image whose nodes are links. What it shows is also in the table beside it: to those who do not see it, the image is one
 * named figure.
 * @param stages headings of the rows, where it has any
 */
export function graphSvg(laid: Laid, title: string, stages: readonly string[] = []): Html {
  const left = stages.length > 0 ? HEADINGS : 0;
  const width = Math.ceil(laid.width + 2 * MARGIN + left);
  const height = Math.ceil(laid.height + 2 * MARGIN);
  return html`<svg
    class="graph"
    width="${width}"
    height="${height}"
    viewBox="${-MARGIN - left} ${-MARGIN} ${width} ${height}"
    role="group"
    aria-label="${title}"
  >
    ${headings(laid, stages)} ${laid.groups.map(groupSvg)} ${laid.edges.map(edgeSvg)} ${laid.nodes.map(nodeSvg)}
  </svg>`;
}

function headings({ nodes, width }: Laid, stages: readonly string[]): Html[] {
  return stages.flatMap((title, stage) => {
    const own = nodes.filter(({ node }) => node.stage === stage);
    if (own.length === 0) return [];
    const top = Math.min(...own.map(({ y }) => y));
    return [
      html`<path class="rule" d="M${-HEADINGS} ${top - 12}H${Math.ceil(width)}" /><text
          class="stage"
          x="${-HEADINGS}"
          y="${top + 24}"
          >${title}</text
        >`,
    ];
  });
}

function groupSvg({ x, y, width, height, title }: LaidGroup): Html {
  return html`<g class="group"
    ><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" /><text x="${x + 12}" y="${y + 21}">${title}</text></g
  >`;
}

function edgeSvg({ edge, points, label }: LaidEdge): Html {
  const text =
    label === undefined ? undefined : html`<text x="${label.x}" y="${label.y + 4}" text-anchor="middle">${edge.label}</text>`;
  return html`<g class="edge ${edge.kind}" data-from="${edge.from}" data-to="${edge.to}"
    ><path d="${path(points)}" /><path class="head" d="${head(points)}" />${text}</g
  >`;
}

/** Straight, with rounded corners. */
function path(points: readonly Point[]): string {
  return points
    .map((point, i) => {
      const [before, after] = [points[i - 1], points[i + 1]];
      if (before === undefined) return `M${at(point)}`;
      if (after === undefined) return `L${at(point)}`;
      return `L${at(towards(point, before))}Q${at(point)} ${at(towards(point, after))}`;
    })
    .join("");
}

const RADIUS = 18;

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = Math.min(RADIUS, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function head(points: readonly Point[]): string {
  const [before, end] = [points.at(-2), points.at(-1)];
  if (before === undefined || end === undefined) return "";
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const [x, y] = [(end.x - before.x) / length, (end.y - before.y) / length];
  const side = (sign: number) => at({ x: end.x - 8 * x - sign * 4 * y, y: end.y - 8 * y + sign * 4 * x });
  return `M${at(end)}L${side(1)}L${side(-1)}Z`;
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

function nodeSvg({ node, texts, x, y, width, height }: LaidNode): Html {
  const { id, shape, verdict, urn, findings } = node;
  const [title = "", ...lines] = texts;
  const sign = verdict === undefined ? undefined : SIGNS[verdict];
  const marked = findings > 0 ? lines.length - 1 : -1;
  const body = html`<rect
      x="${x}"
      y="${y}"
      width="${width}"
      height="${height}"
      rx="${shape === "queue" ? 18 : 6}"
    />${shape === "database" ? html`<path class="rim" d="M${x} ${y + 7}h${width}" />` : ""}<text
      class="title"
      x="${x + 12}"
      y="${y + 24}"
      >${title}</text
    >${lines.map(
      (line, i) =>
        html`<text class="${i === marked ? "mark" : "line"}" x="${x + 12}" y="${y + 24 + LINE * (i + 1)}">${line}</text>`,
    )}${sign === undefined ? "" : html`<text class="sign" x="${x + width - 12}" y="${y + 24}" text-anchor="end">${sign}</text>`}`;
  const classes = `node ${shape}${verdict === undefined ? "" : ` changed ${verdict}`}`;
  if (urn === undefined) return html`<g class="${classes}" data-id="${id}">${body}</g>`;
  return html`<a class="${classes}" data-id="${id}" href="${addressOf(urn)}">${body}</a>`;
}
