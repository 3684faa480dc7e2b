import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import { Declarations } from "../../components/declarations";
import { imagesConfig } from "../../components/images/config";
import { namespaceNames } from "../../components/foundation/namespaces";
import { priorityClassNames } from "../../components/foundation/priorities";
import { operatorsConfig } from "../../components/operators/config";
import type { Environment } from "../../components/platform";
import { record } from "../../review/plan/record";
import type { Plan, Resource } from "../../review/plan/plan";

export const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

/** An environment for the test of a component; override what the test is about. */
export function environment(overrides: Partial<Environment> = {}): Environment {
  return {
    stack: "test",
    images: imagesConfig.parse({}),
    namespaces: namespaceNames("mes"),
    priorityClasses: priorityClassNames("mes"),
    apiServer: { cidrs: ["10.0.0.1/32"], port: 6443 },
    nodes: { cidrs: ["0.0.0.0/0"], signedKubelets: true },
    operators: operatorsConfig.parse({}),
    zones: ["zone-a", "zone-b", "zone-c"],
    protectData: true,
    declarations: new Declarations(),
    ...overrides,
  };
}

export interface Recorded {
  readonly plan: Plan;
  /** The Kubernetes objects' inputs of a kind, by object name. */
  readonly objects: (kind: string) => Record<string, KubernetesObject>;
  /** The one object of a kind and name. */
  readonly object: (kind: string, name: string) => KubernetesObject;
  /** The resource of a Pulumi type's last part and name. */
  readonly resource: (type: string, name: string) => Resource;
  /** What a resource is told to come after, by kind and name: `Job outbox-migrations`. */
  readonly comesAfter: (type: string, name: string) => string[];
}

/** Inputs of a Kubernetes object; tests look into it as they like. */
type KubernetesObject = any;

/** Declares something with the options of a test. */
type Declare<T> = (opts: { providers: k8s.Provider[] }) => T;

/** Records what `declare` declares, and hands on what it returns: `recorded((opts) => new Postgres("postgres", args, opts))`. */
export async function recorded<T>(
  declare: Declare<T>,
  options: { preview?: boolean } = {},
): Promise<Recorded & { readonly made: T }> {
  let made: { readonly value: T } | undefined;
  const program = () => {
    const provider = new k8s.Provider("cluster", { context: "test" });
    made = { value: declare({ providers: [provider] }) };
    return {};
  };
  const plan = await record(program, { project: "mes", stack: "test", projectDirectory: PROJECT_DIRECTORY, ...options });
  if (made === undefined) throw new Error("nothing was declared");
  return { ...lookUp(plan), made: made.value };
}

/** What a component says when it refuses its arguments. */
export async function refusalOf(declare: Declare<unknown>): Promise<string> {
  const { made: message } = await recorded((opts) => {
    try {
      declare(opts);
      return "nothing was refused";
    } catch (error) {
      return (error as { reason?: string }).reason ?? (error as Error).message;
    }
  });
  return message;
}

export function lookUp(plan: Plan): Recorded {
  const objects = (kind: string): Record<string, KubernetesObject> =>
    Object.fromEntries(
      plan.resources
        .map((resource) => resource.inputs as KubernetesObject)
        .filter((inputs) => inputs.kind === kind)
        .map((inputs) => [String(inputs.metadata.name), inputs]),
    );
  const found = <T>(value: T | undefined, what: string, known: string[]): T => {
    if (value === undefined) throw new Error(`no ${what}; there are: ${known.join(", ")}`);
    return value;
  };
  const resource = (type: string, name: string) =>
    found(
      plan.resources.find((one) => one.type.endsWith(type) && one.name === name),
      `${type} ${name}`,
      plan.resources.map(({ urn }) => urn.split("::").slice(2).join("::")),
    );
  return {
    plan,
    objects,
    object: (kind, name) => found(objects(kind)[name], `${kind} ${name}`, Object.keys(objects(kind))),
    resource,
    comesAfter: (type, name) =>
      resource(type, name)
        .dependsOn.map((urn) => {
          const [, , types, ...names] = urn.split("::");
          return `${types?.split(":").at(-1)} ${names.join("::")}`;
        })
        .sort(),
  };
}
