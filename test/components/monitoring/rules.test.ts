import { problemsOfRules, prometheusRule, ruleGroup } from "../../../components/monitoring/rules";
import { alert, group } from "./fixture";
import { environment } from "../../helpers/record";

const settings = { owner: "mes" };

describe("a group of rules", () => {
  it("becomes a PrometheusRule that Prometheus selects, with severity, owner and runbook of every alert", () => {
    const rule = prometheusRule(environment(), group("targets", [alert({ for: "5m", labels: { owner: "shop" } })]), {
      ...settings,
      repositoryUrl: "https://git.example.com/mes/blob/main/",
    });
    expect(rule.metadata).toMatchObject({
      name: "targets",
      namespace: "mes-observability",
      labels: { "mes.platform/prometheus": "prometheus" },
    });
    expect(rule.spec?.groups?.[0]?.rules).toEqual([
      {
        alert: "TargetDown",
        expr: "up == 0",
        for: "5m",
        labels: { owner: "shop", severity: "ticket" },
        annotations: {
          summary: "it is down",
          description: "Look at it.",
          runbook_url: "https://git.example.com/mes/blob/main/docs/runbooks/TargetDown.md",
        },
      },
    ]);
  });

  it("names the runbook by its path where the stack does not say where the repository is", () => {
    const { rules } = ruleGroup(group("targets", [alert()]), settings);
    expect(rules[0]).toMatchObject({ labels: { owner: "mes" }, annotations: { runbook_url: "docs/runbooks/TargetDown.md" } });
  });

  it("records before it alerts, so that an alert may use what its group records", () => {
    const recordings = [{ record: "job:up:count", expr: "count by (job) (up)", labels: { unit: "pods" } }];
    const { rules } = ruleGroup(group("targets", [alert()], recordings), settings);
    expect(rules.map((rule) => rule.record ?? rule.alert)).toEqual(["job:up:count", "TargetDown"]);
    expect(rules[0]?.labels).toEqual({ unit: "pods" });
  });

  it("is written on one line, however it stands in the source", () => {
    const { rules } = ruleGroup(group("targets", [alert({ expr: "\n  up\n    == 0\n" })]), settings);
    expect(rules[0]?.expr).toBe("up == 0");
  });
});

describe("rules of all components together", () => {
  it("are fine when each alert has what it needs", () => {
    expect(problemsOfRules([group("a", [alert()]), group("b", [alert({ name: "PodPending" })])])).toEqual([]);
  });

  it.each([
    ["the same alert twice", [group("a", [alert(), alert()])], "two alerts are named TargetDown: one in group a, one in group a"],
    [
      "the same alert in two groups",
      [group("a", [alert()]), group("b", [alert({ severity: "page" })])],
      "two alerts are named TargetDown: one in group a, one in group b",
    ],
    ["two groups of one name", [group("a", []), group("a", [])], "there are two groups of rules named a"],
    [
      "no severity",
      [group("a", [alert({ severity: undefined })])],
      "alert TargetDown (group a) has no severity: expected page or ticket",
    ],
    [
      "another severity",
      [group("a", [alert({ severity: "critical" as never })])],
      "alert TargetDown (group a) has no severity: expected page or ticket",
    ],
    ["no summary", [group("a", [alert({ summary: " " })])], "alert TargetDown (group a) has no summary"],
    ["no description", [group("a", [alert({ description: "" })])], "alert TargetDown (group a) has no description"],
    ["no expression", [group("a", [alert({ expr: " " })])], "alert TargetDown (group a) has no expression"],
    [
      "a name that is no name",
      [group("a", [alert({ name: "target down" })])],
      "alert target down (group a) is not named in CamelCase",
    ],
    [
      "a wait that is no duration",
      [group("a", [alert({ for: "soon" })])],
      "alert TargetDown (group a) waits for soon, which is not a duration",
    ],
    [
      "a recording without a level",
      [group("a", [], [{ record: "errors", expr: "up" }])],
      "recording errors (group a) is not named level:metric:operations",
    ],
    [
      "a recording of nothing",
      [group("a", [], [{ record: "job:up:count", expr: "" }])],
      "recording job:up:count (group a) has no expression",
    ],
  ])("are refused with %s", (_, groups, problem) => {
    expect(problemsOfRules(groups)).toEqual([problem]);
  });

  it("say everything at once", () => {
    expect(problemsOfRules([group("a", [alert({ summary: "", for: "x" })])])).toHaveLength(2);
  });
});
