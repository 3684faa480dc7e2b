import { inspect } from "node:util";
import { keepOwnFrames } from "../../stacks/own-frames";

/** What source maps make of the SDK's frames: Node 20 would colour the second for ever. */
const STACK = [
  "Error: no such zone",
  "see Pulumi.dev.yaml",
  "    at program (/project/stacks/index.ts:18:13)",
  "    at Stack.initialize (/project/node_modules/@pulumi/runtime/stack.ts:78:28)",
  "    at Stack.initializeAndRegisterOutputs (/project/node_modules/@pulumi/resource.ts:1598:22)",
  "    at async Promise.all (index 0)",
].join("\n");

it("keeps the message and the frames of the project, so that an error can be shown in colours", () => {
  const error = Object.assign(new Error("no such zone"), { stack: STACK });
  keepOwnFrames(error);
  expect(error.stack).toBe(
    [
      "Error: no such zone",
      "see Pulumi.dev.yaml",
      "    at program (/project/stacks/index.ts:18:13)",
      "    at async Promise.all (index 0)",
    ].join("\n"),
  );
  expect(inspect(error, { colors: true })).toContain("/project/stacks/index.ts:18:13");
});

it("leaves alone what is no error", () => {
  const thrown = { stack: STACK };
  keepOwnFrames(thrown);
  keepOwnFrames(undefined);
  expect(thrown).toEqual({ stack: STACK });
});
