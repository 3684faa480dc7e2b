import { parse } from "yaml";
import type { Connection } from "../../components/network/connection";
import * as network from "../../components/network/policies";
import type { Environment } from "../../components/platform";
import { record } from "../../review/plan/record";
import type { Plan } from "../../review/plan/plan";
import { manifestsOf } from "../../review/report/manifests";
import { readStackFile } from "../../stacks/config/load";
import { platform } from "../../stacks/platform";
import { PROJECT_DIRECTORY } from "../helpers/record";

/** What a stack says of its network. */
export interface StackNetwork extends Pick<network.NetworkPoliciesArgs, "namespaces" | "network"> {
  readonly environment: Environment;
  readonly plan: Plan;
  /** What the parts of the platform declare. */
  readonly connections: readonly Connection[];
  /** Namespaces and policies, as they are applied. */
  readonly manifests: readonly Manifest[];
}

export interface Manifest {
  readonly kind: "Namespace" | "NetworkPolicy" | "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy";
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: object;
}

/** Plans a stack of a file's text. */
export async function stackNetwork(stack: string, text: string): Promise<StackNetwork> {
  const config = readStackFile(`Pulumi.${stack}.yaml`, text).config;
  const { NetworkPolicies } = network;
  let args: network.NetworkPoliciesArgs | undefined;
  const spy = jest.spyOn(network, "NetworkPolicies").mockImplementation((name, given, opts) => {
    args = given;
    return new NetworkPolicies(name, given, opts);
  });
  try {
    const options = { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY };
    const plan = await record(() => platform(stack, config), options);
    const manifests = manifestsOf(plan)
      .manifests.filter(({ file }) => /\/(?:namespace|networkpolicy|cilium(?:clusterwide)?networkpolicy)-[^/]*$/.test(file))
      .map((manifest) => parse(manifest.text) as Manifest);
    if (args === undefined) throw new Error("the platform has no network policies");
    return { ...args, plan, manifests };
  } finally {
    spy.mockRestore();
  }
}
