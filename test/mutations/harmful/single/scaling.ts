import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan } = harmful("scaling that does nothing");

export const scaling: readonly Harmful[] = [
  plan(
    {
      id: "cpu-in-cores",
      harm: "the target is 75 cores for each pod: CPU adds no pod",
      cause: cause(["order-intake"], /AverageValue|Utilization|metricType|cpu|threshold|reach/i),
    },
    (edited) =>
      (edited.spec("ScaledObject", "order-intake").triggers.find((one: any) => one.type === "cpu").metricType = "AverageValue"),
  ),
  plan(
    {
      id: "relay-at-a-thousand-percent",
      harm: "a pod never uses a thousand times what it requests: CPU adds no pod",
      cause: cause(["outbox-relay"], /utilization|cpu|reach|threshold|100000/i),
    },
    (edited) =>
      (edited.spec("HorizontalPodAutoscaler", "outbox-relay").metrics[0].containerResource.target.averageUtilization = 100000),
  ),
  plan(
    {
      id: "metrics-server-dropped",
      harm: "nobody measures the CPU of pods: CPU adds no pod",
      cause: cause(["metrics-server", "cpu"], /metrics-server|metrics|cpu|measure/i),
    },
    (edited) => edited.drop("Release", "metrics-server"),
  ),
  plan(
    {
      id: "window-of-no-time",
      harm: "the schedule ends when it begins: KEDA refuses it",
      cause: cause(["order-api"], /schedule|start|end|window|same/i),
    },
    (edited) => {
      const cron = edited.spec("ScaledObject", "order-api").triggers.find((one: any) => one.type === "cron");
      cron.metadata.end = cron.metadata.start;
    },
  ),
  plan(
    {
      id: "rate-of-one-scrape",
      harm: "a rate over 10 s has no two scrapes in it: requests add no pod",
      cause: cause(["order-api"], /range|scrape|10s|rate|interval/i),
    },
    (edited) =>
      edited.text(
        edited.spec("ScaledObject", "order-api").triggers.find((one: any) => one.type === "prometheus").metadata,
        "query",
        "[2m]",
        "[10s]",
      ),
  ),
  plan(
    {
      id: "threshold-of-zero",
      harm: "KEDA refuses a threshold of zero: there is no autoscaler",
      cause: cause(["order-intake"], /value|zero|0|threshold/i),
    },
    (edited) =>
      (edited.spec("ScaledObject", "order-intake").triggers.find((one: any) => one.type === "rabbitmq").metadata.value = "0"),
  ),
];
