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
    const values = pulumi.runtime.allConfig();
    const config = loadEngineConfig(values, secretKeys(values), file);
    return platform(stack, config);
  } catch (error) {
    // A mistake of the user is shown as it is, without a stack trace.
    if (error instanceof ConfigError)
      throw new pulumi.RunError(`the configuration of stack ${stack} is not valid:\n${error.message}`);
    throw error;
  }
};

/** Keys of the configuration that hold a secret. The language host names them in the environment; without it, any might. */
function secretKeys(values: Readonly<Record<string, string>>): string[] {
  const named = process.env.PULUMI_CONFIG_SECRET_KEYS ?? "";
  return named === "" ? Object.keys(values) : (JSON.parse(named) as string[]);
}
