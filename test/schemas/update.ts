import * as fs from "node:fs";
import { TABLE_FILE } from "../../review/kubernetes/schemas/table";
import { deriveSchemas } from "./derive";
import { sources } from "./sources";

/** `npm run schemas`: derives the table of schemas again, after a version of Kubernetes or of an operator has changed. */
async function main(): Promise<void> {
  fs.writeFileSync(TABLE_FILE, `${JSON.stringify(deriveSchemas(await sources()))}\n`);
}

void main();
