import type { PodSet } from "../../components/network/connection";
import type { OperatorPodsName } from "../../components/operators/catalogue/catalogue";
import { operatorPods } from "../../components/operators/endpoints";
import { inventory } from "../../review/kubernetes/inventory";
import type { Pod } from "./analyzer";
import { CHART_PODS, type Labels } from "./charts";
import type { StackNetwork } from "./stack";

/*
 * Every pod that there is once a stack runs, with the labels that whoever makes it gives it. What the plan declares itself, and
 * what operators make of its custom resources, the plan's inventory knows; `charts.ts` and the tables here have the rest. Nothing is taken from
 * the labels by which connections name pods: whether those are right is the question.
 */

/**
 * Jobs with which CloudNativePG makes an instance: the first one, a replica, one of a backup.
 * Source: https://github.com/cloudnative-pg/cloudnative-pg/blob/v1.30.1/pkg/specs/jobs.go
 */
const DATABASE_JOBS = ["initdb", "join", "full-recovery"];

/** Pods that are one to the network: what a `PodSet` names. */
interface Kind extends Pick<PodSet, "namespace" | "name"> {
  /** Labels of each of them. */
  readonly pods: readonly Labels[];
}

/** Where a pod may be that nobody declared. */
const ELSEWHERE = "elsewhere";

/** All pods of a stack, and what they are pods of. */
export class Pods {
  readonly all: readonly Pod[];
  private readonly kinds = new Map<string, string>();
  private readonly byKind = new Map<string, string[]>();

  constructor(stack: StackNetwork) {
    const known = [...plannedKinds(stack), ...chartKinds(stack)];
    const kinds = [...known, ...foreignKinds(stack, known), ...strangers(stack, known)];
    this.all = kinds.flatMap(({ namespace, name, pods }) =>
      pods.map((labels, i) => {
        const pod = { namespace, name: `${name}.${i}`, labels };
        const kind = `${namespace}/${name}`;
        this.kinds.set(`${namespace}/${pod.name}`, kind);
        this.byKind.set(kind, [...(this.byKind.get(kind) ?? []), `${namespace}/${pod.name}`]);
        return pod;
      }),
    );
  }

  podsOf({ namespace, name }: Pick<PodSet, "namespace" | "name">): readonly Pod[] {
    const names = this.named({ namespace, name });
    return this.all.filter((pod) => names.includes(`${pod.namespace}/${pod.name}`));
  }

  /** What a pod is one of, e.g. `mes-data/postgres`. */
  kindOf(pod: string): string {
    return this.kinds.get(pod) ?? pod;
  }

  /** The pods that a connection means by name. */
  named({ namespace, name }: Pick<PodSet, "namespace" | "name">): readonly string[] {
    const pods = this.byKind.get(`${namespace}/${name}`);
    if (pods !== undefined) return pods;
    throw new Error(`a connection is declared for ${namespace}/${name}, of which there are no pods; there are: ${this.list()}`);
  }

  private list(): string {
    return [...this.byKind.keys()].join(", ");
  }
}

/** Two of a kind: they may talk to each other, too. */
function twins(labels: Labels): Labels[] {
  return [labels, labels];
}

function plannedKinds({ plan }: StackNetwork): Kind[] {
  return inventory(plan)
    .pods.filter(({ spec }) => spec.hostNetwork !== true)
    .map(({ namespace, object, labelSets }) => {
      const [labels = {}, ...others] = labelSets;
      const pods = others.length === 0 ? twins(labels) : labelSets;
      if (object.kind !== "Cluster") return { namespace, name: object.name.replace(/-[\da-f]{8}$/, ""), pods };
      const { "cnpg.io/podRole": _role, "cnpg.io/instanceRole": _instance, role: _old, ...shared } = labels;
      return {
        namespace,
        name: object.name,
        pods: [...pods, ...DATABASE_JOBS.map((job) => ({ ...shared, "cnpg.io/jobRole": job }))],
      };
    });
}

function chartKinds({ environment }: StackNetwork): Kind[] {
  return (Object.entries(CHART_PODS) as [OperatorPodsName, Labels][]).map(([name, labels]) => {
    const { namespace } = operatorPods(environment, name);
    return { namespace, name, pods: twins(labels) };
  });
}

/** Pods outside of the platform that the stack file itself describes: the DNS server, a gateway, clients of the broker. */
function foreignKinds({ connections, namespaces, network }: StackNetwork, known: readonly Kind[]): Kind[] {
  const sets = connections.flatMap(({ from, to }) => [
    ...("cidrs" in from ? [] : [from]),
    ...("pods" in to.target ? [to.target.pods] : []),
  ]);
  const foreign = [...network.dns.pods, ...sets].filter(({ namespace }) => !namespaces.includes(namespace));
  const byName = new Map(foreign.map((set) => [`${set.namespace}/${set.name}`, set]));
  for (const { namespace, name } of known) byName.delete(`${namespace}/${name}`);
  return [...byName.values()].map(({ namespace, name, labels }) => ({ namespace, name, pods: twins(labels) }));
}

/** Pods that nobody declared: one without labels in each namespace, and in another one a double of each that is there. */
function strangers({ namespaces }: StackNetwork, known: readonly Kind[]): Kind[] {
  return [
    ...[...namespaces, ELSEWHERE].map((namespace) => ({ namespace, name: "stranger", pods: [{}] })),
    ...known.map(({ namespace, name, pods }) => ({ namespace: ELSEWHERE, name: `${namespace}.${name}`, pods: pods.slice(0, 1) })),
  ];
}
