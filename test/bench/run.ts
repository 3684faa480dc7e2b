import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { stackNames } from "../../stacks/config/load";
import { spy } from "./imports";
import { medians, REPOSITORY, type Measure, type Run } from "./measure";

/*
 * `npm run bench`: what a plan costs, as ratios of medians measured in one run, each in processes of their own. Absolute figures
 * are another machine's tomorrow; ratios are not.
 */

const REGISTER = ["--require", "./tools/register.js"];
const LEAN = ["--require", "./tools/lean-sdk.js"];
const STRIPPED_EACH_TIME = ["--require", "./tools/compile-cache.js", "--require", "sucrase/register/ts"];
const program = (file: string) => path.join("test", "bench", "programs", file);

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "5" },
      /** Resources at most in the second part. */
      most: { type: "string", default: "10000" },
      only: { type: "string" },
    },
  });
  const runs = Number(values.runs);
  const parts: Readonly<Record<string, () => void>> = {
    cold: () => coldPlans(runs),
    against: () => comparisons(runs),
    shortcuts: () => shortcuts(runs),
    resource: () => furtherResources(Math.min(runs, 3), Number(values.most)),
    start: () => starts(runs),
  };
  for (const [name, part] of Object.entries(parts)) if (values.only === undefined || values.only === name) part();
}

/** A cold `mes plan` of each stack against importing the packages that it needs, and nothing else. */
function coldPlans(times: number): void {
  for (const stack of stackNames(REPOSITORY)) {
    const { packages, resources } = spy(stack);
    heading(
      `a cold plan of ${stack} (${resources} resources), against only importing the ${packages.length} packages that it needs`,
    );
    const imports = packages.map((request) => `require(${JSON.stringify(request)});`).join("");
    const importing: Run = { name: "imports", args: ["-e", imports] };
    const lean: Run = { name: "imports, without what is never used", args: [...LEAN, "-e", imports] };
    const planning: Run = { name: "mes plan", args: ["review/mes.js", "plan", "--stack", stack, "--format", "json"] };
    const measured = medians([importing, lean, planning], times);
    show(measured, importing.name);
    for (const base of [importing, lean]) {
      const { cpu, memory } = slope(measured.get(base.name), measured.get(planning.name), resources);
      console.log(`above "${base.name}": ${(cpu * 1e3).toFixed(2)} ms and ${(memory / 1024).toFixed(0)} KB a resource`);
    }
  }
}

/** A comparison with the commit that is checked out, planned anew and then kept, against a plan: at most twice as much. */
function comparisons(times: number): void {
  heading("a comparison of prod with an unchanged commit, and the page of it, against a plan");
  const plan = ["review/mes.js", "plan", "--stack", "prod"];
  const ways: Run[] = [
    { name: "mes plan", args: [...plan, "--format", "json"] },
    {
      name: "mes plan --against HEAD, planned anew",
      args: [...plan, "--against", "HEAD", "--format", "json"],
      before: forgetPlans,
    },
    { name: "mes plan --against HEAD", args: [...plan, "--against", "HEAD", "--format", "json"] },
    { name: "mes plan --format html", args: [...plan, "--format", "html", "--out", path.join(os.tmpdir(), "mes-bench.html")] },
  ];
  show(medians(ways, times), "mes plan");
}

/** Plans of other commits, which are kept by content. */
function forgetPlans(): void {
  fs.rmSync(path.join(REPOSITORY, "node_modules", ".cache", "plans"), { recursive: true, force: true });
}

/** What a cold plan of prod costs without each of what is done for its speed alone: what saves less than a tenth is not worth its code. */
function shortcuts(times: number): void {
  heading("a cold plan of prod, without each of its shortcuts");
  const plan = ["-e", `require("./review/cli").main(["plan", "--stack", "prod", "--format", "json"])`];
  const bySdk = ["--require", `./${program("by-sdk.js")}`];
  const ways: Run[] = [
    { name: "mes plan", args: [...REGISTER, ...LEAN, ...plan] },
    { name: "the whole SDK (no tools/lean-sdk.js)", args: [...REGISTER, ...plan] },
    { name: "compiled each time", args: ["--require", `./${program("compiled-each-time.js")}`, ...REGISTER, ...LEAN, ...plan] },
    { name: "types stripped each time", args: [...STRIPPED_EACH_TIME, ...LEAN, ...plan] },
    { name: "known resources by the SDK", args: [...REGISTER, ...LEAN, ...bySdk, ...plan] },
  ];
  show(medians(ways, times), "mes plan");
}

/** The cost of a further resource: recorder, the SDK's mocks, cdk8s; and whether it stays the same up to many. */
function furtherResources(times: number, most: number): void {
  const few = 300;
  const some = Math.min(3000, most);
  const contestants: Readonly<Record<string, string>> = {
    "mes plan": "plan.ts",
    "mes plan, inputs to be waited for": "waiting.ts",
    "SDK's mocks": "mocks.ts",
    "cdk8s synth": "cdk8s.ts",
  };
  const run = (name: string, resources: number): Run => ({
    name: `${name} ${resources}`,
    args: [...REGISTER, ...(name.startsWith("mes plan") ? LEAN : []), program(contestants[name] ?? ""), String(resources)],
  });
  const names = Object.keys(contestants);
  heading(`a further resource (Deployment, HorizontalPodAutoscaler, Service), from ${few} to ${some}`);
  const measured = medians(
    names.flatMap((name) => [run(name, few), run(name, some)]),
    times,
  );
  const each = (name: string, a: number, b: number, of: Map<string, Measure>) =>
    slope(of.get(`${name} ${a}`), of.get(`${name} ${b}`), b - a);
  const base = each("mes plan", few, some, measured);
  for (const name of names) {
    const { cpu, memory } = each(name, few, some, measured);
    console.log(
      row(
        name,
        `${(cpu * 1e3).toFixed(2)} ms`,
        `${(memory / 1024).toFixed(0)} KB`,
        `${(cpu / base.cpu).toFixed(1)} ×`,
        `${(memory / base.memory).toFixed(1)} ×`,
      ),
    );
  }
  if (most <= some) return;
  heading(`the same from ${some} to ${most}: linear is 1.0 ×`);
  const larger = medians([run("mes plan", some), run("mes plan", most)], 1);
  const far = each("mes plan", some, most, larger);
  console.log(
    row(
      "mes plan",
      `${(far.cpu * 1e3).toFixed(2)} ms`,
      `${(far.memory / 1024).toFixed(0)} KB`,
      `${(far.cpu / base.cpu).toFixed(1)} ×`,
      `${(far.memory / base.memory).toFixed(1)} ×`,
    ),
  );
}

/** The start of the program that Pulumi runs, under each way of running TypeScript that is installed. */
function starts(times: number): void {
  heading("start of the program, by the way of running TypeScript");
  const load = ["-e", 'require("./stacks/config/load"); require("./stacks/platform");'];
  const vendored = fs
    .readdirSync(path.join(REPOSITORY, "node_modules/@pulumi/pulumi/vendor"))
    .find((name) => name.startsWith("ts-node"));
  const tsNode = (options: object) => [
    "-e",
    `require("@pulumi/pulumi/vendor/${vendored ?? ""}").register(${JSON.stringify({ compiler: "typescript", skipProject: false, ...options })}); ${load[1] ?? ""}`,
  ];
  const ways: Run[] = [
    { name: "types stripped, kept (tools/register.js)", args: [...REGISTER, ...load] },
    { name: "the same, with tools/lean-sdk.js", args: [...REGISTER, ...LEAN, ...load] },
    { name: "types stripped each time (sucrase)", args: [...STRIPPED_EACH_TIME, ...load] },
    { name: "ts-node, transpile only", args: tsNode({ transpileOnly: true, cache: false }) },
    { name: "ts-node, type check, from its cache", args: tsNode({ typeCheck: true }) },
  ];
  // After every change of a file, half a minute of CPU: once is enough.
  const checked: Run = { name: "ts-node, type check (Pulumi's default)", args: tsNode({ typeCheck: true, cache: false }) };
  show(new Map([...medians(ways, Math.min(times, 3)), ...medians([checked], 1)]), ways[0]?.name ?? "");
}

function slope(less: Measure | undefined, more: Measure | undefined, resources: number): { cpu: number; memory: number } {
  if (less === undefined || more === undefined) throw new Error("not measured");
  return { cpu: (more.cpu - less.cpu) / resources, memory: (more.memory - less.memory) / resources };
}

function show(measured: ReadonlyMap<string, Measure>, baseName: string): void {
  const base = measured.get(baseName);
  if (base === undefined) throw new Error(`${baseName} was not measured`);
  for (const [name, { wall, cpu, memory }] of measured) {
    const figures = [`${wall.toFixed(2)} s`, `${cpu.toFixed(2)} s CPU`, `${(memory / 2 ** 20).toFixed(0)} MiB`];
    console.log(row(name, ...figures, `${(cpu / base.cpu).toFixed(2)} ×`, `${(memory / base.memory).toFixed(2)} ×`));
  }
}

function heading(text: string): void {
  console.log(`\n${text}`);
}

function row(name: string, ...figures: string[]): string {
  return name.padEnd(40) + figures.map((figure) => figure.padStart(12)).join("");
}

main();
