import { COLOURS, NO_COLOURS, paletteFor } from "../../../review/report/palette";
import { cut, fitNames, wrap } from "../../../review/report/columns";
import { layoutFor, widthFor } from "../../../review/report/layout";
import { textReport } from "../../../review/report/text";
import { findingsOf } from "../../../review/rules";
import { deployment, namespace, object, planOf, resource } from "../fixtures";

const COMPONENT = "urn:pulumi:test::mes::mes:mes:Mes::mes";
const within = { parent: COMPONENT };

const plan = planOf(
  [
    resource({ type: "mes:mes:Mes", name: "mes", custom: false, urn: COMPONENT }),
    { ...namespace("mes"), ...within },
    { ...deployment("order-intake", { pod: { terminationGracePeriodSeconds: 60 } }), ...within },
    object(
      "keda.sh/v1alpha1",
      "ScaledObject",
      "order-intake",
      {
        spec: {
          scaleTargetRef: { name: "order-intake" },
          minReplicaCount: 3,
          maxReplicaCount: 12,
          triggers: [{ type: "rabbitmq" }, { type: "cpu" }],
        },
      },
      within,
    ),
    object(
      "postgresql.cnpg.io/v1",
      "Cluster",
      "db",
      {
        spec: {
          instances: 3,
          resources: { requests: { cpu: "4", memory: "16Gi" } },
          storage: { size: "100Gi" },
          walStorage: { size: "20Gi" },
        },
      },
      { ...within, protect: true, retainOnDelete: true },
    ),
    object("rabbitmq.com/v1beta1", "Queue", "orders", { spec: {} }, within),
    object("v1", "Service", "order-intake", { spec: {} }, within),
    object("v1", "ServiceAccount", "order-intake", {}, within),
    object("v1", "ServiceAccount", "db", {}, within),
  ],
  { nodePools: [{ name: "general", count: 6, cpu: 16, memory: 64 * 2 ** 30, gpus: 0 }] },
  { namespaces: { apps: "mes" } },
);

describe("the report for people", () => {
  const text = textReport(plan, [], { palette: NO_COLOURS });
  const lineOf = (start: string) => text.split("\n").find((line) => line.trim().startsWith(start));

  it("shows what runs, how it scales and on what, and what each pod takes", () => {
    expect(lineOf("order-intake")).toMatch(/^ {2}order-intake +Deployment +⇅ rabbitmq, cpu +3–12 +500m +512Mi$/);
  });

  it("marks what is protected, and shows where data is", () => {
    expect(lineOf("db")).toMatch(/^ {2}db +Cluster +protected +3 +4 +16Gi +100Gi\+20Gi$/);
  });

  it("names what matters and counts what every part has", () => {
    expect(lineOf("Queue")).toMatch(/Queue +orders/);
    expect(lineOf("also")).toBe("  also ScaledObject, Service, 2 ServiceAccount");
  });

  it("adds up requests and volumes, at the fewest and at the most pods, against the nodes", () => {
    expect(lineOf("at minimum")).toMatch(/^ {2}at minimum +6 +13\.5 +49\.5Gi +360Gi in 6$/);
    expect(lineOf("at full scale")).toMatch(/^ {2}at full scale +15 +18 +54Gi +360Gi in 6$/);
    expect(lineOf("6 nodes")).toMatch(/96 +384Gi/);
    expect(lineOf("4 nodes, a zone lost")).toMatch(/lost +64 +256Gi/);
  });

  it("shows each finding with its place and what to do, and counts them in the last line", () => {
    const findings = findingsOf(plan);
    const withFindings = textReport(plan, findings, { palette: NO_COLOURS });
    expect(withFindings).toContain("error queues-keep-orders: Every queue is replicated");
    expect(withFindings).toContain(
      "  Queue mes/orders spec.type  components/test/test.ts:7\n    is a classic queue, on one node only; use",
    );
    expect(withFindings).toMatch(/\ntest: 8 resources, ✖ \d+ errors, \d+ warnings\n$/);
    expect(text).toMatch(/\ntest: 8 resources, ✔ no errors\n$/);
  });

  it("says how many findings of a rule it leaves out", () => {
    const queues = Array.from({ length: 20 }, (_, i) => object("rabbitmq.com/v1beta1", "Queue", `q${i}`, { spec: {} }, within));
    const many = planOf([...plan.resources.slice(1), ...queues]);
    expect(textReport(many, findingsOf(many), { palette: NO_COLOURS })).toMatch(
      /and \d+ more of this rule \(--format json shows all\)/,
    );
  });

  it("is the same text with colours", () => {
    const painted = textReport(plan, findingsOf(plan), { palette: COLOURS });
    expect(painted).toContain("\u001b[");
    expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(textReport(plan, findingsOf(plan), { palette: NO_COLOURS }));
  });
});

describe("the width of the report", () => {
  const findings = findingsOf(plan);
  const command = "kubectl -n mes-observability port-forward service/prometheus-of-the-whole-platform 9090";
  const withCommands: typeof plan = {
    ...plan,
    outputs: { pages: { prometheus: command, grafana: "https://grafana.example.com" } },
  };

  it.each([60, 79, 80, 91, 92, 100, 140, 200])("is kept to in every line, but for what is there to be copied: %i", (width) => {
    // Nor is the path of a field broken.
    const lines = textReport(withCommands, findings, { palette: NO_COLOURS, width }).split("\n");
    expect(lines.filter((text) => text.length > width && text.trim() !== command && text.trim().split(" ").length > 3)).toEqual(
      [],
    );
    expect(lines[0]).toHaveLength(width);
  });

  it.each([60, 100, 200])("hides nothing of what runs: %i", (width) => {
    const report = textReport(withCommands, findings, { palette: NO_COLOURS, width });
    for (const part of ["Deployment", "⇅ rabbitmq, cpu", "3–12", "500m", "100Gi+20Gi", "protected"])
      expect(report).toContain(part);
    expect(report).toContain(command);
  });

  it("has bounds: narrower is not read, wider not followed by the eye", () => {
    expect(layoutFor(20)).toEqual(layoutFor(60));
    expect(layoutFor(1000)).toEqual(layoutFor(200));
  });

  it.each([
    [{ isTTY: true, columns: 132 }, {}, 132],
    [{ isTTY: true }, {}, 100],
    [{ isTTY: true, columns: 0 }, {}, 100],
    [{ isTTY: false, columns: 132 }, {}, 100],
    [{}, { COLUMNS: "80" }, 80],
    [{ isTTY: true, columns: 132 }, { COLUMNS: "80" }, 80],
    [{}, { COLUMNS: "wide" }, 100],
  ])("of %j with %j", (stream, env, width) => {
    expect(widthFor(stream, env)).toBe(width);
  });
});

describe("colours", () => {
  it.each([
    [true, {}, COLOURS],
    [true, { NO_COLOR: "1" }, NO_COLOURS],
    [true, { TERM: "dumb" }, NO_COLOURS],
    [false, {}, NO_COLOURS],
    [false, { FORCE_COLOR: "1" }, COLOURS],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, NO_COLOURS],
    [true, { FORCE_COLOR: "0" }, NO_COLOURS],
  ])("terminal %s with %j", (isTTY, env, palette) => {
    expect(paletteFor({ isTTY }, env)).toBe(palette);
  });
});

describe("columns", () => {
  it("cut, wrap and fit", () => {
    expect(cut("postgres", 5)).toBe("post…");
    expect(wrap("aa bb cc dd", 5)).toEqual(["aa bb", "cc dd"]);
    expect(wrap("a-very-long-word b", 5)).toEqual(["a-very-long-word", "b"]);
    expect(wrap("use `pulumi config set x` here", 10)).toEqual(["use", "`pulumi config set x`", "here"]);
    expect(fitNames(["one", "two", "three"], 30)).toBe("one, two, three");
    expect(fitNames(["one", "two", "three"], 16)).toBe("one and 2 more");
  });
});
