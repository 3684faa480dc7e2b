import * as pulumi from "@pulumi/pulumi";
import { declare } from "./pulumi-program";

/** The SDK's own mocks, as its documentation uses them for unit tests. */
const resources = Number(process.argv[2]);
let made = 0;

async function main(): Promise<void> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      made += 1;
      return { id: `${name}-id`, state: inputs as object };
    },
    call: ({ inputs }) => inputs as object,
  });
  await pulumi.runtime.runInPulumiStack(() => Promise.resolve(declare(resources)));
  await pulumi.runtime.disconnect();
  if (made < resources) throw new Error(`only ${made} resources were made`);
}
void main();
