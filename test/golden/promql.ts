import { parser } from "@prometheus-io/lezer-promql";

/** Longest line of a formatted expression, in characters, where it has a place to break. */
const WIDTH = 100;

type Node = ReturnType<typeof parser.parse>["topNode"];

/** A PromQL expression with an operand, an argument or an operator a line; as it is where it does not parse. */
export function formatPromql(expr: string): string {
  const top = parser.parse(expr).topNode.firstChild;
  return top === null || top.type.isError ? expr : lines(top, expr).join("\n");
}

function lines(node: Node, expr: string): string[] {
  const flat = oneLine(expr.slice(node.from, node.to));
  const [first, last] = [node.firstChild, node.lastChild];
  if (flat.length <= WIDTH || first === null || last === null) return [flat];
  if (node.name === "BinaryExpr") {
    const operator = oneLine(expr.slice(first.to, last.from));
    const [right = "", ...rest] = lines(last, expr);
    return [...lines(first, expr), `${operator} ${right}`, ...rest];
  }
  if (node.name === "ParenExpr") return ["(", ...indented(lines(first, expr)), ")"];
  const body = node.getChild("FunctionCallBody");
  if (body === null) return [flat];
  const head = oneLine(expr.slice(node.from, body.from));
  const after = oneLine(expr.slice(body.to, node.to));
  return [
    `${head}${head.endsWith(")") ? " " : ""}(`,
    ...indented(argumentLines(body, expr)),
    `)${after === "" ? "" : ` ${after}`}`,
  ];
}

/** The arguments of a function, a comma after each but the last. */
function argumentLines(body: Node, expr: string): string[] {
  const given: Node[] = [];
  for (let child = body.firstChild; child !== null; child = child.nextSibling) given.push(child);
  return given.flatMap((argument, i) => {
    const own = lines(argument, expr);
    return i === given.length - 1 ? own : [...own.slice(0, -1), `${own.at(-1) ?? ""},`];
  });
}

function indented(own: readonly string[]): string[] {
  return own.map((line) => `  ${line}`);
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
