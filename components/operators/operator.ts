import type { BrokerElsewhere } from "../platform";
import type { Definitions } from "./definitions";
import type { OperatorName } from "./names";
import type { requirements } from "../schema";
import type { OperatorResources } from "./resources";

/** An operator that the platform relies on: its chart, pinned, and all that the platform knows of it. `Pods` are the names of its sets of pods. */
export interface Operator<Pods extends string = string> {
  /** What it is needed for, as the description of its key in the stack file. */
  readonly purpose: string;
  /** Helm chart, its repository and the pinned version. A repository that begins with `oci://` holds the chart itself. */
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly appVersions: AppVersions;
  /** The oldest minor version of Kubernetes that its project supports it on. */
  readonly oldestKubernetes: string;
  /** Namespace its own manual names: where it is when this platform does not install it. */
  readonly namespace: string;
  /** API groups of the custom resources it defines: their objects come after it. */
  readonly apiGroups: readonly string[];
  readonly definitions: Definitions;
  /** Operators that must be there before. */
  readonly after: readonly OperatorName[];
  /** Its sets of pods, with what reaches them and what they serve. */
  readonly pods: readonly OperatorPods<Pods>[];
  /** Why it can have one pod only, as the end of a sentence. @default it can have more, which elect a leader or share the work */
  readonly alone?: string;
  /**
   * Values of its chart: only the operator itself, sized, on the registry mirror. What the operators run (databases, brokers, Prometheus) is
   * declared by the platform, not by a chart.
   */
  readonly values: (args: ChartArgs<Pods>) => Record<string, unknown>;
}

/** What a version of a chart runs. */
interface AppVersions {
  /** Version of the chart that this was looked up for. */
  readonly chart: string;
  /** Version of each program, by its folder in tools/go, where the tests have it from. */
  readonly programs: Readonly<Record<string, string>>;
}

interface OperatorPods<Name extends string = string> {
  readonly name: Name;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Of one pod. The memory is at least what the project itself asks for, in its manifests or its chart. @default for jobs of a chart: those of
   * the namespace
   */
  readonly resources?: OperatorResources;
  /** Port on which the API server calls webhooks or aggregated APIs. */
  readonly webhookPort?: number;
  /** Ports of other operators' pods that it connects to, by the name of the set. */
  readonly connects?: readonly { readonly to: string; readonly port: number }[];
  /** They run nothing but brokers of the platform's: where the broker is another one, there are none of them. @default false */
  readonly runsBrokers?: boolean;
  /** Port of the nodes that it connects to. */
  readonly nodePort?: number;
  readonly metrics?: {
    readonly port: string;
    readonly portNumber: number;
    readonly metrics: readonly string[];
    readonly labels: readonly string[];
  };
}

/** What a chart is told of the stack. */
interface ChartArgs<Pods extends string = string> {
  /** Where images come from. */
  readonly images: {
    /** Whole repository, on the mirror where there is one. */
    readonly repository: (name: string) => string;
    /** Registry apart, for charts that want it so: the mirror, or this host. */
    readonly registry: (host: string) => string;
    /** The mirror alone. @default none */
    readonly mirror?: string;
    readonly pullPolicy: string;
    readonly pullSecrets: readonly string[];
  };
  readonly replicas: number;
  /** Requests and limits of a set of its pods. */
  readonly resources: (pods: Pods) => ReturnType<typeof requirements> | undefined;
  readonly priorityClassName: string;
  /** The kubelets' certificates are of the cluster's CA. */
  readonly signedKubelets: boolean;
  /** @default the platform's own broker, or none */
  readonly brokerElsewhere?: BrokerElsewhere | undefined;
}

/** An operator, with the names of its pods for those who connect to them. */
export function operator<const Pods extends string>(it: Operator<Pods>): Operator<Pods> {
  return it;
}

/** The label by which most charts select their pods. */
export const byName = (name: string) => ({ "app.kubernetes.io/name": name });

/** References to pull secrets, as a pod has them. */
export const references = (names: readonly string[]) => names.map((name) => ({ name }));
