import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Document } from "yaml";
import { formerOf } from "../../review/plan/former";
import type { Plan } from "../../review/plan/plan";
import { planStack } from "../../review/plan/stack";
import { jsonReport } from "../../review/report/json";
import { findingsOf } from "../../review/rules";
import type { Finding } from "../../review/rules/rule";
import { ConfigError, formatIssue } from "../../stacks/config/issues";
import { stackFilePath } from "../../stacks/config/load";
import { planOfChanged } from "../helpers/changed-stack";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { EditedFile } from "./edited-file";
import { EditedPlan } from "./edited-plan";
import type { Cause, Change, Generator, Harmful, Harmless, StackName, World } from "./mutation";
import { Random } from "./random";

/** What came of a change. */
export interface Outcome<T> {
  readonly mutation: T;
  /** Refused before anything was planned. */
  readonly refused: boolean;
  /** What the unchanged plan does not have, or what the configuration is refused for. */
  readonly found: readonly Found[];
  /** A rule (or the program) failed over the change: nobody learns what is wrong. */
  readonly crash?: string;
}

interface Found {
  readonly severity: "error" | "warning";
  /** Rule, thing, path and message in one line. */
  readonly text: string;
}

interface Base {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}

interface Lab {
  readonly world: World;
  readonly bases: Readonly<Record<StackName, { readonly alone: Base; readonly deployed: Base }>>;
}

/** Plans both stacks as they are: what all changes are held against. */
export async function lab(seed: number): Promise<Lab> {
  const [dev, prod] = [await base("dev"), await base("prod")];
  return { world: { plans: { dev: dev.alone.plan, prod: prod.alone.plan }, random: new Random(seed) }, bases: { dev, prod } };
}

async function base(stack: StackName): Promise<Lab["bases"][StackName]> {
  const file = stackFilePath(PROJECT_DIRECTORY, stack);
  const plan = await planStack({ stack, file, projectDirectory: PROJECT_DIRECTORY });
  const deployed = { ...plan, before: deployedOf(plan) };
  return {
    alone: { plan, findings: findingsOf(plan) },
    deployed: { plan: deployed, findings: findingsOf(deployed) },
  };
}

/** What `--state` would read of a stack that was deployed as it is. */
function deployedOf(plan: Plan): NonNullable<Plan["before"]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-deployed-"));
  try {
    const file = path.join(folder, "plan.json");
    fs.writeFileSync(file, JSON.stringify(jsonReport(plan, [])));
    return formerOf(file, plan.stack);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** All that the generators make, each id once. */
export function generated<T extends { readonly id: string }>(world: World, generators: readonly Generator<T>[]): T[] {
  const all = generators.flatMap((generator) => generator(world));
  const ids = all.map(({ id }) => id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) throw new Error(`several changes have the id ${[...new Set(twice)].join(", ")}`);
  return all;
}

/** Makes a change and looks what the rules say of it. @throws WrongChange when the change changes nothing */
export async function tried<T extends Harmful | Harmless>({ bases }: Lab, mutation: T): Promise<Outcome<T>> {
  const { stack, change, deployed = false } = mutation;
  const { plan, findings } = bases[stack][deployed ? "deployed" : "alone"];
  let changed: Plan;
  try {
    changed = await planOf(stack, plan, change);
  } catch (error) {
    if (error instanceof ConfigError) {
      const found = error.issues.map((issue) => ({ severity: "error" as const, text: formatIssue(issue) }));
      return { mutation, refused: true, found };
    }
    if (error instanceof WrongChange) throw new WrongChange(`${mutation.id}: ${error.message}`);
    return { mutation, refused: false, found: [], crash: (error as Error).message };
  }
  if (isDeepStrictEqual([changed.resources, changed.facts], [plan.resources, plan.facts])) {
    throw new WrongChange(`${mutation.id}: changes nothing in the plan`);
  }
  try {
    const found = newFindings(findings, findingsOf({ ...changed, ...(plan.before && { before: plan.before }) }), changed);
    return { mutation, refused: false, found };
  } catch (error) {
    return { mutation, refused: false, found: [], crash: (error as Error).message };
  }
}

/** The change itself is wrong: its place is not there, or it changes nothing. */
export class WrongChange extends Error {}

async function planOf(stack: StackName, plan: Plan, change: Change): Promise<Plan> {
  if ("file" in change) {
    return planOfChanged(stack, (document: Document) => {
      const before = document.toString();
      made(() => change.file(new EditedFile(document)));
      if (document.toString() === before) throw new WrongChange("changes nothing in the stack file");
    });
  }
  const edited = new EditedPlan(plan);
  made(() => change.plan(edited));
  return edited.plan;
}

function made(change: () => void): void {
  try {
    change();
  } catch (error) {
    throw new WrongChange((error as Error).message);
  }
}

/** Rules whose one warning lists what the whole stack has: a change of anything changes its text. */
const INVENTORIES = ["images-pinned", "no-placeholders"];

/** Findings that are there only since the change. Numbers are not looked at: lines of the stack file move. */
function newFindings(before: readonly Finding[], after: readonly Finding[], { resources }: Plan): Found[] {
  const known = new Set(before.map(textOf).map(withoutNumbers));
  const isInventory = ({ rule, severity }: Finding) => severity === "warning" && INVENTORIES.includes(rule);
  const objects = new Map(resources.map(({ urn, inputs }) => [urn, objectOf(inputs)]));
  return after
    .filter((finding) => !isInventory(finding) && !known.has(withoutNumbers(textOf(finding))))
    .map((finding) => ({ severity: finding.severity, text: `${textOf(finding)}${objects.get(finding.urn) ?? ""}` }));
}

/** The object that a resource declares, whose name is often another one than the resource's. */
function objectOf({ metadata }: { readonly metadata?: { readonly name?: string; readonly namespace?: string } }): string {
  return metadata?.name === undefined
    ? ""
    : ` [${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}]`;
}

function textOf({ rule, urn, path: at, message }: Finding): string {
  const [, , types = "", ...name] = urn.split("::");
  return [rule, types.split(":").at(-1), name.join("::"), at, message].filter((part) => part !== "").join(" ");
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "#");
}

export function isCaught({ found, crash }: Outcome<Harmful>): boolean {
  return crash === undefined && found.length > 0;
}

export function hasRightCause({ found, mutation: { cause } }: Outcome<Harmful>): boolean {
  return found.some(({ text }) => tells(cause, text));
}

function tells({ names, says }: Cause, text: string): boolean {
  return names.test(text) && (says === undefined || says.test(text));
}

/** Whether a harmless change is called an error. */
export function isBlamed({ found, crash }: Outcome<Harmless>): boolean {
  return crash !== undefined || found.some(({ severity }) => severity === "error");
}
