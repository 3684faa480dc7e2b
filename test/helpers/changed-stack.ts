import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseDocument, type Document } from "yaml";
import type { Plan } from "../../review/plan/plan";
import { planStack } from "../../review/plan/stack";
import { stackFilePath } from "../../stacks/config/load";
import { PROJECT_DIRECTORY } from "./record";

export type StackChange = (file: Document) => void;

/** The plan of a stack whose file was changed; its own file stays as it is. @throws ConfigError when it is not valid then */
export async function planOfChanged(stack: string, change: StackChange): Promise<Plan> {
  const document = parseDocument(fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8"));
  change(document);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-stack-"));
  try {
    const file = path.join(folder, `Pulumi.${stack}.yaml`);
    fs.writeFileSync(file, document.toString());
    return await planStack({ stack, file, projectDirectory: PROJECT_DIRECTORY });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
