import { parse } from "yaml";
import { millisecondsOfParameter } from "../../../components/postgres/parameters";
import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { parametersOf } from "../../kubernetes/systems";
import { entriesAt, listAt } from "../../kubernetes/value";
import type { Plan } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("closed-to-strangers");

/** What gets into logs, which more people read than the data itself: where the stack protects its data. */
export function logFindings({ facts }: Plan, known: Inventory): Finding[] {
  if (facts?.protectData !== true) return [];
  const databases = known.ofKind("Cluster").filter(({ group }) => group === "postgresql.cnpg.io");
  return [...databases.flatMap(statementFindings), ...known.ofKind("ConfigMap").flatMap(collectorFindings)];
}

const KEY = "mes:postgres.parameters";

/** Source: https://www.postgresql.org/docs/18/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-WHAT */
function statementFindings(cluster: KubeObject): Finding[] {
  const parameters = parametersOf(cluster);
  const harm = "logs statements with the names and addresses in them, and logs are kept and read by others";
  return [...parameters].flatMap(([parameter, value]) => {
    const isAll =
      (parameter === "log_statement" && ["all", "mod"].includes(value)) ||
      (parameter === "log_min_duration_statement" && millisecondsOfParameter(parameter, value) === 0) ||
      (parameter === "pgaudit.log" && /\b(?:all|read|write)\b/i.test(value));
    if (!isAll) return [];
    const path = ["spec", "postgresql", "parameters", parameter];
    return [warning(cluster.resource, path, `${parameter} is ${value}: ${harm}; remove it, or use ddl (${KEY})`)];
  });
}

/** A collector that reads the logs of programs, and passes them on as they are. Source: the collector's page on its configuration */
function collectorFindings({ resource }: KubeObject): Finding[] {
  return entriesAt(resource.inputs, "data").flatMap(([file, content]) => {
    if (typeof content !== "string" || !/^\s*"?file_?log/m.test(content)) return [];
    const processorTexts = blockOf(content, "processors", "");
    return entriesAt(parsed(blockOf(content, "service", "")), "pipelines").flatMap(([pipeline, settings]) => {
      const reads = listAt(settings, "receivers").some((one) => /^file_?log\b/.test(String(one)));
      const processors = listAt(settings, "processors").map(String);
      if (!pipeline.startsWith("logs") || !reads || processors.some((one) => isRedacting(one, processorTexts))) return [];
      const message = `the pipeline ${pipeline} blacks nothing out: passwords and tokens that a program logs are kept, and read by everybody with a dashboard; add a pattern (mes:logging.redact)`;
      return [warning(resource, ["data", file], message)];
    });
  });
}

/** What is under a key in YAML, without reading the other things in it, which takes long. */
function blockOf(text: string, key: string, indent: string): string {
  const name = key.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  return new RegExp(`^${indent}["']?${name}["']?:[ ]*\\n((?:${indent}[ ]+.*\\n?|[ ]*\\n)*)`, "m").exec(text)?.[1] ?? "";
}

function isRedacting(processor: string, all: string): boolean {
  if (processor.startsWith("redaction")) return true;
  const [, indent = "  "] = /^( +)\S/m.exec(all) ?? [];
  return /\breplace_(?:all_)?(?:patterns?|matches)\b/.test(blockOf(all, processor, indent));
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // Another rule tells of it.
    return undefined;
  }
}

/** Settings of the database by which connections can be read or broken. Source: https://www.postgresql.org/docs/18/runtime-config-connection.html */
export function connectionFindings(cluster: KubeObject): Finding[] {
  const parameters = parametersOf(cluster);
  const broken = /^TLSv1(?:\.1)?$/i;
  const found: (readonly [string, boolean, string])[] = [
    [
      "ssl_min_protocol_version",
      broken.test(parameters.get("ssl_min_protocol_version") ?? ""),
      "takes a version of TLS that is broken",
    ],
    [
      "ssl_max_protocol_version",
      broken.test(parameters.get("ssl_max_protocol_version") ?? ""),
      "takes no version of TLS but broken ones",
    ],
    ["ssl", /^(?:off|false|no|0)$/i.test(parameters.get("ssl") ?? ""), "speaks without TLS"],
    ["password_encryption", parameters.get("password_encryption") === "md5", "keeps passwords in a way that is broken"],
  ];
  return found
    .filter(([, is]) => is)
    .map(([parameter, , message]) => {
      const path = ["spec", "postgresql", "parameters", parameter];
      return error(
        cluster.resource,
        path,
        `${parameter} is ${parameters.get(parameter) ?? ""}: it ${message}; remove it (${KEY})`,
      );
    });
}
