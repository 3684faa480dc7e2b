import type { Facts } from "../../../review/plan/plan";
import { metricsExported } from "../../../review/rules/metrics-exported";
import { object, planOf } from "../fixtures";

const EXPORTERS: Facts["exporters"] = [
  { job: "broker", metrics: ["rabbitmq_queue_messages", "rabbitmq_confirm_seconds"], labels: ["job", "pod", "queue"] },
  { job: "cache", metrics: ["redis_*"], labels: ["job", "pod"] },
  { job: "other", metrics: ["other_total"] },
];

const rule = (fields: object) =>
  object("monitoring.coreos.com/v1", "PrometheusRule", "rules", { spec: { groups: [{ name: "g", rules: [fields] }] } });
const monitors = ["broker", "cache", "other"].map((job) => object("monitoring.coreos.com/v1", "PodMonitor", job));

/** What the rule says of an alert, beside a recording and monitors of three jobs. */
function said(expr: string, more: object = {}, jobs = monitors): string[] {
  const recording = { record: "queue:messages:sum", expr: "sum by (queue) (rabbitmq_queue_messages)" };
  const recordings = object("monitoring.coreos.com/v1", "PrometheusRule", "recordings", {
    spec: { groups: [{ rules: [recording] }] },
  });
  const plan = planOf([...jobs, rule({ alert: "A", expr, ...more }), ...(jobs === monitors ? [recordings] : [])], {
    exporters: EXPORTERS,
  });
  return metricsExported.check(plan).map(({ message }) => message);
}

describe("an expression of a rule", () => {
  it.each([
    ["reads what a job exports", 'rabbitmq_queue_messages{job="broker",queue="a"} > 1'],
    ["reads a name with a declared prefix", "redis_up == 0"],
    [
      "reads a series of a declared histogram",
      "histogram_quantile(0.9, sum by (le) (rate(rabbitmq_confirm_seconds_bucket[5m])))",
    ],
    ["reads a recording by the labels that it has", 'queue:messages:sum{queue="a"}'],
    ["reads what Prometheus makes of every target", 'up{job="cache",pod=~".+"} == 0 or ALERTS{anything="x"}'],
    ["reads any label where they are not known", 'sum by (whatever) (other_total{more="x"})'],
    ["makes a label", 'sum by (service) (label_replace(redis_up, "service", "$1", "pod", "(.+)-.*"))'],
    ["matches by labels of both sides", "rabbitmq_queue_messages / on (queue) group_left () queue:messages:sum"],
    ["has a label from the other side", "sum by (queue) (redis_up * on (pod) group_left (queue) rabbitmq_queue_messages)"],
    ["matches nothing on purpose", 'sum(redis_up) or vector(0) unless on () absent(up{job="broker"})'],
  ])("is fine that %s", (_, expr) => {
    expect(said(expr)).toEqual([]);
  });

  it.each([
    [
      "a metric that is misspelt",
      "rabbitmq_queue_mesages > 1",
      "alert A: nothing exports rabbitmq_queue_mesages; did you mean rabbitmq_queue_messages?",
    ],
    [
      "a metric of another job",
      'redis_up{job="broker"}',
      'alert A: job="broker" means no job that exports redis_up; it is of cache',
    ],
    [
      "a job that is not there",
      'up{job="database"} == 0',
      'alert A: job="database" means no job that exports up; it is of broker, cache and other',
    ],
    [
      "a label that is not there",
      'rabbitmq_queue_messages{quee="a"}',
      "alert A: rabbitmq_queue_messages has no label quee; did you mean queue?",
    ],
    [
      "a label that an aggregation took away",
      "sum by (pod) (sum by (queue) (rabbitmq_queue_messages))",
      "alert A: what sum by (pod) is of has no label pod",
    ],
    ["a label that a recording has not", 'queue:messages:sum{pod="a"}', "alert A: queue:messages:sum has no label pod"],
    [
      "a recording that was renamed",
      "queue:mesages:sum > 1",
      "alert A: nothing exports queue:mesages:sum; did you mean queue:messages:sum?",
    ],
    [
      "sides by a label that one has not",
      "redis_up and on (queue) queue:messages:sum",
      "alert A: the left side of and on (queue) has no label queue",
    ],
    [
      "quantiles without buckets",
      "histogram_quantile(0.9, sum(rate(rabbitmq_confirm_seconds_bucket[5m])))",
      "alert A: the argument of histogram_quantile has no label le",
    ],
    ["no PromQL", "sum(", "alert A: not PromQL, at character 5: sum("],
  ])("is wrong that reads %s", (_, expr, message) => {
    expect(said(expr)).toEqual([message]);
  });

  it("is wrong once its exporter is read no more", () => {
    expect(said("redis_up == 0", {}, monitors.slice(0, 1))).toEqual(["alert A: nothing exports redis_up"]);
  });

  it("has the labels that the texts of its alert name", () => {
    const annotations = { summary: "{{ $labels.queue }} of {{ $labels.area }} in {{ $labels.pod }}" };
    expect(said("sum by (queue) (rabbitmq_queue_messages)", { labels: { area: "x" }, annotations })).toEqual([
      "alert A: the result has no label pod",
    ]);
  });
});
