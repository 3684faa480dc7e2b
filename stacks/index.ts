import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkCluster } from "./cluster/check";
import { ClusterError } from "./cluster/error";
import { ConfigError, formatIssue } from "./config/issues";
import { engineIssue, loadEngineConfig, stackFilePath } from "./config/load";
import { platform } from "./platform";

/** The program that `pulumi preview` and `pulumi up` run. */
export = async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const file = stackFilePath(path.join(__dirname, ".."), stack);
  const values = pulumi.runtime.allConfig();
  try {
    const config = loadEngineConfig(values, secretKeys(values), file);
    await checkCluster({ stack, ...config });
    return platform(stack, config);
  } catch (error) {
    // A mistake of the user is shown as it is, without a stack trace.
    if (error instanceof ConfigError)
      throw new pulumi.RunError(`the configuration of stack ${stack} is not valid:\n${error.message}`);
    if (error instanceof ClusterError)
      throw new pulumi.RunError(formatIssue(engineIssue(values, file, ["cluster", error.key], error.message)));
    throw error;
  }
};

/** Keys of the configuration that hold a secret. The language host names them in the environment; without it, any might. */
function secretKeys(values: Readonly<Record<string, string>>): string[] {
  const named = process.env.PULUMI_CONFIG_SECRET_KEYS ?? "";
  return named === "" ? Object.keys(values) : (JSON.parse(named) as string[]);
}
