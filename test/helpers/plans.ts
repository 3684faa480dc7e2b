import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Plan } from "../../review/plan/plan";

/** Folder for what the files of one run share, see shared-folder.js; each file plans for itself where there is none. */
const SHARED = process.env.MES_TEST_SHARED;

/** The plan of a stack of the project. The first file of a run that asks for it makes it: to plan takes a second, to read it none. */
export async function planned(stack: string): Promise<Plan> {
  const file = SHARED === undefined ? undefined : path.join(SHARED, `${stack}.json`);
  if (file !== undefined && fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, "utf8")) as Plan;
  // Loaded only now: what reads a plan needs neither the SDK nor the components.
  const { planStack } = await import("../../review/plan/stack");
  const projectDirectory = path.join(__dirname, "..", "..");
  const plan = await planStack({ stack, file: path.join(projectDirectory, `Pulumi.${stack}.yaml`), projectDirectory });
  if (file !== undefined) {
    // Another file may be writing it too, or reading.
    const own = `${file}.${randomUUID()}`;
    fs.writeFileSync(own, JSON.stringify(plan));
    fs.renameSync(own, file);
  }
  return plan;
}
