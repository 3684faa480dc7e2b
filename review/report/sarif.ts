import { createHash } from "node:crypto";
import { version } from "../../package.json";
import type { AssessedChange, Assessment } from "../assessment/assess";
import { SEVERITIES, type Severity } from "../effects/effect";
import { RULES } from "../rules";
import { shortName, type Finding } from "../rules/rule";
import { laterOrders, outlookLines } from "./outlook";

/*
 * Findings, and changes that somebody feels, in the format that hosts of code show at the lines of a pull request.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

interface Result {
  readonly ruleId: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  readonly urn: string;
  readonly place?: Place | undefined;
  readonly identity: string;
  readonly suppressed?: string;
  readonly baselineState?: "new" | "unchanged";
}

const FELT: Readonly<Record<Exclude<Severity, "acts">, { readonly level: Result["level"]; readonly title: string }>> = {
  lost: { level: "error", title: "A change loses data." },
  refused: { level: "error", title: "A change is refused, or never gets to what runs." },
  stops: { level: "warning", title: "A change takes something away for a time." },
  restarts: { level: "note", title: "A change restarts pods, some at a time." },
};

const LATE = "forecast/late";

/** One run of SARIF: the findings of a plan and, where it was compared, its changes that somebody feels. */
export function sarifRun(stack: string, findings: readonly Finding[], assessment?: Assessment): object {
  const isNew = new Set(assessment?.newFindings ?? []);
  const results = [
    ...findings.map((finding) =>
      ofFinding(finding, assessment === undefined ? undefined : isNew.has(finding) ? "new" : "unchanged"),
    ),
    ...(assessment?.changes ?? []).flatMap(ofChange),
    ...lateOrders(stack, assessment),
  ];
  const rules = rulesOf(results);
  return {
    tool: { driver: { name: "mes plan", version, semanticVersion: version, rules } },
    automationDetails: { id: `mes plan/${stack}/` },
    columnKind: "utf16CodeUnits",
    results: results.map((result) =>
      sarifResult(
        result,
        rules.findIndex(({ id }) => id === result.ruleId),
        stack,
      ),
    ),
  };
}

/** A log of runs. */
export function sarifLog(runs: readonly object[]): object {
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs,
  };
}

function ofFinding(finding: Finding, baselineState: Result["baselineState"]): Result {
  const { rule, severity, message, urn, path, setting, source, suppressed } = finding;
  return {
    ...{ ruleId: rule, level: severity, message: `${shortName(urn)}: ${message}`, urn, place: setting ?? source },
    identity: [rule, urn, path].join("\n"),
    ...(suppressed === undefined ? {} : { suppressed: `${suppressed.reason} (until ${suppressed.until})` }),
    ...(baselineState === undefined ? {} : { baselineState }),
  };
}

function ofChange({ urn, severity, effects, reach, causes, source, verdict }: AssessedChange): Result[] {
  if (severity === undefined || severity === "acts") return [];
  const cause = causes.find(({ by }) => by === "settings") ?? causes[0];
  const place = cause?.by === "settings" ? cause.settings[0] : cause?.by === "nearest" ? cause.setting : source;
  const message = [`${verdict} ${shortName(urn)}: ${effects.map(({ what }) => what).join("; ")}`, ...reach].join(". ");
  return [
    {
      ruleId: `change/${severity}`,
      level: FELT[severity].level,
      message,
      urn,
      place,
      identity: ["change", severity, urn].join("\n"),
      baselineState: "new",
    },
  ];
}

/** At the stack file: no single change has to be the one that makes orders late. */
function lateOrders(stack: string, assessment: Assessment | undefined): Result[] {
  const { outlook } = assessment ?? {};
  const later = outlook === undefined ? undefined : laterOrders(outlook);
  if (outlook === undefined || later === undefined) return [];
  return [
    {
      ruleId: LATE,
      level: "error",
      message: [later, ...outlookLines(outlook)].join(". "),
      urn: stack,
      identity: LATE,
      baselineState: "new",
    },
  ];
}

function rulesOf(results: readonly Result[]) {
  const used = new Set(results.map(({ ruleId }) => ruleId));
  const known = RULES.filter(({ name }) => used.has(name)).map(({ name, title, why }) => rule(name, title, why));
  const felt = SEVERITIES.flatMap((severity) => {
    if (severity === "acts" || !used.has(`change/${severity}`)) return [];
    return [rule(`change/${severity}`, FELT[severity].title, FELT[severity].title)];
  });
  const late = used.has(LATE)
    ? [rule(LATE, "A change makes orders late.", "More of the orders that are expected come late.")]
    : [];
  return [...known, ...felt, ...late];
}

function rule(id: string, title: string, why: string) {
  return { id, shortDescription: { text: title }, fullDescription: { text: why }, help: { text: `docs/rules.md: ${why}` } };
}

function sarifResult(
  { ruleId, level, message, urn, place, identity, suppressed, baselineState }: Result,
  ruleIndex: number,
  stack: string,
): object {
  const region =
    place === undefined
      ? {}
      : { region: { startLine: place.line, ...(place.column === undefined ? {} : { startColumn: place.column }) } };
  // Results without a place are shown nowhere: those belong to the stack file.
  const file = place?.file ?? `Pulumi.${stack}.yaml`;
  return {
    ...{ ruleId, ruleIndex, level, message: { text: message } },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file), uriBaseId: "%SRCROOT%" }, ...region },
        logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    partialFingerprints: { "identity/v1": createHash("sha256").update(identity).digest("hex").slice(0, 32) },
    ...(suppressed === undefined ? {} : { suppressions: [{ kind: "external", justification: suppressed }] }),
    ...(baselineState === undefined ? {} : { baselineState }),
  };
}

function uriOf(file: string): string {
  return file.split(/[\\/]/).map(encodeURIComponent).join("/");
}
