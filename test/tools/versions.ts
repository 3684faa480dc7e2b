import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { OPERATORS } from "../../components/operators/catalogue/catalogue";
import type { OperatorName } from "../../components/operators/names";
import type { Operator } from "../../components/operators/operator";
import { isRun, type Pinned, pinnedImages, pinnedPrograms, REASONS, toolsTable } from "../../docs/versions";

const ROOT = path.join(__dirname, "..", "..");

type Operators = Readonly<Record<OperatorName, Operator>>;

/** Where versions of operators and images contradict each other or what the tests run, place by place. */
export function contradictions(operators: Operators = OPERATORS): string[] {
  const programs = pinnedPrograms(operators);
  const images = pinnedImages();
  return [
    ...ofCharts(operators),
    ...programs.flatMap((program) => ofProgram(program)),
    ...ofImages(programs, images),
    ...ofReasons(programs, images),
    ...ofText(programs, images),
  ];
}

/** Charts whose own version is that of the program that they run. */
const SAME_VERSION: readonly OperatorName[] = ["cert-manager", "keda"];

function ofCharts(operators: Operators): string[] {
  return (Object.keys(operators) as OperatorName[]).flatMap((name) => {
    const { version, appVersions } = operators[name];
    const { chart, programs } = appVersions;
    if (chart !== version)
      return [`${name}: chart ${version} may run other versions than ${chart}: look up its appVersion, and set appVersions`];
    const other = Object.values(programs).filter((program) => program !== version.replace(/^v/, ""));
    return SAME_VERSION.includes(name) && other.length > 0 ? [`${name}: chart ${version} does not run ${other.join(", ")}`] : [];
  });
}

function ofProgram({ name, version, run }: Pinned): string[] {
  if (run === undefined || name in REASONS) return [];
  const differs = (found: string | undefined): boolean => found !== undefined && found !== version;
  // The rows that have a binary of it, or are named for it.
  const tools = toolsTable("recipes").flatMap(([tool, module]) => (module === name ? [tool] : []));
  const ofIt = toolsTable("images", "catalogue").filter(([, , , ...layers]) =>
    layers.some((layer) => tools.some((tool) => layer.startsWith(`${tool}=`))),
  );
  return [
    ...(differs(run.version)
      ? [`tools/go/${name}/go.mod: requires ${run.version}, the chart runs ${version}; then tools/go/align`]
      : []),
    ...ofIt.flatMap(([image, tag]) =>
      differs(tag) ? [`tools/images/catalogue: ${image} is ${tag}, the chart runs ${version}`] : [],
    ),
    ...(toolsTable("crd-sources").some(([module]) => module === name)
      ? []
      : [`tools/crd-sources: has no definitions of ${name}`]),
  ];
}

/** Images that go with a program of a chart. */
const COMPANIONS = { prometheusConfigReloader: "prometheus-operator" } as const;

function ofImages(programs: readonly Pinned[], images: readonly Pinned[]): string[] {
  return Object.entries(COMPANIONS).flatMap(([image, program]) => {
    const [own, its] = [versionOf(images, image), versionOf(programs, program)];
    return own === its ? [] : [`components/images/catalogue.ts: ${image} is ${own}, ${program} is ${its}`];
  });
}

/** A difference needs a reason: programs of charts are run to the patch, images to the minor version. */
function ofReasons(programs: readonly Pinned[], images: readonly Pinned[]): string[] {
  const differing = [
    ...programs.filter(({ version, run }) => run?.version !== version),
    ...images.filter((image) => !isRun(image)),
  ];
  const names = differing.map(({ name }) => name);
  return [
    ...differing
      .filter(({ name }) => !(name in REASONS))
      .map(
        ({ name, version, run }) =>
          `docs/versions.ts: a stack installs ${name} ${version}, tests run ${run?.version ?? "none"}: say why`,
      ),
    ...Object.keys(REASONS)
      .filter((name) => !names.includes(name))
      .map((name) => `docs/versions.ts: REASONS has ${name}, which is run as it is pinned, or is not pinned`),
  ];
}

/** Repositories whose files are named as the source of something, by what they are the source of. */
const REPOSITORIES: Readonly<Record<string, string>> = {
  "cert-manager/cert-manager": "cert-manager",
  "cloudnative-pg/cloudnative-pg": "cloudnative-pg",
  "cloudnative-pg/plugin-barman-cloud": "barman-cloud",
  "grafana/grafana": "grafana",
  "grafana/loki": "loki",
  "jaegertracing/jaeger": "jaeger",
  "kedacore/keda": "keda",
  "kubernetes-sigs/metrics-server": "metrics-server",
  "open-telemetry/opentelemetry-collector": "otelCollector",
  "open-telemetry/opentelemetry-collector-contrib": "otelCollector",
  "prometheus-operator/prometheus-operator": "prometheus-operator",
  "prometheus/alertmanager": "alertmanager",
  "prometheus/node_exporter": "nodeExporter",
  "prometheus/prometheus": "prometheus",
  "rabbitmq/cluster-operator": "rabbitmq-cluster-operator",
  "rabbitmq/messaging-topology-operator": "rabbitmq-topology-operator",
  "rabbitmq/rabbitmq-server": "rabbitmq",
  "valkey-io/valkey": "valkey",
  "versity/versitygw": "versitygw",
};
/** The same for pages of manuals, and for what prose calls a program. */
const MANUALS: Readonly<Record<string, string>> = {
  "cloudnative-pg.io/documentation": "cloudnative-pg",
  "keda.sh/docs": "keda",
  "www.jaegertracing.io/docs": "jaeger",
};
const NAMES: Readonly<Record<string, string>> = {
  CloudNativePG: "cloudnative-pg",
  KEDA: "keda",
  "cert-manager": "cert-manager",
  "prometheus-operator": "prometheus-operator",
};

/** Versions in sources and pages: of what tests run, or else of what is pinned. What came with a version (`since`) stays true. */
function ofText(programs: readonly Pinned[], images: readonly Pinned[]): string[] {
  const expected = (name: string): string | undefined => {
    const program = programs.find((one) => one.name === name);
    // What was read is the source of what is run.
    if (program !== undefined) return name in REASONS ? (program.run?.version ?? program.version) : program.version;
    return versionOf(images, name);
  };
  return textFiles().flatMap(({ file, text }) =>
    mentions(text).flatMap(({ name, version, said }) => {
      const wanted = expected(name);
      const cut = wanted?.split(/[.-]/).slice(0, version.split(".").length).join(".");
      return cut === version ? [] : [`${file}: ${said}: ${name} is ${wanted}`];
    }),
  );
}

interface Mention {
  readonly name: string;
  readonly version: string;
  readonly said: string;
}

const SOURCE = /github\.com\/([\w-]+\/[\w-]+)\/(?:blob|tree)\/v(\d[\d.]*\d)\//g;

export function mentions(text: string): Mention[] {
  const found: Mention[] = [];
  for (const [said, repository = "", version = ""] of text.matchAll(SOURCE)) {
    const name = REPOSITORIES[repository];
    if (name !== undefined) found.push({ name, version, said });
  }
  for (const [manual, name] of Object.entries(MANUALS))
    for (const [said, version = ""] of text.matchAll(new RegExp(`${escaped(manual)}/(\\d[\\d.]*\\d)/`, "g")))
      found.push({ name, version, said });
  for (const [called, name] of Object.entries(NAMES))
    for (const [said, version = ""] of text.matchAll(
      new RegExp(`(?<!(?:since|before|until|from) )${escaped(called)} v?(\\d+(?:\\.\\d+)+)`, "gi"),
    ))
      found.push({ name, version, said });
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function textFiles(): { file: string; text: string }[] {
  const files = execFileSync("git", ["ls-files", "--", "*.ts", "*.md", "*.sql", "*.sh"], { cwd: ROOT, encoding: "utf8" });
  return files
    .trim()
    .split("\n")
    .filter((file) => fs.existsSync(path.join(ROOT, file)) && !/^(test\/golden|docs\/proof\.md|test\/tools\/versions)/.test(file))
    .map((file) => ({ file, text: fs.readFileSync(path.join(ROOT, file), "utf8") }));
}

function versionOf(all: readonly Pinned[], name: string): string | undefined {
  return all.find((one) => one.name === name)?.version;
}
