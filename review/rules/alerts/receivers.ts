import type { Receiver } from "../../alerting/config";
import { OF_ALERTMANAGER, templateProblem } from "../../alerting/templates";
import { entriesAt, isRecord, leaves, listAt } from "../../kubernetes/value";
import type { Finding } from "../rule";
import type { Says } from "./alert";

/** Where Alertmanager may read files: what the operator mounts. */
const MOUNTS = /^\/etc\/alertmanager\/(?:secrets|configmaps|config)\//;

/** What a way of telling people cannot do without; of each list one, there or in `global`. Source: config/notifiers.go of Alertmanager */
const NEEDED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  webhook: [["url", "url_file"]],
  pagerduty: [["routing_key", "routing_key_file", "service_key", "service_key_file"]],
  slack: [["api_url", "api_url_file", "slack_api_url", "slack_api_url_file", "app_token", "app_token_file", "slack_app_token"]],
  email: [["to"], ["from", "smtp_from"], ["smarthost", "smtp_smarthost"]],
  opsgenie: [["api_key", "api_key_file", "opsgenie_api_key", "opsgenie_api_key_file"]],
  victorops: [["api_key", "api_key_file", "victorops_api_key", "victorops_api_key_file"], ["routing_key"]],
  msteams: [["webhook_url", "webhook_url_file"]],
  msteamsv2: [["webhook_url", "webhook_url_file"]],
  discord: [["webhook_url", "webhook_url_file"]],
  telegram: [["bot_token", "bot_token_file"]],
};

/** Receivers that Alertmanager refuses, or with which no message gets out. */
export function receiverFindings(receivers: readonly Receiver[], root: unknown, says: Says): Finding[] {
  const names = receivers.map(({ name }) => name);
  const global = Object.fromEntries(entriesAt(root, "global"));
  return receivers.flatMap((receiver, i) => {
    const path = ["receivers", receiver.name];
    return [
      ...(names.indexOf(receiver.name) < i ? [says(path, `there are two receivers ${receiver.name}; rename one`)] : []),
      ...receiver.ways.flatMap((way) =>
        listAt(receiver.settings, `${way}_configs`).flatMap((settings, j) => {
          const place = [...path, `${way}_configs`, j];
          const missing = (NEEDED[way] ?? []).filter(
            (fields) => !fields.some((field) => isGiven(settings, field) || isGiven(global, field)),
          );
          return missing.map((fields) =>
            says(place, `the ${way} has no ${fields[0] ?? ""}, so that Alertmanager refuses it; set it`),
          );
        }),
      ),
      ...leaves(receiver.settings, path).flatMap(([at, value]) => textFindings(at, value, says)),
    ];
  });
}

function isGiven(settings: unknown, field: string): boolean {
  return isRecord(settings) && settings[field] !== undefined && settings[field] !== "" && settings[field] !== null;
}

function textFindings(path: readonly (string | number)[], value: unknown, says: Says): Finding[] {
  if (typeof value !== "string") return [];
  const field = String(path.at(-1));
  if (field.endsWith("_file") && value !== "" && !MOUNTS.test(value))
    return [
      says(path, `${value} is no file that the operator mounts, so that no message gets out; mount a Secret (spec.secrets)`),
    ];
  if (/^https?:\/\/(?:localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(value))
    return [says(path, `${value} is Alertmanager's own pod, where nobody listens; name the receiver's host`)];
  const problem = value.includes("{{") ? templateProblem(value, OF_ALERTMANAGER) : undefined;
  return problem === undefined ? [] : [says(path, `its text ${problem}, so that no message gets out; correct it`)];
}
