import type { Facts, Plan, Resource } from "../../review/plan/plan";
import type { Finding, Rule } from "../../review/rules/rule";

/** Plans made by hand, for rules and reports. */

type Json = Record<string, any>;

const PROVIDER = "urn:pulumi:test::mes::pulumi:providers:kubernetes::cluster";
const STACK = "urn:pulumi:test::mes::pulumi:pulumi:Stack::mes-test";

export function resource(overrides: Partial<Resource> & { type: string; name: string }): Resource {
  return {
    urn: `urn:pulumi:test::mes::${overrides.type}::${overrides.name}`,
    parent: STACK,
    custom: true,
    protect: false,
    retainOnDelete: false,
    dependsOn: [],
    propertyDependencies: {},
    ignoreChanges: [],
    replaceOnChanges: [],
    deleteBeforeReplace: false,
    aliases: [],
    customTimeouts: {},
    inputs: {},
    source: { file: "components/test/test.ts", line: 7 },
    ...overrides,
  };
}

/** A Kubernetes object in the namespace `mes`, unless its metadata says otherwise. */
export function object(
  apiVersion: string,
  kind: string,
  name: string,
  fields: Json = {},
  options: Partial<Resource> = {},
): Resource {
  const { metadata = {}, ...rest } = fields;
  const namespace = CLUSTER_WIDE.includes(kind) ? {} : { namespace: "mes" };
  return resource({
    type: `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`,
    name,
    provider: PROVIDER,
    inputs: { apiVersion, kind, metadata: { name, ...namespace, ...metadata }, ...rest },
    ...options,
  });
}

const CLUSTER_WIDE = ["Namespace", "PriorityClass", "StorageClass", "ClusterRole", "ClusterRoleBinding", "ClusterIssuer"];

/** A container that no rule has anything against. */
export function container(overrides: Json = {}): Json {
  return {
    name: "main",
    image: "registry.example.com/main:1.2.3",
    ports: [
      { name: "http", containerPort: 8080 },
      { name: "metrics", containerPort: 9464 },
    ],
    resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "512Mi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    ...overrides,
  };
}

export interface PodsArgs {
  readonly spec?: Json;
  readonly pod?: Json;
  readonly container?: Json;
  readonly annotations?: Record<string, string>;
  readonly namespace?: string;
}

/** A Deployment whose pods carry `app: <name>`. */
export function deployment(
  name: string,
  { spec = {}, pod = {}, container: c = {}, annotations = {}, namespace = "mes" }: PodsArgs = {},
) {
  return object("apps/v1", "Deployment", name, {
    metadata: { namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [container(c)],
          ...pod,
        },
      },
      ...spec,
    },
  });
}

export function namespace(name: string, level = "restricted"): Resource {
  return object("v1", "Namespace", name, { metadata: { labels: { "pod-security.kubernetes.io/enforce": level } } });
}

const FACTS: Facts = {
  zones: ["a", "b", "c"],
  nodePools: [{ name: "general", count: 3, cpu: 4, memory: 16 * 2 ** 30, gpus: 0 }],
  existing: ["StorageClass/gp3"],
  protectData: true,
  requireDigest: false,
  pullSecrets: [],
  runbooks: ["MesOrdersLost"],
};

export function planOf(resources: readonly Resource[], facts: Partial<Facts> = {}, outputs: Json = {}): Plan {
  const stack = resource({ type: "pulumi:pulumi:Stack", name: "mes-test", custom: false, urn: STACK, parent: undefined });
  return { version: 1, stack: "test", resources: [stack, ...resources], outputs, facts: { ...FACTS, ...facts } };
}

/** What a rule finds, e.g. `severity Kind name path: message`. */
export function found(rule: Rule, resources: readonly Resource[], facts: Partial<Facts> = {}, outputs: Json = {}): string[] {
  return rule.check(planOf(resources, facts, outputs)).map(line);
}

export function line({ severity, urn, path, message }: Finding): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${severity} ${type.split(":").at(-1) ?? ""} ${name}${path === "" ? "" : ` ${path}`}: ${message}`;
}
