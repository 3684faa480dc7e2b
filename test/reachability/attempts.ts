import type { Endpoint, Outside, PodSet } from "../../components/network/connection";
import { inventory } from "../../review/kubernetes/inventory";
import { textAt, textsAt } from "../../review/kubernetes/value";
import type { Pod } from "./analyzer";
import type { Labels } from "./charts";
import type { Attempt, AskedService, Engine, Party } from "./engines";
import type { Pods } from "./pods";
import type { StackNetwork } from "./stack";

/** What is where in a cluster. Nothing of it is taken from the stack file: whether that fits is the question. */
export interface Place {
  readonly engine: Engine;
  readonly apiServer: {
    readonly endpoint: Party;
    readonly port: number;
    /** Address of its Service. */
    readonly service: string;
    /** Whence it calls webhooks, where not from its endpoint. */
    readonly caller?: Party;
  };
  readonly node: Party;
  /** What answers pods' questions for names: at an address that is not translated, or a pod. */
  readonly dns: Party;
}

interface ServiceModel {
  readonly namespace: string;
  /** Absent: its name stands for the pods themselves. */
  readonly selector?: Labels;
}

/** Somewhere outside of the cluster. */
const OUTSIDE = "198.51.100.7";

/** An attempt, and what its ends are called. */
export interface NamedAttempt extends Attempt {
  readonly names: readonly [from: string, to: string];
}

/** Connections that a plug-in would not let pass, of all that a stack declares and that its pods need. */
export function refusedAttempts(stack: StackNetwork, pods: Pods, place: Place): string[] {
  const refused = new Set<string>();
  for (const attempt of attemptsOf(stack, pods, place)) {
    for (const direction of ["egress", "ingress"] as const) {
      const { pod } = direction === "egress" ? attempt.from : attempt.to;
      if (pod === undefined || !stack.namespaces.includes(pod.namespace)) continue;
      if (!place.engine.allows(stack.manifests, attempt, direction))
        refused.add(`${attempt.names.join(" → ")} ${attempt.protocol} ${attempt.port} (${direction})`);
    }
  }
  return [...refused].sort();
}

/** Every connection that a stack declares and that its pods need, in a place. */
export function attemptsOf(stack: StackNetwork, pods: Pods, place: Place): NamedAttempt[] {
  const addresses = new Addresses();
  const services = servicesOf(stack);
  const partyOf = (pod: Pod): Party => ({
    address: addresses.of(`${pod.namespace}/${pod.name}`),
    pod: { namespace: pod.namespace, labels: pod.labels },
  });
  const partiesOf = (set: PodSet) => pods.podsOf(set).map(partyOf);
  const attempts: NamedAttempt[] = [];
  for (const { from, to } of stack.connections) {
    if (from.name === "api-server-tunnel") continue;
    const senders = "cidrs" in from ? [senderOf(from, place)] : partiesOf(from);
    for (const sender of senders)
      for (const { party, service } of receiversOf(to, place, partiesOf, services, addresses))
        attempts.push({
          from: sender,
          to: party,
          port: portOf(to, place),
          protocol: to.protocol ?? "TCP",
          service,
          names: [from.name, to.name],
        });
  }
  for (const pod of pods.all)
    for (const protocol of ["UDP", "TCP"] as const) {
      const names = [pods.kindOf(`${pod.namespace}/${pod.name}`), "dns"] as const;
      attempts.push({ from: partyOf(pod), to: place.dns, port: 53, protocol, names });
    }
  return attempts;
}

function senderOf({ cidrs, place: kind }: Outside, { apiServer }: Place): Party {
  switch (kind) {
    case "api-server":
      return apiServer.caller ?? apiServer.endpoint;
    default:
      return { address: addressIn(cidrs) };
  }
}

function receiversOf(
  to: Endpoint,
  place: Place,
  partiesOf: (set: PodSet) => Party[],
  services: ReadonlyMap<string, ServiceModel>,
  addresses: Addresses,
): { party: Party; service?: AskedService }[] {
  if ("pods" in to.target) {
    const service = services.get(to.host);
    const asked = service?.selector && { ...service, address: addresses.of(to.host), port: to.port };
    return partiesOf(to.target.pods)
      .filter(({ pod }) => asked === undefined || leadsTo(asked.selector, pod?.labels ?? {}))
      .map((party) => ({ party, service: asked }));
  }
  switch (to.target.place) {
    case "api-server":
      return [
        { party: place.apiServer.endpoint, service: { address: place.apiServer.service, port: 443, namespace: "default" } },
      ];
    case "nodes":
      return [{ party: place.node }];
    case "own-node":
      return [{ party: { address: addressIn(to.target.cidrs), entities: ["host"] } }];
    default:
      return [{ party: { address: addressIn(to.target.cidrs) } }];
  }
}

function portOf(to: Endpoint, { apiServer }: Place): number {
  return "cidrs" in to.target && to.target.place === "api-server" ? apiServer.port : (to.podPort ?? to.port);
}

function leadsTo(selector: Labels | undefined, labels: Labels): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

function addressIn(cidrs: readonly string[]): string {
  const [first = OUTSIDE] = cidrs;
  return first === "0.0.0.0/0" ? OUTSIDE : (first.split("/")[0] ?? OUTSIDE);
}

/** An address for each name, out of a range that is no pod network of any table here. */
class Addresses {
  private readonly taken = new Map<string, string>();

  of(name: string): string {
    const number = this.taken.size + 1;
    const address = this.taken.get(name) ?? `10.200.${Math.floor(number / 250)}.${(number % 250) + 1}`;
    this.taken.set(name, address);
    return address;
  }
}

/** Services by the host that clients name: those of the plan, and those that operators and charts make. */
function servicesOf({ plan, environment }: StackNetwork): Map<string, ServiceModel> {
  const { data, operators } = environment.namespaces;
  const cluster = { "cnpg.io/cluster": "postgres" };
  const pooler = (name: string): [string, ServiceModel] => [
    `${name}.${data}.svc`,
    { namespace: data, selector: { "cnpg.io/poolerName": name } },
  ];
  return new Map<string, ServiceModel>([
    ...inventory(plan)
      .ofKind("Service")
      .map(({ name, namespace, spec }): [string, ServiceModel] => [
        `${name}.${namespace}.svc`,
        { namespace, ...(textAt(spec, "clusterIP") === "None" ? {} : { selector: textsAt(spec, "selector") }) },
      ]),
    // Source: https://github.com/cloudnative-pg/cloudnative-pg/blob/v1.30.1/pkg/specs/services.go
    [`postgres-rw.${data}.svc`, { namespace: data, selector: { ...cluster, "cnpg.io/instanceRole": "primary" } }],
    // Source: https://github.com/cloudnative-pg/cloudnative-pg/blob/v1.30.1/pkg/specs/pgbouncer/services.go
    pooler("postgres-pooler-rw"),
    pooler("postgres-pooler-ro"),
    // Source: https://github.com/rabbitmq/cluster-operator/blob/v2.22.4/internal/resource/service.go
    [`broker.${data}.svc`, { namespace: data, selector: { "app.kubernetes.io/name": "broker" } }],
    // Source: the charts' templates.
    ["keda-operator", { namespace: operators, selector: { app: "keda-operator" } }],
    [
      "plugin-barman-cloud",
      {
        namespace: operators,
        selector: { "app.kubernetes.io/name": "plugin-barman-cloud", "app.kubernetes.io/instance": "barman-cloud" },
      },
    ],
  ]);
}
