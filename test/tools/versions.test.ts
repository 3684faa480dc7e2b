import * as fs from "node:fs";
import * as path from "node:path";
import { OLDEST_KUBERNETES } from "../../components/foundation/kubernetes";
import { OPERATORS } from "../../components/operators/catalogue/catalogue";
import type { OperatorName } from "../../components/operators/names";
import { moduleVersion, REASONS, toolsTable } from "../../docs/versions";
import { contradictions, mentions } from "./versions";

const NAMES = Object.keys(OPERATORS) as OperatorName[];

describe("the pinned versions", () => {
  it("are the same wherever they stand: charts, images, modules, sources of numbers, pages", () => {
    expect(contradictions()).toEqual([]);
  });

  it.each(NAMES)("%s: a chart whose programs nobody has looked up is named", (operator) => {
    const raised = { ...OPERATORS, [operator]: { ...OPERATORS[operator], version: "99.9.9" } };
    expect(contradictions(raised)).toContainEqual(expect.stringMatching(`^${operator}: chart 99.9.9 may run other versions`));
  });

  const followed = NAMES.flatMap((operator) =>
    Object.keys(OPERATORS[operator].appVersions.programs).map((program) => ({ operator, program })),
  ).filter(({ program }) => !(program in REASONS));
  it.each(followed)("$program: when it is raised, each place that has to follow is named", ({ operator, program }) => {
    const { appVersions } = OPERATORS[operator];
    const raised = { ...appVersions, programs: { ...appVersions.programs, [program]: "99.9.9" } };
    const named = contradictions({ ...OPERATORS, [operator]: { ...OPERATORS[operator], appVersions: raised } });
    expect(named).toContainEqual(expect.stringContaining(`tools/go/${program}/go.mod`));
    const images = toolsTable("images", "catalogue").filter(([image = ""]) => image.startsWith(program));
    for (const [image] of images) expect(named).toContainEqual(expect.stringContaining(`tools/images/catalogue: ${image} `));
  });

  it.each([
    ["cloudnative-pg", "components/postgres/cluster.ts"],
    ["cloudnative-pg", "docs/operations/postgres.md"],
    ["keda", "components/autoscaling/triggers.ts"],
    ["prometheus-operator", "components/monitoring/endpoints.ts"],
    ["prometheus-operator", "prometheusConfigReloader"],
  ])("%s: so are %s, which was written for it", (program, place) => {
    const operator = NAMES.find((name) => program in OPERATORS[name].appVersions.programs) ?? "keda";
    const raised = { ...OPERATORS[operator].appVersions, programs: { [program]: "99.9.9" } };
    const named = contradictions({ ...OPERATORS, [operator]: { ...OPERATORS[operator], appVersions: raised } });
    expect(named).toContainEqual(expect.stringContaining(place));
  });

  it("are read from sources and pages, but for what only came with a version, and what a stack does not install", () => {
    expect(mentions("https://github.com/kedacore/keda/blob/v2.21.0/CHANGELOG.md")).toMatchObject([
      { name: "keda", version: "2.21.0" },
    ]);
    expect(mentions("CloudNativePG 1.30 (https://cloudnative-pg.io/documentation/1.30/failover/)")).toHaveLength(2);
    expect(mentions("served since CloudNativePG 1.26")).toEqual([]);
    expect(mentions("https://github.com/nobody/nothing/blob/v1.2.3/x.go")).toEqual([]);
  });
});

describe("the oldest Kubernetes", () => {
  const minor = (version: string): number => Number(version.split(".")[1]);

  it("is the first that every operator's project supports, and one that the suites run on", () => {
    const needed = NAMES.map((name) => minor(OPERATORS[name].oldestKubernetes));
    expect(Math.max(...needed)).toBe(minor(OLDEST_KUBERNETES));
    expect(minor(moduleVersion("kubernetes") ?? "")).toBe(minor(OLDEST_KUBERNETES));
  });

  it("is what the README says", () => {
    const readme = fs.readFileSync(path.join(__dirname, "..", "..", "README.md"), "utf8");
    expect(readme).toContain(`Kubernetes ${OLDEST_KUBERNETES} or newer`);
  });
});
