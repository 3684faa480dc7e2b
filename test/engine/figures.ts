import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIRECTORY } from "../helpers/record";

/** Where notes lie, a file each. */
export const NOTES = path.join(PROJECT_DIRECTORY, "out", "proof");

/** Does something, and notes how long it took: docs/proof.md is made of such notes. */
export async function figure<T>(subject: string, what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const result = await work();
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  note(subject, what, { seconds, ...(Array.isArray(result) ? { steps: result.length } : {}) });
  process.stderr.write(`  ${subject}: ${what}: ${seconds} s\n`);
  return result;
}

const { MES_KUBERNETES } = process.env;

/** Notes a figure that a test has found. */
export function note(of: string, what: string, figures: Readonly<Record<string, number | string>>): void {
  const subject = MES_KUBERNETES === undefined ? of : `${of} (${MES_KUBERNETES} Kubernetes)`;
  mkdirSync(NOTES, { recursive: true });
  const file = `${subject}-${what}`.replaceAll(/\W+/g, "-").toLowerCase();
  writeFileSync(path.join(NOTES, `${file}.json`), JSON.stringify({ subject, what, ...figures }));
}

/** How far a component of a stack was proven: docs/proof.md has the levels. */
export type ProofLevel = "planned" | "applied" | "reconciled" | "run";

/** Notes how far a component was proven, and by which of its resources. */
export function noteComponent(
  subject: string,
  component: string,
  level: ProofLevel,
  resources: readonly { readonly type: string }[],
): void {
  const kinds = new Set(resources.map(({ type }) => type.split(":").at(-1)));
  note(subject, `component ${component}`, { level, objects: resources.length, kinds: [...kinds].sort().join(", ") });
}
