import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { at, listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { isExported } from "../../../components/monitoring/exported";
import type { Scrape } from "../../alerting/scrapes";
import { metricsBytes } from "../../promql/bytes";
import { seconds } from "../../promql/duration";
import type { Selector } from "../../promql/parse";
import { reporter, type Finding } from "../rule";

const { error } = reporter("scrape-targets");

/** A value is not seen any more after this time. Source: `query.lookback-delta`, Prometheus' documentation */
const LOOKBACK_SECONDS = 300;

type Says = (field: string, message: string) => Finding;

/** Settings of one endpoint with which nothing, or not enough, is read. */
export function settingFindings(scrape: Scrape, prometheus: KubeObject | undefined, ranged: readonly Selector[]): Finding[] {
  const { monitor, path } = scrape;
  const says: Says = (field, message) => error(monitor.resource, [...path, field], message);
  const isConfig = monitor.kind === "ScrapeConfig";
  return [
    ...servedFindings(scrape, isConfig ? "metricsPath" : "path", says),
    ...timeFindings(scrape, isConfig ? "scrapeInterval" : "interval", prometheus, ranged, says),
    ...(isConfig ? sourceFindings(scrape, prometheus, says) : []),
  ];
}

/** What is asked for, against what the component serves. */
function servedFindings({ exporter, endpoint, monitor }: Scrape, pathField: string, says: Says): Finding[] {
  const { serves, job } = exporter;
  if (serves === undefined || Object.keys(endpoint).length === 0) return [];
  const scheme = (textAt(endpoint, "scheme") ?? "http").toLowerCase();
  const path = textAt(endpoint, pathField) ?? "/metrics";
  const trusts = at(endpoint, "tlsConfig", "ca") !== undefined || at(endpoint, "tlsConfig", "insecureSkipVerify") === true;
  return [
    ...(scheme === serves.scheme
      ? []
      : [says("scheme", `asks for ${scheme}, and ${job} serves its metrics over ${serves.scheme}: nothing is read; correct it`)]),
    ...(path === serves.path
      ? []
      : [says(pathField, `asks for ${path}, and the metrics of ${job} are at ${serves.path}: nothing is read; correct it`)]),
    ...(scheme === "https" && monitor.kind !== "ScrapeConfig" && !trusts && textAt(monitor.spec, "scrapeClass") === undefined
      ? [says("tlsConfig", `trusts no CA of the platform, so that the certificate of ${job} is refused; name it in tlsConfig.ca`)]
      : []),
    ...((endpoint.honorLabels === true) === serves.honorLabels
      ? []
      : [
          says(
            "honorLabels",
            serves.honorLabels
              ? `labels that ${job} gives its metrics are renamed to exported_…, and no alert that asks for them fires; set honorLabels`
              : `labels that ${job} gives its metrics take the place of Prometheus' own; leave honorLabels out`,
          ),
        ]),
  ];
}

function timeFindings(
  { endpoint, exporter }: Scrape,
  field: string,
  prometheus: KubeObject | undefined,
  ranged: readonly Selector[],
  says: Says,
): Finding[] {
  const own = textAt(endpoint, field);
  const usual = textAt(prometheus?.spec, "scrapeInterval") ?? "30s";
  const interval = seconds(own ?? usual);
  const timeout = textAt(endpoint, "scrapeTimeout");
  const wait = timeout === undefined ? undefined : seconds(timeout);
  const findings: Finding[] = [];
  if (own !== undefined && (interval === undefined || interval === 0)) {
    findings.push(says(field, `reads every ${own}, which is no duration; write 30s`));
  } else if (own !== undefined && interval !== undefined) {
    const short = ranged
      .filter((selector) => isExported(selector.metric ?? "", exporter.metrics) && mayBeOf(selector, exporter.job))
      .map((selector) => ({ ...selector, of: seconds(selector.range ?? "") ?? Infinity }))
      .filter(({ of }) => of < 2 * interval)
      .sort((a, b) => a.of - b.of)[0];
    if (interval >= LOOKBACK_SECONDS)
      findings.push(says(field, `reads every ${own}: a value is gone after 5m, before the next one comes; take ${usual}`));
    else if (short !== undefined)
      findings.push(
        says(
          field,
          `reads every ${own}, and alerts or recordings take ${short.metric ?? ""} over ${short.range ?? ""}, in which there are no two samples: they are always empty; take ${usual}`,
        ),
      );
  }
  if (timeout !== undefined && (wait === undefined || wait < 1 || (interval !== undefined && wait > interval)))
    findings.push(
      says(
        "scrapeTimeout",
        wait !== undefined && wait < 1
          ? `waits ${timeout} for an answer, in which no exporter gives one; take 10s`
          : `waits ${timeout}, which is no duration or longer than the interval: the operator refuses it; take 10s`,
      ),
    );
  return findings;
}

function mayBeOf({ matchers }: Selector, job: string): boolean {
  return matchers.every(({ label, operator, value }) => label !== "job" || operator !== "=" || value === job);
}

/** Where a ScrapeConfig finds what it reads, and how it proves who it is. */
function sourceFindings({ monitor, exporter }: Scrape, prometheus: KubeObject | undefined, says: Says): Finding[] {
  const { spec } = monitor;
  const classes = listAt(prometheus?.spec, "scrapeClasses");
  const named = textAt(spec, "scrapeClass");
  const found = classes.find((one) => textAt(one, "name") === named);
  const discoveries = Object.keys(spec).filter((field) => field.endsWith("SDConfigs") && listAt(spec, field).length > 0);
  const targets = listAt(spec, "staticConfigs").flatMap((config) => listAt(config, "targets"));
  const kubelets = listAt(spec, "kubernetesSDConfigs").some((one) => /^node$/i.test(textAt(one, "role") ?? ""));
  const settings = [recordAt(spec), recordAt(found)];
  const proves = settings.some((one) => ["authorization", "oauth2", "basicAuth"].some((field) => one[field] !== undefined));
  return [
    ...(discoveries.length === 0 && targets.length === 0
      ? [says("staticConfigs", "names no target, so that nothing is read; name one")]
      : []),
    ...(named !== undefined && prometheus !== undefined && found === undefined
      ? [
          says(
            "scrapeClass",
            `${title(prometheus)} has no scrape class ${named}, so that the operator refuses it; name one it has`,
          ),
        ]
      : []),
    ...(kubelets && !proves
      ? [
          says(
            "authorization",
            `kubelets answer nobody who does not prove who they are, and ${exporter.job} shows no token; take a scrape class with authorization`,
          ),
        ]
      : []),
    ...(kubelets && !settings.some((one) => one.tlsConfig !== undefined)
      ? [
          says(
            "tlsConfig",
            "kubelets have certificates of the cluster's CA or their own, which nobody else trusts; set tlsConfig",
          ),
        ]
      : []),
  ];
}

/** Fewer than these, and an exporter that works is thrown away as a whole. */
const LIMITS: readonly (readonly [field: string, least: number, what: string])[] = [
  ["sampleLimit", 100, "samples"],
  ["labelLimit", 20, "labels"],
  ["labelNameLengthLimit", 64, "characters of a label's name"],
  ["labelValueLengthLimit", 128, "characters of a label's value"],
];
/** Answers of kube-state-metrics and of kubelets are larger. */
const LEAST_BODY = 2 ** 20;

/**
 * Limits beyond which Prometheus throws away all that an exporter says.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export function limitFindings(object: KubeObject, pods: number, samples: number): Finding[] {
  const { spec, resource } = object;
  const names = (field: string) => [field, `enforced${field[0]?.toUpperCase() ?? ""}${field.slice(1)}`];
  const harm = "with more of them Prometheus throws all away that it has read, and no alert on it fires";
  const limits = LIMITS.map(
    ([field, least, what]) => [field, field === "sampleLimit" ? Math.max(least, samples) : least, what] as const,
  );
  return [
    ...[...limits, ["targetLimit", pods, "targets"] as const].flatMap(([field, least, what]) =>
      names(field).flatMap((name) => {
        const limit = numberAt(spec, name);
        if (limit === undefined || limit === 0 || limit >= least) return [];
        return [error(resource, ["spec", name], `takes ${limit} ${what} at most: ${harm}; take more, or leave it out`)];
      }),
    ),
    ...names("bodySizeLimit").flatMap((name) => {
      const limit = metricsBytes(textAt(spec, name) ?? "");
      if (limit === undefined || limit === 0 || limit >= LEAST_BODY) return [];
      const message = `takes answers of ${textAt(spec, name) ?? ""} at most: larger ones are thrown away, and no alert on them fires; leave it out`;
      return [error(resource, ["spec", name], message)];
    }),
  ];
}

/** Samples that one target has at least: a series of each metric that is read of it. */
export function fewestSamples(scrapes: readonly Scrape[]): number {
  return Math.max(0, ...scrapes.map(({ exporter }) => 10 * exporter.metrics.length));
}

/** Pods that a monitor finds at full scale. */
export function mostTargets(known: Inventory, scrapes: readonly Scrape[]): number {
  const pods = new Set(scrapes.flatMap((scrape) => scrape.pods));
  return [...pods].reduce((sum, group) => sum + (group.perNode ? 1 : known.scale(group).max), 0);
}
