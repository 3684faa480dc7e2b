import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Certificates } from "../components/certificates/certificates";
import { appliedBy } from "../components/foundation/field-manager";
import { Foundation } from "../components/foundation/foundation";
import { after, type Prerequisites } from "../components/foundation/order";
import { keepsData } from "../components/mes/role/volumes";
import { operatorNamespace } from "../components/operators/endpoints";
import { OPERATOR_NAMES } from "../components/operators/names";
import { Operators } from "../components/operators/operators";
import type { Environment } from "../components/platform";
import type { StackConfig } from "./config/schema";
import { operatorsInUse } from "./operators";

/** What must be there before the parts of the platform can be. */
export interface Groundwork {
  /** Name of the ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  /** Options of a part: its providers, and everything that its objects come after. */
  readonly opts: pulumi.ComponentResourceOptions;
  /** As `opts`, with more that its pods come after. */
  readonly optsAfter: (...pods: readonly pulumi.Resource[]) => pulumi.ComponentResourceOptions;
}

const NONE: ReadonlyMap<string, pulumi.Resource> = new Map();

/** Namespaces, then cert-manager, then the platform's CA, then the other operators: every later part is ordered after them. */
export function groundwork(environment: Environment, config: StackConfig): Groundwork {
  const providers = [clusterProvider(config), new random.Provider("random")];
  const transformations = [appliedBy("pulumi-mes")];
  const inUse = operatorsInUse(config);
  const foundation = new Foundation(
    "foundation",
    { environment, quotas: config.namespaces.quotas, rolesKeepData: keepsData(config.roles), nodeAgents: runsOnNodes(config) },
    { providers, transformations },
  );
  const ordered = ({ apiGroups = NONE, trusted = NONE, pods = [] }: Partial<Prerequisites>) => {
    const admitted = { namespaces: foundation.namespaces, pods: [...foundation.podPrerequisites, ...pods] };
    return { providers, transformations: [...transformations, after({ ...admitted, trusted, apiGroups })] };
  };
  const certManager = new Operators("cert-manager", { environment, config: inUse, names: ["cert-manager"] }, ordered({}));
  const { issuer, trusted } = new Certificates(
    "certificates",
    {
      environment,
      // In the operators' namespace too: the one that declares queues and users verifies the broker, and needs the CA to start.
      trustIn: Object.values(environment.namespaces),
      keysIn: operatorNamespace(environment, "cert-manager"),
    },
    ordered({ apiGroups: certManager.apiGroups }),
  );
  const operators = new Operators(
    "operators",
    { environment, config: inUse, names: OPERATOR_NAMES.filter((operator) => operator !== "cert-manager") },
    ordered({ apiGroups: certManager.apiGroups, trusted }),
  );
  const apiGroups = new Map([...certManager.apiGroups, ...operators.apiGroups]);
  const optsAfter = (...pods: readonly pulumi.Resource[]) => ordered({ apiGroups, trusted, pods });
  return { issuer, opts: optsAfter(), optsAfter };
}

/** Whether anything of the platform reads from the nodes themselves. */
function runsOnNodes({ cluster, tracing, logging, monitoring }: StackConfig): boolean {
  const gpus = Object.values(cluster.nodePools).some((pool) => pool.gpus > 0);
  return tracing.enabled || logging.enabled || monitoring.nodeExporter.enabled || (monitoring.gpuExporter.enabled ?? gpus);
}

function clusterProvider({ cluster }: StackConfig): k8s.Provider {
  return new k8s.Provider("cluster", {
    context: cluster.context,
    // The SDK would write the path in KUBECONFIG into the state, and the plug-in takes a list of files there for a kubeconfig's content and
    // finds no cluster in it. Left empty, the plug-in looks where kubectl looks.
    kubeconfig: "",
    // Whether objects are recreated follows the cluster then, and not how somebody's kubeconfig writes its address.
    clusterIdentifier: cluster.uid,
    enableServerSideApply: true,
    // Secrets are updated in place, and a checksum on the pods rolls them; ConfigMaps are immutable and named by content.
    enableSecretMutable: true,
  });
}
