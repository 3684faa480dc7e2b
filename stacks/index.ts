import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./config/issues";
import { loadEngineConfig, stackFilePath } from "./config/load";
import { platform } from "./platform";

/** The program that `pulumi preview` and `pulumi up` run. */
export = function program(): Record<string, unknown> {
  const stack = pulumi.getStack();
  const file = stackFilePath(path.join(__dirname, ".."), stack);
  try {
    const config = loadEngineConfig(pulumi.runtime.allConfig(), configSecretKeys(), file);
    return platform(stack, config);
  } catch (error) {
    // A mistake of the user is shown as it is, without a stack trace.
    if (error instanceof ConfigError)
      throw new pulumi.RunError(`the configuration of stack ${stack} is not valid:\n${error.message}`);
    throw error;
  }
};

/** Keys of the configuration that hold a secret; the engine names them in the environment only. */
function configSecretKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
}
