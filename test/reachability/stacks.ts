import { readFileSync } from "node:fs";
import { stackFilePath, stackNames } from "../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { readExample } from "../stacks/fixtures";
import { stackNetwork, type StackNetwork } from "./stack";

/** The stacks that are looked at: those of the project, and one that is cut differently. */
export const STACKS = [...stackNames(PROJECT_DIRECTORY), "odd"];

export function networkOf(stack: string): Promise<StackNetwork> {
  const text = stack === "odd" ? readExample(__dirname, stack) : readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8");
  return stackNetwork(stack, text);
}
