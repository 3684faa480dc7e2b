import { schemaTable } from "../../review/kubernetes/schemas/table";
import { deriveSchemas } from "./derive";
import { sources } from "./sources";

/** Downloads what is missing of the modules. */
const SLOW = 10 * 60_000;

test(
  "the table of schemas is what Kubernetes and the operators serve at the versions of tools/go",
  async () => {
    expect(schemaTable()).toEqual(deriveSchemas(await sources()));
  },
  SLOW,
);
