import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readStackFile, stackFilePath } from "../../stacks/config/load";
import { platform } from "../../stacks/platform";
import { namespaceNames, type Namespaces } from "../../components/foundation/namespaces";
import { realCluster, type RealCluster } from "../cluster/real/cluster";
import { toolPath } from "../cluster/tools";
import { KubernetesTestProvider } from "../engine/kubernetes-provider/provider";
import { realEngine, type RealEngine, type Step } from "../engine/engine";
import { PROJECT_DIRECTORY } from "../helpers/record";
import type { WholeConfig } from "../helpers/whole";
import { installOperator } from "./operators";
import { parkPodsOf } from "./parked";
import { explained } from "./problems";
import { dataPlaneOf, STACK_IMAGES } from "./stack";

const run = promisify(execFile);
const STACK = "dev";

/** Longest that the engine waits for one object to work, in seconds. */
const PATIENCE = 420;

/** The stack of the tests on a real cluster. */
export interface DataPlane {
  readonly cluster: RealCluster;
  readonly engine: RealEngine;
  readonly provider: KubernetesTestProvider;
  readonly namespaces: Namespaces;
  /** As it was applied last. */
  readonly config: WholeConfig;
  /** Applies the stack, changed or as it is. @throws Error that says what does not work in the cluster */
  up(change?: (config: WholeConfig) => WholeConfig): Promise<Step[]>;
  /** Runs what somebody would type, with kubectl of this cluster; a filter that finds nothing is no failure. */
  shell(command: string): Promise<string>;
  stop(): Promise<void>;
}

/** A real cluster with nothing of the stack on it yet. */
export async function emptyDataPlane(): Promise<DataPlane> {
  const cluster = await realCluster({ nodes: 3, images: STACK_IMAGES, crds: true });
  let config = dataPlaneOf(readStackFile(stackFilePath(PROJECT_DIRECTORY, STACK)).config);
  const provider = new KubernetesTestProvider({
    contexts: { [config.cluster.context]: cluster.api },
    patience: PATIENCE,
    onRelease: installOperator,
  });
  const engine = await realEngine(STACK, provider);
  const namespaces = namespaceNames(config.namespaces.prefix);
  return {
    cluster,
    engine,
    provider,
    namespaces,
    get config() {
      return config;
    },
    up: (change = (same) => same) => {
      config = change(config);
      return explained(cluster, () =>
        engine.up(() => {
          // Grafana's image and those of the exporters are not to be had.
          parkPodsOf(namespaces.observability);
          return platform(STACK, config);
        }),
      );
    },
    shell: async (command) => {
      const kubectl = `kubectl() { ${toolPath("kubectl")} --kubeconfig ${cluster.kubeconfig} "$@"; }`;
      const grep = 'grep() { command grep "$@" || [ $? = 1 ]; }';
      const { stdout } = await run("bash", ["-euc", [kubectl, grep, command].join("\n")], { timeout: 120_000 });
      return stdout;
    },
    stop: async () => {
      engine.stop();
      await cluster.stop();
    },
  };
}
