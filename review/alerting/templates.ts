/*
 * As much of Go's templates as it takes to say that one does not parse, or asks for what is not there.
 * Sources: https://pkg.go.dev/text/template; template/template.go of Prometheus and of Alertmanager
 */

/** What a template may use. */
export interface Language {
  readonly functions: ReadonlySet<string>;
  readonly variables: readonly string[];
  /** Fields of what it is given. */
  readonly fields: readonly string[];
  /** Names of the templates that it may include. @default none */
  readonly templates?: RegExp;
}

const words = (text: string) => text.trim().split(/\s+/);
const BUILT_IN = words("and or not len index slice print printf println html js urlquery call eq ne lt le gt ge");

/** Texts of alerts. A text that does not parse makes Prometheus refuse the whole group. */
export const OF_PROMETHEUS: Language = {
  functions: new Set([
    ...BUILT_IN,
    ...words(`query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink
      sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration
      now pathPrefix externalURL parseDuration urlQueryEscape tmpl`),
  ]),
  variables: ["labels", "externalLabels", "externalURL", "value"],
  fields: ["Labels", "ExternalLabels", "ExternalURL", "Value"],
};

/** Texts of messages. One that does not parse, or asks for what is not there, sends no message. */
export const OF_ALERTMANAGER: Language = {
  functions: new Set([
    ...BUILT_IN,
    ...words(`toUpper toLower title trimSpace join match safeHtml safeUrl urlUnescape reReplaceAll stringSlice routeLabels date tz
      now since humanizeDuration toDate mustToDate toJson base64encode base64decode list append dict`),
  ]),
  variables: [],
  fields: words("Receiver Status Alerts GroupLabels CommonLabels CommonAnnotations ExternalURL NotificationReason RouteLabels"),
  templates:
    /^(?:__\w+|(?:discord|email|jira|mattermost|msteams|msteamsv2|opsgenie|pagerduty|pushover|rocketchat|slack|sns|telegram|victorops|webex|wechat|incidentio)\.default\.\w+)$/,
};

const FIELDS_OF_AN_ALERT = words("Status Labels Annotations StartsAt EndsAt GeneratorURL Fingerprint");
const BLOCKS = ["if", "range", "with", "define", "block"];
const WORDS = [...BLOCKS, "else", "end", "template", "break", "continue", "nil", "true", "false"];

/** What is wrong with a template, in words that go after its name; undefined if it is fine. */
export function templateProblem(text: string, language: Language): string | undefined {
  const blocks: Block[] = [{ word: "", fields: language.fields }];
  const variables = new Set(language.variables);
  let at = 0;
  for (;;) {
    const start = text.indexOf("{{", at);
    if (start < 0) break;
    const comment = /^\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/.exec(text.slice(start));
    if (comment !== null) {
      at = start + comment[0].length;
      continue;
    }
    const end = endOf(text, start + 2);
    if (end === undefined) return `has an action that is not closed: ${text.slice(start, start + 40)}`;
    const action = text
      .slice(start + 2, end)
      .replace(/^-\s/, "")
      .replace(/\s-$/, "")
      .trim();
    const problem = actionProblem(action, blocks, variables, language);
    if (problem !== undefined) return problem;
    at = end + 2;
  }
  const open = blocks.at(-1)?.word ?? "";
  return open === "" ? undefined : `has a {{ ${open} }} without its {{ end }}`;
}

interface Block {
  readonly word: string;
  /** Fields of what the dot stands for; absent where that is not known. */
  readonly fields: readonly string[] | undefined;
}

/** Where an action ends: braces inside of strings do not count. */
function endOf(text: string, start: number): number | undefined {
  const parts = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\}\}/g;
  parts.lastIndex = start;
  for (let found = parts.exec(text); found !== null; found = parts.exec(text)) if (found[0] === "}}") return found.index;
  return undefined;
}

const TOKEN =
  /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'[^']*'|\$\w*(?:\.\w+)*(?![\w.$])|(?:\.\w+)+(?![\w.$])|\.(?![\w.$])|\d[\w.]*|[A-Za-z_]\w*|:=|[=|(),-]|\s+/y;

function tokensOf(action: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < action.length) {
    const found = TOKEN.exec(action);
    if (found === null) return undefined;
    if (found[0].trim() !== "") tokens.push(found[0]);
  }
  return tokens;
}

function actionProblem(action: string, blocks: Block[], variables: Set<string>, language: Language): string | undefined {
  const tokens = tokensOf(action);
  if (tokens === undefined) return `does not parse at {{ ${action} }}`;
  const [first = ""] = tokens;
  if (first === "end") {
    if (blocks.length === 1) return "has an {{ end }} too many";
    blocks.pop();
    return undefined;
  }
  if (first === "else" && blocks.length === 1) return "has an {{ else }} without its {{ if }}";
  const block = blocks.at(-1)!;
  const rest = BLOCKS.includes(first) || first === "else" || first === "template" ? tokens.slice(1) : tokens;
  const problem =
    shapeProblem(rest, action, first) ??
    namesProblem(rest, block, variables, language) ??
    includeProblem(tokens, blocks, language);
  if (problem !== undefined) return problem;
  if (BLOCKS.includes(first)) blocks.push({ word: first, fields: fieldsIn(first, rest, block) });
  return undefined;
}

/** What the dot stands for inside of a block. */
function fieldsIn(word: string, tokens: readonly string[], block: Block): readonly string[] | undefined {
  if (word === "if") return block.fields;
  const [list] = tokens.slice(-1);
  return word === "range" && /^\$?\.Alerts(?:\.(?:Firing|Resolved))?$/.test(list ?? "") ? FIELDS_OF_AN_ALERT : undefined;
}

function shapeProblem(tokens: readonly string[], action: string, first: string): string | undefined {
  const is = `{{ ${action} }}`;
  if (tokens.length === 0) return ["else", "break", "continue"].includes(first) ? undefined : `has no value in ${is}`;
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth < 0) break;
    const next = tokens[i + 1];
    // One at the end does nothing.
    if (token === "|" && (i === 0 || next === "|" || next === ")")) return `has no value beside a | in ${is}`;
  }
  return depth === 0 ? undefined : `has parentheses that do not match in ${is}`;
}

function namesProblem(tokens: readonly string[], block: Block, variables: Set<string>, language: Language): string | undefined {
  const assigned = tokens.indexOf(":=");
  for (const token of tokens.slice(0, Math.max(0, assigned))) if (token.startsWith("$")) variables.add(token.slice(1));
  for (const [i, token] of tokens.entries()) {
    // A field of what the parentheses give, not of the dot.
    if (token.startsWith(".") && tokens[i - 1] === ")") continue;
    if (/^[A-Za-z_]/.test(token) && !WORDS.includes(token) && !language.functions.has(token))
      return `asks for the function ${token}, which there is none of`;
    const [, variable] = /^\$(\w+)/.exec(token) ?? [];
    if (variable !== undefined && !variables.has(variable)) return `asks for the variable $${variable}, which there is none of`;
    const [, field, ofRoot] = /^\.(\w+)|^\$\.(\w+)/.exec(token) ?? [];
    if (field !== undefined && block.fields?.includes(field) === false)
      return `asks for .${field}, which there is none of; there are ${block.fields.join(", ")}`;
    if (ofRoot !== undefined && !language.fields.includes(ofRoot)) return `asks for $.${ofRoot}, which there is none of`;
  }
  return undefined;
}

function includeProblem(tokens: readonly string[], blocks: readonly Block[], { templates }: Language): string | undefined {
  if (tokens[0] !== "template" || blocks.some(({ word }) => word === "define")) return undefined;
  const name = (tokens[1] ?? "").slice(1, -1);
  return templates?.test(name) === true ? undefined : `includes the template ${name}, which there is none of`;
}
