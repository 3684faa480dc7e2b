import { bytes, parseBytes, type Resources, resources, rule } from "../schema";

/** Requests and limits of a pod of an operator. Most of the time it needs little, and more while it starts or has much to look at. */
export interface OperatorResources extends Resources {
  /** @default the request */
  readonly memoryLimit?: string;
}

export const operatorResources = resources
  .safeExtend({
    memory: bytes.describe("memory request of one pod"),
    memoryLimit: bytes.optional().describe("memory limit of one pod; default: the request"),
  })
  .check(
    rule(({ memory, memoryLimit }, context) => {
      if (memoryLimit !== undefined && parseBytes(memoryLimit) < parseBytes(memory))
        context.addIssue({ code: "custom", path: ["memoryLimit"], message: `is below the request (${memory})` });
    }),
  );
