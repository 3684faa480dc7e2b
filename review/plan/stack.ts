import type { Published } from "../../components/monitoring/monitoring";
import { readStackFile } from "../../stacks/config/load";
import { factsOf, runbookNames } from "./facts";
import type { Plan } from "./plan";

/** Name of the Pulumi project, as in Pulumi.yaml: the second part of every URN. */
const PROJECT = "mes";

export interface PlanArgs {
  readonly stack: string;
  /** The stack file, wherever it is. */
  readonly file: string;
  /** Its content, where that is not what the file has. */
  readonly text?: string;
  /** Folder of the program. */
  readonly projectDirectory: string;
}

/**
 * The plan of a stack: its file, validated, handed to the program that Pulumi runs.
 * @throws ConfigError for a stack file that is not valid
 */
export async function planStack({ stack, file, text, projectDirectory }: PlanArgs): Promise<Plan> {
  const { config, placeholders, ...settings } = readStackFile(file, text);
  // Loaded only now: a bad stack file is refused before the SDK costs its second.
  const [{ record }, { platform }] = await Promise.all([import("./record"), import("../../stacks/platform")]);
  let published: Published | undefined;
  const program = () => platform(stack, config, (said) => (published = said));
  const plan = await record(program, { project: PROJECT, stack, projectDirectory });
  const { suppressions } = config;
  const today = new Date().toISOString().slice(0, 10);
  const ofFile = { placeholders, settings, suppressions, today };
  return { ...plan, facts: { ...factsOf(config, runbookNames(projectDirectory)), ...published, ...ofFile } };
}
