import { isIP } from "node:net";
import { containersIn } from "../../kubernetes/containers";
import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { leaves, listAt, recordAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";
import { connectionFindings } from "./logs";

const { error } = reporter("closed-to-strangers");

type Path = readonly (string | number)[];

/** Doors of programs that stand open by their own settings. */
export function programFindings(known: Inventory): Finding[] {
  return [
    ...known.objects.flatMap(settingFindings),
    ...known.ofKind("RabbitmqCluster").flatMap(brokerFindings),
    ...known
      .ofKind("Cluster")
      .filter(({ group }) => group === "postgresql.cnpg.io")
      .flatMap((cluster) => [...databaseFindings(cluster), ...connectionFindings(cluster)]),
    ...known.ofKind("Pooler").flatMap(poolerFindings),
    ...known.ofKind("Prometheus").flatMap(prometheusFindings),
  ];
}

/** What a line of a configuration, an argument or a variable opens. */
const OPENINGS: readonly (readonly [RegExp, string])[] = [
  [
    /^\s*\[auth\.anonymous\]\s*\n(?:\s*(?:[#;].*|(?!enabled\b|\[).+)?\n)*?\s*enabled\s*=\s*true/m,
    "lets everybody into Grafana; set enabled = false under [auth.anonymous]",
  ],
  [
    /^\s*\[auth\.proxy\]\s*\n(?:(?!\[).*\n)*?\s*enabled\s*=\s*true/m,
    "takes whatever name a header says; set enabled = false under [auth.proxy]",
  ],
  [
    /^\s*\[users\]\s*\n(?:(?!\[).*\n)*?\s*allow_sign_up\s*=\s*true/m,
    "lets everybody make an account; set allow_sign_up = false under [users]",
  ],
  [/\bversions\.\d+\s*=\s*(?:tlsv1|tlsv1\.1|sslv3)\s*$/m, "speaks a version of TLS that is broken; use tlsv1.2 and tlsv1.3"],
  [/^\s*tls-protocols\s+.*\bTLSv1(?:\.1)?(?![.\d])/m, "speaks a version of TLS that is broken; use TLSv1.2 and TLSv1.3"],
  [
    /^\s*loopback_users(?:\.guest)?\s*=\s*(?:none|false)\s*$/m,
    "lets the user guest in from everywhere; leave loopback_users out",
  ],
  [/^\s*anonymous_login_user\s*=\s*(?!none\b)\S/m, "lets everybody into the broker; leave anonymous_login_user out"],
  [/^\s*auth_mechanisms\.\d+\s*=\s*ANONYMOUS\s*$/m, "lets everybody into the broker; take ANONYMOUS out of auth_mechanisms"],
  [/^\s*user\s+\S+\s+on\b.*\bnopass\b/m, "has a user without a password; give it one"],
  [/\bsslmode=(?:disable|allow|prefer|require)\b/, "connects without verifying whom to; use sslmode=verify-full"],
  [
    /\b(?:insecure_skip_verify|tls_skip_verify|insecureSkipVerify):\s*true\b/,
    "does not verify whom it talks to; leave that out, and name the CA",
  ],
  [/\bverify_none\b/, "does not verify whom it talks to; use verify_peer"],
  [/^\s*listeners\.tcp(?:\.\w+)?\s*=\s*(?!none\b)\S/m, "answers AMQP without TLS; leave listeners.tcp out"],
  [
    /^\s*(?:management|prometheus)\.tcp\.port\s*=\s*\d/m,
    "answers without TLS; use the setting of the same name with ssl in place of tcp",
  ],
  [
    /^\s*auth_backends\.\d+(?:\.\w+)?\s*=\s*(?:dummy|rabbit_auth_backend_dummy)\b/m,
    "lets everybody into the broker; use internal",
  ],
  [/\bamqp:\/\/(?!localhost|127\.)/, "connects to the broker without TLS; use amqps"],
];

const VARIABLES: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^PGSSLMODE$/, /^(?:disable|allow|prefer|require|verify-ca)$/, "connects without verifying whom to; use verify-full"],
  [/^NODE_TLS_REJECT_UNAUTHORIZED$/, /^0$/, "takes every certificate; leave it out, and name the CA by NODE_EXTRA_CA_CERTS"],
  [/^GF_AUTH_ANONYMOUS_ENABLED$/, /^true$/i, "lets everybody into Grafana; set it to false"],
  [/^GF_AUTH_PROXY_ENABLED$/, /^true$/i, "takes whatever name a header says; set it to false"],
  [/^GF_USERS_ALLOW_SIGN_UP$/, /^true$/i, "lets everybody make an account; set it to false"],
  [/(?:INSECURE|SKIP_VERIFY|SKIP_TLS)/, /^(?:true|1|yes)$/i, "takes every certificate; leave it out"],
];

function settingFindings(object: KubeObject): Finding[] {
  const { resource, kind, spec } = object;
  if (kind === "ConfigMap" || kind === "Secret") {
    return ["data", "stringData"].flatMap((field) =>
      Object.entries(recordAt(resource.inputs, field)).flatMap(([key, content]) =>
        typeof content !== "string" || content.includes('"panels"') ? [] : openings(object, content, [field, key]),
      ),
    );
  }
  const found: Finding[] = [];
  for (const [path, container] of containersIn(spec, ["spec"])) {
    found.push(...variables(object, listAt(container, "env"), [...path, "env"]));
    for (const field of ["args", "command"]) {
      for (const [i, word] of listAt(container, field).entries()) {
        if (typeof word === "string") found.push(...openings(object, word, [...path, field, i]));
      }
    }
  }
  for (const [i, trigger] of (kind === "ScaledObject" ? listAt(spec, "triggers") : []).entries()) {
    if (textAt(trigger, "metadata", "unsafeSsl") === "true")
      found.push(error(resource, ["spec", "triggers", i, "metadata", "unsafeSsl"], "takes every certificate; leave it out"));
  }
  return found;
}

function variables(object: KubeObject, env: readonly unknown[], path: Path): Finding[] {
  return env.flatMap((one, i) => {
    const name = textAt(one, "name") ?? "";
    const value = textAt(one, "value") ?? "";
    if (value === "verify-ca" && hasNoName(env)) return [];
    const opened = VARIABLES.find(([names, values]) => names.test(name) && values.test(value));
    if (opened !== undefined) return [error(object.resource, [...path, i, "value"], `${name}=${value} ${opened[2]}`)];
    return openings(object, value, [...path, i, "value"]);
  });
}

/** A server that is reached by its address has no name to compare: its CA is all there is to verify it by, as that of a Cloud SQL instance. */
function hasNoName(env: readonly unknown[]): boolean {
  const valueOf = (name: string) =>
    textAt(
      env.find((one) => textAt(one, "name") === name),
      "value",
    ) ?? "";
  return isIP(valueOf("PGHOST")) !== 0 && valueOf("PGSSLROOTCERT") !== "";
}

/** The store of a cache listens on 6379 without TLS unless it is told port 0. Source: https://valkey.io/topics/encryption/ */
function isPlainCache(text: string): boolean {
  return /^\s*(?:tls-port|aclfile|maxmemory-policy)\s/m.test(text) && !/^\s*port\s+0\s*$/m.test(text);
}

function openings({ resource }: KubeObject, text: string, path: Path): Finding[] {
  if (isPlainCache(text)) return [error(resource, path, "takes connections without TLS; set port 0, and tls-port")];
  return OPENINGS.filter(([shape]) => shape.test(text)).map(([, message]) => error(resource, path, message));
}

/** Source: https://www.rabbitmq.com/kubernetes/operator/using-operator and https://www.rabbitmq.com/docs/access-control */
function brokerFindings(object: KubeObject): Finding[] {
  const { resource, spec } = object;
  const tls = recordAt(spec, "tls");
  const findings = leaves(recordAt(spec, "rabbitmq"), ["spec", "rabbitmq"]).flatMap(([path, value]) =>
    typeof value === "string" ? openings(object, value, path) : [],
  );
  if (textAt(tls, "secretName") === undefined)
    return [
      ...findings,
      error(
        resource,
        "spec.tls",
        "speaks without TLS: passwords and orders can be read on the way; name the certificate's Secret",
      ),
    ];
  if (tls.disableNonTLSListeners !== true)
    findings.push(error(resource, "spec.tls.disableNonTLSListeners", "is not true, so that the broker answers without TLS too"));
  return findings;
}

/** Source: https://cloudnative-pg.io/documentation/1.30/postgresql_conf/#the-pg_hba-section, whose last line lets every user in by password, with TLS or without. */
function databaseFindings({ resource, spec }: KubeObject): Finding[] {
  const lines = listAt(spec, "postgresql", "pg_hba").map(String);
  const findings = lines.flatMap((line, i) =>
    /\btrust\s*$/.test(line) && !/^\s*(?:local|#)/.test(line)
      ? [error(resource, ["spec", "postgresql", "pg_hba", i], `${line}: lets everybody in without a password; use scram-sha-256`)]
      : [],
  );
  const reject = lines.findIndex((line) => /^\s*hostnossl\s+all\s+all\s+all\s+reject\b/.test(line));
  const before = lines
    .slice(0, Math.max(reject, 0))
    .find((line) => /^\s*host(?:nossl)?\s/.test(line) && !/\breject\s*$/.test(line));
  if (reject < 0)
    findings.push(error(resource, "spec.postgresql.pg_hba", "lets programs in without TLS; add: hostnossl all all all reject"));
  else if (before !== undefined)
    findings.push(
      error(
        resource,
        "spec.postgresql.pg_hba",
        `${before} comes before the line that refuses connections without TLS; put it after`,
      ),
    );
  if (recordAt(spec).enableSuperuserAccess === true)
    findings.push(error(resource, "spec.enableSuperuserAccess", "lets the superuser in over the network; leave it out"));
  return findings;
}

/** What of PgBouncer's modes takes, or makes, a connection without TLS. */
const PLAIN_MODES = ["disable", "allow", "prefer"];

/**
 * Where nothing is said, the operator has PgBouncer take connections with TLS and without, and verify the database.
 * Sources: https://cloudnative-pg.io/documentation/1.30/connection_pooling/, https://www.pgbouncer.org/config.html
 */
function poolerFindings({ resource, spec }: KubeObject): Finding[] {
  const path = ["spec", "pgbouncer"];
  const bouncer = recordAt(spec, "pgbouncer");
  const parameters = recordAt(bouncer, "parameters");
  const findings = listAt(bouncer, "pg_hba").flatMap((line, i) =>
    /\btrust\s*$/.test(String(line)) && !/^\s*#/.test(String(line))
      ? [error(resource, [...path, "pg_hba", i], `${String(line)}: lets everybody in without a password; use scram-sha-256`)]
      : [],
  );
  const ofClients = textAt(parameters, "client_tls_sslmode") ?? "prefer";
  if (PLAIN_MODES.includes(ofClients)) {
    const message = `${ofClients} takes connections without TLS, by which passwords and orders can be read on the way; use require`;
    findings.push(error(resource, [...path, "parameters", "client_tls_sslmode"], message));
  }
  const ofServer = textAt(parameters, "server_tls_sslmode") ?? "verify-ca";
  if (![...PLAIN_MODES, "require"].includes(ofServer)) return findings;
  const message = `${ofServer} does not verify which database answers; leave it out`;
  return [...findings, error(resource, [...path, "parameters", "server_tls_sslmode"], message)];
}

/** Source: https://prometheus.io/docs/operating/security/ */
function prometheusFindings({ resource, spec }: KubeObject): Finding[] {
  const settings = recordAt(spec);
  return [
    ...(settings.enableAdminAPI === true
      ? [error(resource, "spec.enableAdminAPI", "lets everybody who reaches it delete what was measured; leave it out")]
      : []),
    ...(settings.enableRemoteWriteReceiver === true
      ? [error(resource, "spec.enableRemoteWriteReceiver", "lets everybody who reaches it write what was measured; leave it out")]
      : []),
  ];
}
