import { planStack } from "../../../review/plan/stack";
import { stackFilePath } from "../../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../../helpers/record";

interface Stat {
  readonly name: string;
  readonly expr: string;
  readonly colorMode: string;
  readonly steps: readonly { readonly value: number | null; readonly color: string }[];
  readonly mappings: readonly any[];
}

/** The stats of all dashboards of a stack, as Grafana reads them. */
async function statsOf(stack: string): Promise<Stat[]> {
  const file = stackFilePath(PROJECT_DIRECTORY, stack);
  const { resources } = await planStack({ stack, file, projectDirectory: PROJECT_DIRECTORY });
  return resources
    .map(({ inputs }) => inputs as any)
    .filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("dashboard-"))
    .flatMap(({ data }) => Object.values<string>(data))
    .flatMap((text) => {
      const { uid, panels } = JSON.parse(text);
      return panels
        .filter(({ type }: any) => type === "stat")
        .map(({ title, targets, options, fieldConfig: { defaults } }: any): Stat => ({
          name: `${uid}: ${title}`,
          expr: targets[0].expr,
          colorMode: options.colorMode,
          steps: defaults.thresholds.steps,
          mappings: defaults.mappings,
        }));
    });
}

/** The colour that Grafana gives a value: that of the last step which it reaches. */
const colour = ({ steps }: Stat, value: number) => steps.filter((step) => value >= (step.value ?? -Infinity)).at(-1)?.color;

/** Counts of what is there and works: nodes, pods, instances, replicas. */
const COUNTS_THE_WELL =
  /^(?:count|max)\((?:up(?:\{[^}]*\} == 1)?|redis_up.*|cnpg_pg_replication_in_recovery\{.*\} == 0|cnpg_pg_replication_streaming_replicas.*|cnpg_mes_synchronous_standbys.*)\)/;

describe.each(["dev", "prod"])("a stat of %s", (stack) => {
  let stats: Stat[];
  beforeAll(async () => {
    stats = await statsOf(stack);
  });

  it("has a colour of its own for no data, which is none of a judgement", () => {
    const judged = stats.filter(({ colorMode }) => colorMode !== "none");
    expect(judged.length).toBeGreaterThan(5);
    for (const { name, mappings, steps } of judged) {
      const none = mappings.find(({ type, options }) => type === "special" && options.match === "null+nan");
      expect([name, none?.options.result.text]).toEqual([name, "no data"]);
      expect(steps.map(({ color }) => color)).not.toContain(none?.options.result.color);
    }
  });

  it("judges what it colours: it is not green whatever the value", () => {
    const green = stats.filter(({ colorMode, steps }) => colorMode !== "none" && steps.every(({ color }) => color === "green"));
    expect(green.map(({ name }) => name)).toEqual([]);
  });

  it("that counts what works answers 0 where nothing does, and is red then", () => {
    const counts = stats.filter(({ expr }) => COUNTS_THE_WELL.test(expr));
    expect(counts.length).toBeGreaterThan(stack === "prod" ? 5 : 2);
    const single = (stat: Stat) => stack === "dev" && stat.name.includes("Replicas") && stat.colorMode === "none";
    for (const stat of counts.filter((each) => !single(each))) {
      expect([stat.name, stat.colorMode, colour(stat, 0)]).toEqual([stat.name, "value", "red"]);
      expect([stat.name, stat.expr.endsWith("or vector(0)")]).toEqual([stat.name, true]);
    }
  });
});
