import { dashboard, row, stat, table, timeseries } from "../../../components/observability/panels";

const query = { expr: "up", legend: "{{job}}" };
const model = (...args: Parameters<typeof dashboard>): any => dashboard(...args).model;

describe("a dashboard", () => {
  it("is found by its uid and cannot be changed in a browser", () => {
    const made = dashboard("mes-x", "X", [row("Row", [timeseries("Up", "short", [query])])], { tags: ["orders"] });
    expect(made).toMatchObject({ uid: "mes-x", title: "X", model: { uid: "mes-x", editable: false, tags: ["mes", "orders"] } });
  });

  it("places panels from left to right and never beyond the grid", () => {
    const wide = (span: number) => timeseries("P", "short", [query], { span });
    const { panels } = model("mes-x", "X", [row("A", [wide(8), wide(8), wide(4), wide(12)]), row("B", [wide(24)])]);
    const places = panels.map(({ gridPos: { x, y, w } }: any) => [x, y, w]);
    expect(places).toEqual([
      [0, 0, 24],
      [0, 1, 8],
      [8, 1, 8],
      [16, 1, 4],
      [0, 9, 12],
      [0, 17, 24],
      [0, 18, 24],
    ]);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it("numbers its panels, so that a link to one stays right", () => {
    const { panels } = model("mes-x", "X", [row("A", [stat("S", "short", [query])])]);
    expect(panels.map(({ id }: any) => id)).toEqual([1, 2]);
  });

  it("refuses a uid that Grafana would cut", () => {
    expect(() => dashboard("x".repeat(41), "X", [])).toThrow("41 characters, at most 40");
  });

  it("asks the provisioned Prometheus in every query", () => {
    const { panels } = model("mes-x", "X", [
      row("A", [timeseries("T", "s", [query]), stat("S", "s", [query]), table("L", "s", [query])]),
    ]);
    const targets = panels.flatMap(({ targets = [] }: any) => targets);
    expect(targets).toHaveLength(3);
    for (const target of targets) expect(target.datasource).toEqual({ type: "prometheus", uid: "prometheus" });
  });

  it("offers the values of a label as a variable", () => {
    const { templating } = model("mes-x", "X", [], {
      variables: [{ name: "role", label: "Role", metric: "up", valuesOf: "job" }],
    });
    expect(templating.list[0]).toMatchObject({ name: "role", query: "label_values(up, job)", multi: true, includeAll: true });
  });
});

describe("a panel", () => {
  const panel = (made: any): any => made.build();

  it("over time starts at zero, unless it says otherwise", () => {
    expect(panel(timeseries("T", "s", [query])).fieldConfig.defaults.min).toBe(0);
    expect(panel(timeseries("T", "s", [query], { min: 5 })).fieldConfig.defaults.min).toBe(5);
  });

  it("shows exemplars where asked to", () => {
    expect(panel(timeseries("T", "s", [query], { exemplars: true })).targets[0].exemplar).toBe(true);
  });

  it("is green below its first limit", () => {
    const { steps } = panel(stat("S", "s", [query], { limits: [{ value: 1, color: "red" }] })).fieldConfig.defaults.thresholds;
    expect(steps).toEqual([
      { value: null, color: "green" },
      { value: 1, color: "red" },
    ]);
  });

  it("is red below the fewest that have to be there, yellow below all of them", () => {
    const { steps } = panel(stat("S", "short", [query], { least: 2, whole: 3 })).fieldConfig.defaults.thresholds;
    expect(steps).toEqual([
      { value: null, color: "red" },
      { value: 2, color: "yellow" },
      { value: 3, color: "green" },
    ]);
  });

  it("that judges nothing has no colour", () => {
    expect(panel(stat("S", "short", [query])).options.colorMode).toBe("none");
  });

  it("as a table joins its queries, names their columns, and begins with the largest", () => {
    const { transformations, options, targets } = panel(
      table("L", "s", [
        { expr: "a", legend: "CPU" },
        { expr: "b", legend: "Memory" },
      ]),
    );
    expect(targets.map(({ instant, format }: any) => [instant, format])).toEqual([
      [true, "table"],
      [true, "table"],
    ]);
    expect(transformations[1].options.renameByName).toEqual({ "Value #A": "CPU", "Value #B": "Memory" });
    expect(options.sortBy).toEqual([{ displayName: "CPU", desc: true }]);
  });
});
