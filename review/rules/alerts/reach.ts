import type { Receiver } from "../../alerting/config";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { isOnPort, policyRules } from "../../kubernetes/policy-rules";
import { leaves, listAt, recordAt } from "../../kubernetes/value";
import { listed, type Finding } from "../rule";
import type { Says } from "./alert";

/** What a receiver needs to connect: its files, and a way out through the policies. */
export function reachFindings(alertmanager: KubeObject, receivers: readonly Receiver[], known: Inventory, says: Says): Finding[] {
  const group = known.pods.find(({ object }) => object === alertmanager);
  const rules = group === undefined ? undefined : policyRules(known, group, "egress");
  return receivers.flatMap((receiver) =>
    leaves(receiver.settings, ["receivers", receiver.name]).flatMap(([path, value]) => {
      if (typeof value !== "string") return [];
      const port = path.at(-1) === "smarthost" ? Number(/:(\d+)$/.exec(value)?.[1] ?? 25) : portOfUrl(value);
      const closed = rules !== undefined && port !== undefined && !rules.some((rule) => isOnPort(rule, port));
      const [, folder, key] = /^\/etc\/alertmanager\/secrets\/([^/]+)\/(.+)$/.exec(value) ?? [];
      return [
        ...(closed
          ? [
              says(
                path,
                `policies do not let ${title(alertmanager)} out on port ${port}; allow it (mes:monitoring.alerting.egressPorts)`,
              ),
            ]
          : []),
        ...(folder === undefined || key === undefined
          ? []
          : fileFindings(alertmanager, folder, key, known, (message) => says(path, message))),
      ];
    }),
  );
}

function portOfUrl(value: string): number | undefined {
  const [, scheme, port] = /^(https?):\/\/[^/:\s]+(?::(\d+))?/.exec(value) ?? [];
  if (scheme === undefined) return undefined;
  return port === undefined ? (scheme === "https" ? 443 : 80) : Number(port);
}

function fileFindings(
  { namespace, spec }: KubeObject,
  secret: string,
  key: string,
  known: Inventory,
  says: (message: string) => Finding,
): Finding[] {
  if (!listAt(spec, "secrets").includes(secret)) return [says(`the Secret ${secret} is not mounted; add it to spec.secrets`)];
  const found = known.find("Secret", namespace, secret);
  const keys = ["data", "stringData"].flatMap((field) => Object.keys(recordAt(found?.resource.inputs, field)));
  return found === undefined || keys.includes(key)
    ? []
    : [says(`the Secret ${secret} has no key ${key}; there are ${listed(keys)}`)];
}
