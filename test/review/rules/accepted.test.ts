import type { Plan } from "../../../review/plan/plan";
import { objectsAccepted } from "../../../review/rules/objects-accepted";
import { deployment, found, line, object, planOf, resource } from "../fixtures";
import { planned } from "../../helpers/plans";
import { changedIn, containersOf, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

/* What the API server refuses, what a controller cannot run, and what is another thing tomorrow: in the real plan, one change at a time. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const container =
  (change: (container: Inputs) => void): Change =>
  (inputs) =>
    change(containersOf(inputs)[0]);
const pod =
  (change: (pod: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec.template.spec);
const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const resources = (side: string, name: string, value: unknown) =>
  container(({ resources: all }) => (all[side] = { ...all[side], [name]: value }));
const version = (text: string | undefined): Change => {
  return (inputs) => (text === undefined ? delete inputs.version : (inputs.version = text));
};

describe("an object", () => {
  const REFUSED: readonly Edit[] = [
    [
      "a request above the limit",
      "Deployment",
      "order-api",
      resources("requests", "memory", "1Gi"),
      /requests 1 GiB of memory with a limit of 512 MiB/,
    ],
    ["of CPU", "Deployment", "order-api", resources("limits", "cpu", "100m"), /requests 0.5 of cpu with a limit of 0.1/],
    [
      "of the database",
      "Cluster",
      "",
      spec((c) => (c.resources.requests.memory = "32Gi")),
      /32 GiB of memory with a limit of 16 GiB/,
    ],
    ["of the broker", "RabbitmqCluster", "", spec((b) => (b.resources.limits.cpu = "1")), /requests 4 of cpu/],
    ["a database without a limit", "Cluster", "", spec((c) => delete c.resources.limits), /limits.memory/],
    ["a quantity that is none", "Deployment", "order-api", resources("requests", "memory", "512MB"), /512MB is no quantity/],
    ["thousandths of a byte", "Deployment", "order-api", resources("limits", "memory", "512m"), /Mi is meant/],
    [
      "a resource that nobody offers",
      "Deployment",
      "order-api",
      resources("limits", "example.com/fpga", "1"),
      /no node offers example.com\/fpga/,
    ],
    ["a misspelt resource", "Deployment", "order-api", resources("requests", "memmory", "1Gi"), /there is no resource memmory/],
    ["half a GPU", "Deployment", "pricing", resources("limits", "nvidia.com/gpu", "0.5"), /parts of it/],
    ["GPUs that differ", "Deployment", "pricing", resources("requests", "nvidia.com/gpu", 2), /have to be equal/],
    [
      "two variables of one name",
      "Deployment",
      "order-api",
      container((c) => c.env.push({ name: "PGHOST", value: "x" })),
      /PGHOST is set twice/,
    ],
    ["a number as a variable", "Deployment", "order-api", container((c) => c.env.push({ name: "X", value: 7 })), /no text/],
    ["a value beside a reference", "Deployment", "order-api", container((c) => (c.env[0].value = "x")), /keep one/],
    ["a mount of nothing", "Deployment", "order-api", pod((p) => p.volumes.shift()), /mounts mes-ca, which is no volume/],
    ["a claim that is gone", "StatefulSet", "loki", spec((s) => (s.volumeClaimTemplates = [])), /which is no volume of the pod/],
    [
      "two mounts at one place",
      "Deployment",
      "order-api",
      container((c) => c.volumeMounts.push(c.volumeMounts[0])),
      /two volumes are mounted at/,
    ],
    [
      "two containers of one name",
      "Deployment",
      "cache",
      pod((p) => (p.containers[1].name = "valkey")),
      /a container valkey already/,
    ],
    [
      "two ports of one name",
      "Deployment",
      "cache",
      pod((p) => (p.containers[1].ports[0].name = "valkey")),
      /a port valkey already/,
    ],
    ["a port out of range", "Deployment", "order-api", container((c) => (c.ports[0].containerPort = 80_800)), /80800 is no port/],
    [
      "a port by a long name",
      "Deployment",
      "order-api",
      container((c) => (c.ports[0].name = "metrics-and-health")),
      /no name of a port/,
    ],
    ["an image that nobody pulls", "Deployment", "order-api", container((c) => (c.imagePullPolicy = "Never")), /IfNotPresent/],
    [
      "a probe that asks twice",
      "Deployment",
      "order-api",
      container((c) => (c.readinessProbe.tcpSocket = { port: 1 })),
      /asks in 2 ways/,
    ],
    [
      "a probe that asks nothing",
      "Deployment",
      "order-api",
      container((c) => (c.readinessProbe = { periodSeconds: 5 })),
      /asks in 0 ways/,
    ],
    ["a period of nothing", "Deployment", "order-api", container((c) => (c.livenessProbe.periodSeconds = 0)), /at least 1/],
    ["pods that are not restarted", "Deployment", "order-api", pod((p) => (p.restartPolicy = "Never")), /use Always/],
    ["a Job that starts again for ever", "Job", "", pod((p) => (p.restartPolicy = "Always")), /use Never or OnFailure/],
    ["a Job that waits", "Job", "", spec((j) => (j.suspend = true)), /never runs/],
    ["a schedule that never comes", "CronJob", "outbox-purge", spec((c) => (c.schedule = "0 0 31 2 *")), /never comes/],
    ["a schedule with seconds", "CronJob", "outbox-purge", spec((c) => (c.schedule = "0 17 * * * *")), /has 6 fields/],
    ["a schedule that waits", "CronJob", "outbox-purge", spec((c) => (c.suspend = true)), /never runs/],
    ["a zone that is none", "CronJob", "outbox-purge", spec((c) => (c.timeZone = "Europe/Berln")), /no time zone/],
    [
      "no pod more and none less",
      "Deployment",
      "order-api",
      spec((d) => (d.strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 0 })),
      /nothing can be replaced/,
    ],
    ["a paused one", "Deployment", "order-api", spec((d) => (d.paused = true)), /no change/],
    ["ready too late", "Deployment", "order-api", spec((d) => (d.minReadySeconds = 900)), /after 600 s/],
    ["a service without ports", "Service", "order-api", spec((s) => (s.ports = [])), /one port at least/],
    ["a service of a port that is none", "Service", "order-api", spec((s) => (s.ports[0].port = 0)), /0 is no port/],
    ["a service of one port twice", "Service", "jaeger", spec((s) => (s.ports[1].port = 4317)), /TCP 4317 is there twice/],
    ["a label that is too long", "Deployment", "order-api", (d) => (d.metadata.labels.x = "x".repeat(64)), /no value of a label/],
    ["a label with a blank", "Deployment", "order-api", (d) => (d.metadata.labels["a b"] = "x"), /no key of a label/],
    ["too much data", "ConfigMap", "", (c) => (c.data = { x: "x".repeat(2 ** 20 + 1) }), /more than 1 MiB/],
    ["a key with a slash", "ConfigMap", "", (c) => (c.data = { "a/b": "x" }), /a\/b is no key/],
    ["a budget of both kinds", "PodDisruptionBudget", "broker", spec((b) => (b.minAvailable = 1)), /keep maxUnavailable/],
    ["a priority of the system", "PriorityClass", "mes-data", (p) => (p.value = 2_000_000_000), /at most 1000000000/],
    [
      "less than a LimitRange asks for",
      "LimitRange",
      "",
      spec((l) => (l.limits[0].min = { cpu: "2" })),
      /less than the 2 that the LimitRange of mes/,
    ],
    [
      "more than a LimitRange allows",
      "LimitRange",
      "",
      spec((l) => (l.limits[0].max = { memory: "256Mi" })),
      /more than the 256 MiB/,
    ],
    ["a volume that is no size", "Cluster", "", spec((c) => (c.storage.size = "200GB")), /200GB is no size/],
    [
      "a claim without a mode",
      "StatefulSet",
      "loki",
      spec((s) => (s.volumeClaimTemplates[0].spec.accessModes = [])),
      /ReadWriteOnce/,
    ],
    ["a chart of a range", "Release", "", version("^1.0.0"), /\^1\.0\.0 is no one version/],
    ["of the latest", "Release", "", version("latest"), /latest is no one version/],
    ["of any minor version", "Release", "", version("2.21"), /2\.21 is no one version/],
    ["of whatever there is", "Release", "", version(undefined), /has no version/],
  ];

  it.each(REFUSED)("is refused, or never runs: %s", (...edit) => {
    expect(errorsAfter(plan, objectsAccepted, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  it("has a name that its kind may have", () => {
    const names = (kind: string, apiVersion: string, name: string) => found(objectsAccepted, [object(apiVersion, kind, name)]);
    expect(names("ConfigMap", "v1", "Config")).toEqual([expect.stringContaining("Config is no name of a ConfigMap")]);
    expect(names("Namespace", "v1", "a.b")).toEqual([expect.stringContaining("no name of a Namespace")]);
    expect(names("ConfigMap", "v1", "a.b-c")).toEqual([]);
    expect(names("ClusterRole", "rbac.authorization.k8s.io/v1", "system:Reader")).toEqual([]);
    expect(names("ServiceAccount", "v1", "under_score")).toHaveLength(1);
  });

  const TAKEN: readonly (readonly [string, string, string, Change])[] = [
    ["a higher limit", "Deployment", "order-api", resources("limits", "cpu", 2)],
    ["a fraction", "Deployment", "order-api", resources("requests", "cpu", "0.5")],
    ["an exponent", "Deployment", "order-api", resources("limits", "memory", "1e9")],
    ["scratch space", "Deployment", "order-api", resources("requests", "ephemeral-storage", "1Gi")],
    [
      "shared GPUs",
      "Deployment",
      "pricing",
      container(
        (c) => (c.resources = { requests: { cpu: 4, memory: "12Gi" }, limits: { memory: "12Gi", "nvidia.com/gpu.shared": "1" } }),
      ),
    ],
    ["a schedule of a word", "CronJob", "outbox-purge", spec((c) => (c.schedule = "@hourly"))],
    ["a Job that tries again", "Job", "", pod((p) => (p.restartPolicy = "OnFailure"))],
    ["one pod less", "Deployment", "order-api", spec((d) => (d.strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 1 }))],
    ["a chart of a candidate", "Release", "", version("v1.22.0-rc.1")],
    ["a label without a value", "Deployment", "order-api", (d) => (d.metadata.labels["example.com/x"] = "")],
  ];

  it.each(TAKEN)("is taken: %s", (...edit) => {
    expect(errorsAfter(plan, objectsAccepted, edit)).toEqual([]);
  });

  it("may ask for what the stack file calls a GPU", () => {
    const fpga = {
      container: { resources: { requests: { cpu: 1, memory: "1Gi" }, limits: { memory: "1Gi", "factory.example/a100": 1 } } },
    };
    expect(found(objectsAccepted, [deployment("p", fpga)])).toHaveLength(1);
    expect(found(objectsAccepted, [deployment("p", fpga)], { gpuResources: ["factory.example/a100"] })).toEqual([]);
  });

  it("keeps what can never be changed, and volumes that can only grow", () => {
    const after = (kind: string, name: string, change: Change) => {
      const before = { resources: plan.resources, interrupted: [] };
      return objectsAccepted.check({ ...changedIn(plan, kind, change, named(name)), before }).map(line);
    };
    expect(after("Cluster", "postgres", (c) => (c.spec.storage.size = "100Gi"))).toEqual([
      expect.stringMatching(/200 GiB cannot shrink to 100 GiB/),
    ]);
    expect(after("RabbitmqCluster", "broker", (b) => (b.spec.persistence.storage = "50Gi"))).toHaveLength(1);
    expect(after("Cluster", "postgres", (c) => (c.spec.storage.size = "300Gi"))).toEqual([]);
    expect(after("StatefulSet", "loki", (s) => (s.spec.serviceName = "other"))).toEqual([
      expect.stringMatching(/^error StatefulSet loki spec.serviceName: cannot be changed/),
    ]);
    expect(objectsAccepted.check(planOf([resource({ type: "kubernetes:core/v1:ConfigMap", name: "x" })]))).toEqual([]);
  });
});
