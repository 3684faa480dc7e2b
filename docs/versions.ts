import * as fs from "node:fs";
import * as path from "node:path";
import { CATALOGUE, type ImageName } from "../components/images/catalogue";
import { markdownTable } from "../components/markdown";
import { OPERATORS } from "../components/operators/catalogue/catalogue";
import type { OperatorName } from "../components/operators/names";
import type { Operator } from "../components/operators/operator";

const TOOLS = path.join(__dirname, "..", "tools");

/** Where tests have a program from: a line of tools/images/catalogue, or a folder of tools/go. */
type Source = { readonly image: string } | { readonly module: string; readonly as: string };

const IMAGE_SOURCES: Readonly<Partial<Record<ImageName, Source>>> = {
  pgbouncer: { image: "pgbouncer" },
  postgres: { image: "postgres" },
  prometheus: { module: "prometheus", as: "promtool, which holds rules and their tests against it" },
  rabbitmq: { image: "rabbitmq" },
  redisExporter: { image: "redis-exporter" },
  valkey: { image: "valkey" },
  versitygw: { image: "versitygw" },
};

/** How tests run a program of a chart, by its folder in tools/go. */
const PODS = "pods of `test/data-plane`";
const PROCESSES = "processes of `test/controllers`";
const RUN_AS: Readonly<Record<string, string>> = {
  "barman-cloud": `${PODS}, ${PROCESSES}`,
  "cert-manager": PODS,
  "cloudnative-pg": `${PODS}, ${PROCESSES}`,
  keda: PROCESSES,
  "prometheus-operator": `${PODS}, ${PROCESSES}`,
  "rabbitmq-cluster-operator": `${PODS}, ${PROCESSES}`,
  "rabbitmq-topology-operator": `${PODS}, ${PROCESSES}`,
};

const NO_BINARY = "no image can be pulled where the tests run, and it cannot be compiled there";

/**
 * Why no test runs the version that a stack installs, by the image's name in its catalogue or the program's folder in tools/go.
 * test/tools/versions.test.ts refuses a difference without a reason, and a reason without a difference.
 */
export const REASONS: Readonly<Record<string, string>> = {
  mes: "a factory names its own; programs of the tests take its part",
  alertmanager: "its configuration is the operator's to write, which is run",
  dcgmExporter: "it needs a GPU",
  grafana: NO_BINARY,
  jaeger: "its configuration was tried by hand with 2.13.0",
  jaegerIndexCleaner: "it needs OpenSearch, which is not run",
  kubeStateMetrics: NO_BINARY,
  loki: NO_BINARY,
  "metrics-server": "the simulated nodes of `test/controllers` have its API served by a test",
  nodeExporter: "its metrics are those that its manual names",
  otelCollector: "its configuration was tried by hand with the components in use at 0.158.0",
  postgres: "what Debian's release has",
  postgresExporter: "no module proxy serves it; its queries run on a real server, and were scraped by hand with 0.20.1",
  prometheusConfigReloader: NO_BINARY,
  redisExporter: "what Debian's release has",
  "rabbitmq-cluster-operator": "no module proxy serves it",
};

export interface Pinned {
  readonly name: string;
  /** What a stack installs. */
  readonly version: string;
  /** What the tests have; without it, nothing runs it. */
  readonly run?: { readonly version: string; readonly as: string };
}

/** Rows of a table in tools, in columns, without comments. */
export function toolsTable(...file: string[]): string[][] {
  const lines = fs.readFileSync(path.join(TOOLS, ...file), "utf8").split("\n");
  return lines.map((line) => line.replace(/#.*/, "").trim().split(/\s+/)).filter(([first]) => first !== "");
}

/** Version of the module that a folder of tools/go is there for, e.g. `1.30.0`; undefined where there is no such folder. */
export function moduleVersion(folder: string): string | undefined {
  if (!fs.existsSync(path.join(TOOLS, "go", folder))) return undefined;
  const [, ofCrds] = toolsTable("crd-sources").find(([module]) => module === folder) ?? [];
  const [, , ofTool = ""] = toolsTable("recipes").find(([, module]) => module === folder) ?? [];
  const wanted = `${ofCrds ?? ofTool}/`;
  const required = toolsTable("go", folder, "go.mod").map((words) => words.filter((word) => word !== "require"));
  const versions = required
    .filter(([name = "", version = ""]) => /^v\d/.test(version) && wanted.startsWith(`${name}/`))
    .sort(([a = ""], [b = ""]) => b.length - a.length);
  return versions[0]?.[1]?.slice(1);
}

function imageTag(name: string): string | undefined {
  return toolsTable("images", "catalogue").find(([image]) => image === name)?.[1];
}

type Operators = Readonly<Record<OperatorName, Operator>>;

/** What charts run, by its folder in tools/go. */
export function pinnedPrograms(operators: Operators = OPERATORS): Pinned[] {
  return Object.values(operators).flatMap(({ appVersions }) =>
    Object.entries(appVersions.programs).map(([name, version]) => {
      const run = moduleVersion(name);
      return { name, version, run: run === undefined ? undefined : { version: run, as: RUN_AS[name] ?? "nothing" } };
    }),
  );
}

export function pinnedImages(images: Readonly<Record<ImageName, { readonly tag: string }>> = CATALOGUE): Pinned[] {
  return (Object.keys(images) as ImageName[]).map((name) => {
    const source = IMAGE_SOURCES[name];
    const version = images[name].tag.replace(/^v/, "");
    if (source === undefined) return { name, version };
    const run = "image" in source ? imageTag(source.image) : releaseOf(source.module);
    if (run === undefined) return { name, version };
    return { name, version, run: { version: run, as: "image" in source ? PODS : source.as } };
  });
}

/** The release that a module's version is of: Prometheus' module 0.313.2 is its release 3.13.2. */
function releaseOf(module: string): string | undefined {
  return moduleVersion(module)?.replace(/^0\.(\d)(\d\d)\./, (_, major: string, minor: string) => `${major}.${Number(minor)}.`);
}

/** Whether what is run is of the same major and minor version as what is pinned. */
export function isRun({ version, run }: Pinned): boolean {
  const minor = (text: string): string => text.split(/[.-]/).slice(0, 2).join(".");
  return run !== undefined && minor(run.version) === minor(version);
}

/** A part of docs/proof.md. */
export function versionsDocument(): string {
  const row = (one: Pinned): string[] => {
    const { name, version, run } = one;
    const what = run === undefined ? "**nothing**" : isRun(one) ? run.version : `**${run.version}**`;
    return [name, version, what, [run?.as ?? "", REASONS[name] ?? ""].filter((text) => text !== "").join("; ")];
  };
  const head = ["what", "pinned", "run", "as, and why nothing or another one"];
  const missing = [...pinnedPrograms(), ...pinnedImages()].filter((one) => !isRun(one)).map(({ name }) => name);
  return [
    `Kubernetes ${moduleVersion("kubernetes")} serves all suites; \`test/cluster/newest.config.js\` runs those of light clusters on`,
    `${moduleVersion("kubernetes-newest")} when it is asked to. The Gateway API's definitions are those of ${moduleVersion("gateway-api")}.`,
    "",
    `No test runs the pinned major and minor version of: ${missing.join(", ")}.`,
    "",
    "What charts run, as the catalogue of operators says beside each chart:",
    "",
    markdownTable(head, pinnedPrograms().map(row)),
    "",
    "Images:",
    "",
    markdownTable(head, pinnedImages().map(row)),
  ].join("\n");
}
