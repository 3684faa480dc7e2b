import type { KubeObject } from "./objects";
import { bytesAt, coresAt, entriesAt, listAt, numberAt, recordAt, textAt, textsAt, type Json } from "./value";

/** What a pod takes of a node. */
export interface Amount {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
}

export interface PodPort {
  readonly name?: string;
  readonly number: number;
  /** @default TCP */
  readonly protocol?: string;
}

/** Pods that are alike: those of one controller, declared in the plan or made by an operator from a custom resource. */
export interface PodGroup {
  readonly object: KubeObject;
  readonly namespace: string;
  /** Labels of its pods; several sets where some pods carry other ones, as the primary of a database. */
  readonly labelSets: readonly Readonly<Record<string, string>>[];
  readonly annotations: Readonly<Record<string, string>>;
  /** The pods' spec; empty where an operator writes it. */
  readonly spec: Json;
  /** Path of the spec in the resource's inputs. */
  readonly specPath: readonly string[];
  /** Number of pods as declared; undefined if an autoscaler alone decides. */
  readonly replicas?: number;
  /** One pod on every node. */
  readonly perNode: boolean;
  /** Runs to its end: a Job. */
  readonly finite: boolean;
  /** Requests of one pod. */
  readonly requests: Amount;
  readonly ports: readonly PodPort[];
  /** Sizes of the volumes of one pod, in bytes. */
  readonly volumes: readonly number[];
  /** Its programs ask the API server, by a service account that the operator makes or the custom resource names. @default not known */
  readonly asksApiServer?: boolean;
  /** The operator makes a disruption budget of its own. */
  readonly ownDisruptionBudget: boolean;
}

export const NOTHING: Amount = { cpu: 0, memory: 0, gpus: 0 };

export function plus(a: Amount, b: Amount): Amount {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory, gpus: a.gpus + b.gpus };
}

export function times(amount: Amount, count: number): Amount {
  return { cpu: amount.cpu * count, memory: amount.memory * count, gpus: amount.gpus * count };
}

function larger(a: Amount, b: Amount): Amount {
  return { cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory), gpus: Math.max(a.gpus, b.gpus) };
}

/**
 * GPUs as the device plugins of their vendors advertise them, whole, shared or in parts.
 * Source: https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/ and the vendors' pages
 */
export const GPU =
  /^[\w.-]+\/(?:gpu(?:\.shared)?|mig-.+|i915|xe|gaudi|tpu)$|^aws\.amazon\.com\/neuron(?:core|device)?$|^nvidia\.com\/[A-Z].*/;

/**
 * Requests in a container's `resources`; a limit counts where there is no request, as Kubernetes has it.
 *
 * @param gpuResources names of further resources that are GPUs
 */
export function requestsOf(resources: unknown, gpuResources: readonly string[] = []): Amount {
  const of = (name: string) => [
    ["requests", name],
    ["limits", name],
  ];
  const first = <T>(read: (value: unknown, ...path: string[]) => T | undefined, name: string) =>
    of(name)
      .map((path) => read(resources, ...path))
      .find((found) => found !== undefined);
  const gpus = ["requests", "limits"].map((side) =>
    entriesAt(resources, side)
      .filter(([name]) => GPU.test(name) || gpuResources.includes(name))
      .reduce((sum, [name]) => sum + (numberAt(resources, side, name) ?? 0), 0),
  );
  return { cpu: first(coresAt, "cpu") ?? 0, memory: first(bytesAt, "memory") ?? 0, gpus: Math.max(...gpus) };
}

/** Requests of a whole pod: its containers and sidecars together, or the largest init container if that is more. */
export function podRequests(spec: Json, gpuResources: readonly string[] = []): Amount {
  const of = (container: unknown) => requestsOf(recordAt(container, "resources"), gpuResources);
  const always = listAt(spec, "containers").map(of);
  let sidecars = NOTHING;
  let starting = NOTHING;
  for (const container of listAt(spec, "initContainers")) {
    const requests = of(container);
    if (textAt(container, "restartPolicy") === "Always") sidecars = plus(sidecars, requests);
    else starting = larger(starting, plus(sidecars, requests));
  }
  return larger(always.reduce(plus, sidecars), starting);
}

/** Containers of a pod that go on running: its own and its sidecars. */
export function containersOf(spec: Json): readonly unknown[] {
  return [
    ...listAt(spec, "containers"),
    ...listAt(spec, "initContainers").filter((c) => textAt(c, "restartPolicy") === "Always"),
  ];
}

export function podPorts(spec: Json): PodPort[] {
  return containersOf(spec).flatMap((container) =>
    listAt(container, "ports").flatMap((port) => {
      const number = numberAt(port, "containerPort");
      return number === undefined ? [] : [{ name: textAt(port, "name"), number, protocol: textAt(port, "protocol") }];
    }),
  );
}

/** Where each kind of controller keeps the template of its pods. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ["Deployment", ["spec", "template"]],
  ["ReplicaSet", ["spec", "template"]],
  ["StatefulSet", ["spec", "template"]],
  ["DaemonSet", ["spec", "template"]],
  ["Job", ["spec", "template"]],
  ["CronJob", ["spec", "jobTemplate", "spec", "template"]],
  ["Pod", []],
]);

/** The pods of a controller of Kubernetes itself. @param gpuResources names of further resources that are GPUs */
export function declaredPods(object: KubeObject, gpuResources: readonly string[] = []): PodGroup[] {
  const templatePath = TEMPLATES.get(object.kind);
  if (templatePath === undefined || !["", "apps", "batch"].includes(object.group)) return [];
  const template = recordAt(object.resource.inputs, ...templatePath);
  const spec = recordAt(template, "spec");
  const finite = object.kind === "Job" || object.kind === "CronJob";
  const perNode = object.kind === "DaemonSet";
  const replicas = numberAt(object.spec, "replicas");
  const claims = listAt(object.spec, "volumeClaimTemplates").map((claim) => storageOf(recordAt(claim, "spec")));
  return [
    {
      object,
      namespace: object.namespace,
      labelSets: [textsAt(template, "metadata", "labels")],
      annotations: textsAt(template, "metadata", "annotations"),
      spec,
      specPath: [...templatePath, "spec"],
      ...(perNode || finite || replicas === undefined ? {} : { replicas }),
      perNode,
      finite,
      requests: podRequests(spec, gpuResources),
      ports: podPorts(spec),
      volumes: object.kind === "StatefulSet" ? claims : [],
      ownDisruptionBudget: false,
    },
  ];
}

/** Bytes that the spec of a volume claim asks for. */
export function storageOf(claimSpec: Json): number {
  return bytesAt(claimSpec, "resources", "requests", "storage") ?? 0;
}

/** Seconds of the longest preStop hook that only waits. */
export function preStopSeconds({ spec }: Pick<PodGroup, "spec">): number {
  return Math.max(
    0,
    ...containersOf(spec).map((container) => {
      const sleep = numberAt(container, "lifecycle", "preStop", "sleep", "seconds");
      if (sleep !== undefined) return sleep;
      const command = listAt(container, "lifecycle", "preStop", "exec", "command")
        .filter((word): word is string => typeof word === "string")
        .join(" ");
      return Number(/\bsleep (\d+)/.exec(command)?.[1] ?? 0);
    }),
  );
}
