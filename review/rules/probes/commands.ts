import { listAt, numberAt, type Json } from "../../kubernetes/value";

/** What programs that ask say when all is well, and what they say of a server that runs and lets nobody in. Sources: the page of each */
const ANSWERS: readonly (readonly [asks: RegExp, answers: readonly string[]])[] = [
  [/\b(?:valkey|redis)-cli\b.*\bping\s*(?:$|[|;&"'])/i, ["PONG", "NOAUTH Authentication required."]],
  [/\bpg_isready\b/, ["localhost:5432 - accepting connections"]],
  [/\brabbitmq-diagnostics\b.*\bping\b/, ["Ping succeeded", "Will ping the node. This only checks if the OS process is running"]],
];

/** How ports are told to programs that take one. */
const TAKES_PORT = /\b(?:(?:valkey|redis)-cli|pg_isready)\b/;
const PORT = /(?:^|\s)(?:-p|--port)[ =]?(\d{2,5})(?=\s|$)/;
const OTHER_HOST = /(?:^|\s)(?:-h|--host)[ =]?(?!localhost\b|127\.|\[?::1)[\w.$({]/;

const GREP = /\|\s*grep\s+((?:-\w+\s+)*)(?:'([^']*)'|"([^"]*)"|([^\s|&;'"]+))/;

/** Options of grep that take a word of their own, or turn its answer round. */
const ODD = /[ABCDLcdefmv]/;

/** As grep reads it: without -E, signs of extended expressions stand for themselves, and behind a backslash for what they are. */
function expression(pattern: string, options: string): RegExp | undefined {
  const flags = options.includes("i") ? "i" : "";
  const plain = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const basic = (text: string) => text.replaceAll(/\\?[|+?(){}]/g, (sign) => (sign.length > 1 ? sign.slice(1) : `\\${sign}`));
  const source = options.includes("F") ? plain(pattern) : /[EP]/.test(options) ? pattern : basic(pattern);
  try {
    return new RegExp(options.includes("x") ? `^(?:${source})$` : source, flags);
  } catch {
    return undefined;
  }
}

/**
 * Why the command of a probe fails however well the program is; undefined if that is not known.
 * @param ports of all containers of the pod
 */
export function commandProblem(probe: Json, ports: readonly unknown[]): string | undefined {
  const command = listAt(probe, "exec", "command")
    .filter((word): word is string => typeof word === "string")
    .join(" ");
  if (command === "") return undefined;
  const known = ANSWERS.find(([asks]) => asks.test(command));
  if (known === undefined) return undefined;
  const port = TAKES_PORT.test(command) ? PORT.exec(command)?.[1] : undefined;
  if (port !== undefined && ports.length > 0 && !OTHER_HOST.test(command)) {
    if (!ports.some((one) => numberAt(one, "containerPort") === Number(port)))
      return `asks the port ${port}, which no container declares`;
  }
  const [, options = "", single, double, plain] = GREP.exec(command) ?? [];
  const pattern = single ?? double ?? plain;
  // Where another command follows, or the host and its port are looked for, the answer is not known.
  if (pattern === undefined || ODD.test(options) || /\|\||;|\d/.test(`${command.slice(command.indexOf("grep"))}`))
    return undefined;
  const expected = expression(pattern, options);
  if (expected === undefined || known[1].some((answer) => expected.test(answer))) return undefined;
  return `looks for ${pattern}, and the answer is ${known[1][0] ?? ""}`;
}
