import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { ConfigError } from "../../stacks/config/issues";
import { StackFile, Unreadable } from "../../stacks/config/stack-file";
import { readText, shown } from "../../stacks/config/text";
import { problemsOf } from "../../stacks/config/validate";
import { UsageError } from "../errors";

const price = z
  .strictObject({
    price: z.number().min(0).max(1_000_000).describe("price of one unit"),
    source: z.string().min(1).describe("where the price is from: a page, a contract"),
  })
  .optional();

/** What things cost. A price that is left out is not known. */
const pricesSchema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, "expected three letters, as EUR"),
  date: z.iso.date().describe("day on which the prices were looked up"),
  region: z.string().min(1).describe("where they hold"),
  cpuHour: price.describe("one requested core for an hour"),
  memoryGiBHour: price.describe("one requested GiB of memory for an hour"),
  gpuHour: price.describe("one requested GPU for an hour"),
  volumeGiBMonth: price.describe("one GiB of a volume for a month"),
  loadBalancerHour: price.describe("one load balancer for an hour, without what goes through it"),
  bucketGiBMonth: price.describe("one GiB in a bucket for a month"),
});

export type Prices = z.infer<typeof pricesSchema>;

/**
 * List prices of AWS in N. Virginia, without discounts and taxes. CPU and memory are those of pods that need no nodes of one's own (EKS on
 * Fargate), since a plan knows requests and no instance types; GPUs are not to be had so.
 */
export const LIST_PRICES: Prices = {
  currency: "USD",
  date: "2026-06-17",
  region: "AWS us-east-1",
  cpuHour: { price: 0.04048, source: "https://aws.amazon.com/fargate/pricing/" },
  memoryGiBHour: { price: 0.004445, source: "https://aws.amazon.com/fargate/pricing/" },
  volumeGiBMonth: { price: 0.08, source: "https://aws.amazon.com/ebs/pricing/ (gp3)" },
  loadBalancerHour: { price: 0.0225, source: "https://aws.amazon.com/elasticloadbalancing/pricing/ (Network Load Balancer)" },
  bucketGiBMonth: { price: 0.023, source: "https://aws.amazon.com/s3/pricing/ (Standard, first 50 TB)" },
};

/**
 * The prices that a stack file names, else the project's own.
 * @param stackFile the file that names the other one, from its own folder
 * @throws UsageError where the file is not there, ConfigError with all that is wrong in it
 */
export function pricesFor(stackFile: string, named: string | undefined): Prices {
  if (named === undefined) return LIST_PRICES;
  const file = path.resolve(path.dirname(stackFile), named);
  if (!fs.existsSync(file))
    throw new UsageError(`${named}, which mes:forecast.prices names, is not there; its path is from the stack file's folder`);
  return readPrices(file);
}

/**
 * A file of prices, YAML or JSON.
 * @throws ConfigError with all that is wrong in it, with its places
 */
export function readPrices(file: string): Prices {
  const text = readText(file);
  const name = shown(file);
  const parsed = parse(name, text);
  const result = problemsOf(pricesSchema, parsed.value);
  if ("value" in result) return result.value;
  const issues = result.problems.map((problem) => parsed.issue(problem.path, problem.message, problem));
  throw new ConfigError(issues.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
}

function parse(file: string, text: string): StackFile {
  try {
    return StackFile.parse(file, text);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new ConfigError([{ file, key: "", message: "is neither YAML nor JSON; see docs/forecast.md for a file of prices" }]);
  }
}
