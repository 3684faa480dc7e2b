import { POD_FACTS } from "../../../components/workload/facts";
import type { Resource } from "../../../review/plan/plan";
import { containerResources } from "../../../review/rules/container-resources";
import { disruptionBudgets } from "../../../review/rules/disruption-budgets";
import { fitsCluster } from "../../../review/rules/fits-cluster";
import { gracefulShutdown } from "../../../review/rules/graceful-shutdown";
import { podSecurity } from "../../../review/rules/pod-security";
import { stableSelectors } from "../../../review/rules/stable-selectors";
import { container, deployment, found, namespace, object } from "../fixtures";

describe("disruption budgets", () => {
  const budget = (name: string, spec: Record<string, unknown>, app = name) =>
    object("policy/v1", "PodDisruptionBudget", name, { spec: { selector: { matchLabels: { app } }, ...spec } });
  const api = deployment("api", { spec: { replicas: 3 } });

  it("let one pod go and keep the others", () => {
    expect(found(disruptionBudgets, [api, budget("api", { maxUnavailable: 1 })])).toEqual([]);
    expect(found(disruptionBudgets, [api, budget("api", { minAvailable: "50%" })])).toEqual([]);
  });

  it("are needed by several pods, and not by one", () => {
    expect(found(disruptionBudgets, [deployment("single", { spec: { replicas: 1 } })])).toEqual([]);
    expect(found(disruptionBudgets, [api])).toEqual([
      "error Deployment api: runs up to 3 pods without a disruption budget; add one with maxUnavailable: 1",
    ]);
  });

  it.each([
    ["maxUnavailable 0", { maxUnavailable: 0 }],
    ["maxUnavailable 0%", { maxUnavailable: "0%" }],
    ["minAvailable of all pods", { minAvailable: 3 }],
    ["minAvailable 100%", { minAvailable: "100%" }],
  ])("never deadlock a drain, as %s would", (_, spec) => {
    expect(found(disruptionBudgets, [api, budget("api", spec)])).toEqual([
      expect.stringContaining("lets none of 3 pods go, so draining a node hangs forever"),
    ]);
  });

  it("select pods that exist, and each pod only once", () => {
    expect(found(disruptionBudgets, [budget("apy", { maxUnavailable: 1 })])).toEqual([
      expect.stringContaining("selects no pods of the plan"),
    ]);
    const two = [api, budget("api", { maxUnavailable: 1 }), budget("other", { maxUnavailable: 1 }, "api")];
    expect(found(disruptionBudgets, two)).toEqual([expect.stringContaining("has two disruption budgets")]);
  });

  it("keep the majority of a system that decides by it", () => {
    const rabbit = object("rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", { spec: { replicas: 3 } });
    const labels = { "app.kubernetes.io/name": "broker" };
    const of = (maxUnavailable: number) =>
      object("policy/v1", "PodDisruptionBudget", "broker", { spec: { maxUnavailable, selector: { matchLabels: labels } } });
    expect(found(disruptionBudgets, [rabbit, of(1)])).toEqual([]);
    expect(found(disruptionBudgets, [rabbit, of(2)])).toEqual([expect.stringContaining("and with them the majority")]);
  });
});

describe("a graceful shutdown", () => {
  const consumer = (grace: number | undefined, preStop = 0) =>
    deployment("intake", {
      pod: grace === undefined ? {} : { terminationGracePeriodSeconds: grace },
      container: preStop > 0 ? { lifecycle: { preStop: { exec: { command: ["sh", "-c", `sleep ${preStop}`] } } } } : {},
      annotations: { [POD_FACTS.prefetch]: "20", [POD_FACTS.handlingSeconds]: "2" },
    });

  it("has time for what was fetched, after the pause before it", () => {
    expect(found(gracefulShutdown, [consumer(60)])).toEqual([]);
    expect(found(gracefulShutdown, [consumer(51, 10)])).toEqual([]);
  });

  it("does not fit the default, or a pause that eats it up", () => {
    expect(found(gracefulShutdown, [consumer(undefined)])).toEqual([
      expect.stringContaining("killed 30 s after it is asked to stop, but may need 40 s"),
    ]);
    expect(found(gracefulShutdown, [consumer(50, 10)])).toEqual([expect.stringContaining("may need 50 s: 10 s of preStop")]);
  });
});

describe("the plan fits its nodes", () => {
  const big = (replicas: number, cpu = "3") =>
    deployment("big", { spec: { replicas }, container: { resources: { requests: { cpu, memory: "1Gi" } } } });

  it("with one zone lost", () => {
    // Three nodes of 4 cores in three zones: two are left, with room for one such pod each.
    expect(found(fitsCluster, [big(2)])).toEqual([]);
    const [finding, ...others] = found(fitsCluster, [big(3)]);
    expect(finding).toMatch(
      /^error Deployment big: at minimum the plan requests 9 CPU, 3 GiB; with one of 3 zones lost, 2 nodes offer 8 CPU, 32 GiB; no room for 1 pod of Deployment mes\/big/,
    );
    expect(others).toHaveLength(1);
  });

  it("with one node lost, where there is one zone and data is protected", () => {
    // Three nodes of 4 cores: each takes one such pod.
    expect(found(fitsCluster, [big(2)], { zones: ["local"] })).toEqual([]);
    expect(found(fitsCluster, [big(3)], { zones: ["local"] })).toEqual([
      expect.stringMatching(/^warning Deployment big: .*with one node lost, 2 nodes offer 8 CPU, 32 GiB; no room for 1 pod/),
    ]);
    expect(found(fitsCluster, [big(3)], { zones: ["local"], protectData: false })).toEqual([]);
  });

  describe("apart from each other", () => {
    const pools = (count: number) => ({ nodePools: [{ name: "large", count, cpu: 96, memory: 2 ** 39, gpus: 0 }] });
    const host = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "big" } } },
        ],
      },
    };
    const spread = (topologyKey: string, fields: object = {}) => ({
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: "DoNotSchedule",
          nodeTaintsPolicy: "Honor",
          labelSelector: { matchLabels: { app: "big" } },
          ...fields,
        },
      ],
    });
    const apart = (replicas: number, pod: object, cpu = "1") =>
      deployment("big", { spec: { replicas }, pod, container: { resources: { requests: { cpu, memory: "1Gi" } } } });
    const local = { zones: ["local"], protectData: false };

    it("there are two nodes for two pods, and not for three, however large they are", () => {
      expect(found(fitsCluster, [apart(2, { affinity: host })], { ...local, ...pools(2) })).toEqual([]);
      expect(found(fitsCluster, [apart(3, { affinity: host })], { ...local, ...pools(2) })).toContainEqual(
        expect.stringMatching(/^error .*no room for 1 pod .*, which have to be apart from each other/),
      );
      expect(found(fitsCluster, [apart(3, { affinity: { podAntiAffinity: {} } })], { ...local, ...pools(2) })).toEqual([]);
    });

    it("three databases and three brokers want three nodes", () => {
      const database = object("postgresql.cnpg.io/v1", "Cluster", "db", {
        spec: {
          instances: 3,
          affinity: { podAntiAffinityType: "required" },
          resources: { requests: { cpu: "4", memory: "16Gi" } },
        },
      });
      const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { "app.kubernetes.io/name": "mq" } } };
      const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
      const mq = object("rabbitmq.com/v1beta1", "RabbitmqCluster", "mq", {
        spec: { replicas: 3, affinity, resources: { requests: { cpu: "4", memory: "8Gi" } } },
      });
      expect(found(fitsCluster, [database, mq], { ...local, ...pools(3) })).toEqual([]);
      expect(found(fitsCluster, [database, mq], { ...local, ...pools(2) })).toContainEqual(
        expect.stringMatching(/no room for 1 pod of Cluster mes\/db .* and 1 pod of RabbitmqCluster mes\/mq/),
      );
    });

    it("pods are as many in each zone, so that a zone without room keeps the others from taking more", () => {
      const uneven = { nodePools: [{ name: "large", count: 4, cpu: 4, memory: 2 ** 34, gpus: 0 }], zones: ["a", "b", "c"] };
      const key = "topology.kubernetes.io/zone";
      // With the first zone lost two nodes are left, one a zone, with four cores each.
      expect(found(fitsCluster, [apart(4, spread(key), "2")], uneven)).toEqual([]);
      const other = deployment("other", {
        spec: { replicas: 1 },
        container: { resources: { requests: { cpu: "4", memory: "8Gi" } } },
      });
      expect(found(fitsCluster, [other, apart(2, spread(key), "2")], uneven)).toContainEqual(
        expect.stringMatching(/no room for 1 pod of Deployment mes\/big .*apart from each other/),
      );
    });

    it("a lost zone that still counts lets the others have no more than one", () => {
      const nodes = { ...pools(9), zones: ["a", "b", "c"] };
      const key = "topology.kubernetes.io/zone";
      expect(found(fitsCluster, [apart(9, spread(key))], nodes)).toEqual([]);
      expect(found(fitsCluster, [apart(9, spread(key, { nodeTaintsPolicy: "Ignore" }))], nodes)).toContainEqual(
        expect.stringMatching(/no room for 7 pods/),
      );
    });

    it("a spread over nodes fills them evenly", () => {
      const pod = spread("kubernetes.io/hostname");
      expect(found(fitsCluster, [apart(6, pod)], { ...local, ...pools(2) })).toEqual([]);
      const soft = spread("kubernetes.io/hostname", { whenUnsatisfiable: "ScheduleAnyway" });
      const small = {
        nodePools: [
          { name: "a", count: 1, cpu: 2, memory: 2 ** 34, gpus: 0 },
          { name: "b", count: 1, cpu: 8, memory: 2 ** 34, gpus: 0 },
        ],
      };
      expect(found(fitsCluster, [apart(8, soft)], { ...local, ...small })).toEqual([]);
      expect(found(fitsCluster, [apart(8, pod)], { ...local, ...small })).toContainEqual(
        expect.stringContaining("apart from each other"),
      );
    });
  });

  it("within the quota of its namespace", () => {
    const quota = (hard: object) => object("v1", "ResourceQuota", "mes", { spec: { hard } });
    const nodes = { nodePools: [{ name: "large", count: 9, cpu: 96, memory: 2 ** 39, gpus: 0 }] };
    expect(found(fitsCluster, [big(3), quota({ "requests.cpu": "9", "requests.memory": "3Gi", pods: 3 })], nodes)).toEqual([]);
    expect(found(fitsCluster, [big(3), quota({ "requests.cpu": "8" })], nodes)).toContainEqual(
      expect.stringMatching(
        /^error ResourceQuota mes spec.hard\["requests.cpu"\]: allows 8 CPU in mes, and its pods are 9 CPU at minimum/,
      ),
    );
    expect(found(fitsCluster, [big(3), quota({ pods: "2" })], nodes)).toContainEqual(expect.stringContaining("allows 2 pods"));
    expect(found(fitsCluster, [big(3), quota({ memory: "1Gi" })], nodes)).toContainEqual(expect.stringContaining("3 GiB"));
  });

  it("pod by pod: the sum may fit where the pods do not", () => {
    expect(found(fitsCluster, [big(1, "5")], { zones: ["local"], protectData: false })).toContainEqual(
      expect.stringContaining("no room for 1 pod"),
    );
  });

  it("at its minimum or it is an error, at full scale or it is a warning", () => {
    const scaled = object("keda.sh/v1alpha1", "ScaledObject", "big", {
      spec: { scaleTargetRef: { name: "big" }, minReplicaCount: 1, maxReplicaCount: 9, triggers: [{ type: "cron" }] },
    });
    expect(found(fitsCluster, [deployment("big", { container: { resources: { requests: { cpu: "3" } } } }), scaled])).toEqual([
      expect.stringMatching(/^warning .*at full scale/),
    ]);
  });

  it("with its GPUs, which other pods leave alone", () => {
    const pools = [
      { name: "general", count: 2, cpu: 4, memory: 2 ** 34, gpus: 0 },
      { name: "gpu", count: 2, cpu: 4, memory: 2 ** 34, gpus: 1 },
    ];
    const pricing = (replicas: number) =>
      deployment("pricing", { spec: { replicas }, container: { resources: { limits: { "nvidia.com/gpu": "1" } } } });
    expect(found(fitsCluster, [pricing(2), big(2)], { nodePools: pools, zones: ["local"], protectData: false })).toEqual([]);
    expect(found(fitsCluster, [pricing(3)], { nodePools: pools, zones: ["local"], protectData: false })).toContainEqual(
      expect.stringContaining("no room for 1 pod of Deployment mes/pricing"),
    );
  });

  it.each(["amd.com/gpu", "gpu.intel.com/i915", "nvidia.com/mig-3g.20gb", "nvidia.com/gpu.shared", "factory.example/a100"])(
    "with GPUs that are called %s",
    (gpu) => {
      const nodePools = [
        { name: "general", count: 2, cpu: 4, memory: 2 ** 34, gpus: 0 },
        { name: "gpu", count: 2, cpu: 32, memory: 2 ** 37, gpus: 1 },
      ];
      const facts = { nodePools, zones: ["local"], protectData: false, gpuResources: ["factory.example/a100"] };
      const pricing = (replicas: number) =>
        deployment("pricing", {
          spec: { replicas },
          container: { resources: { requests: { cpu: "20" }, limits: { [gpu]: "1" } } },
        });
      expect(found(fitsCluster, [pricing(2), big(2)], facts)).toEqual([]);
      expect(found(fitsCluster, [pricing(3)], facts)).toContainEqual(expect.stringMatching(/^error .*no room for 1 pod/));
    },
  );

  it("with a resource that is no GPU on any node", () => {
    const fuse = deployment("fuse", { container: { resources: { limits: { "smarter-devices/fuse": "1" } } } });
    expect(found(fitsCluster, [fuse])).toEqual([]);
  });

  it("or it is a warning where it would if nodes with GPUs, which may be tainted, took other pods", () => {
    const nodePools = [
      { name: "general", count: 2, cpu: 4, memory: 2 ** 34, gpus: 0 },
      { name: "gpu", count: 2, cpu: 4, memory: 2 ** 34, gpus: 1 },
    ];
    const findings = found(fitsCluster, [big(3)], { nodePools, zones: ["local"], protectData: false });
    expect(findings).toEqual([expect.stringMatching(/^warning .*at minimum/), expect.stringMatching(/^warning .*at full scale/)]);
    expect(findings[0]).toContain(
      "no room for 1 pod of Deployment mes/big (3 CPU, 1 GiB each), unless nodes with GPUs take other pods",
    );
    expect(found(fitsCluster, [big(5)], { nodePools, zones: ["local"], protectData: false })[0]).toMatch(/^error/);
  });

  it("with dedicated nodes, one a zone, for pods whose volumes are bound to their zone", () => {
    const nodePools = [
      { name: "general", count: 6, cpu: 4, memory: 2 ** 34, gpus: 0 },
      { name: "database", count: 3, cpu: 32, memory: 2 ** 38, gpus: 0 },
    ];
    const cluster = (instances: number, storage = {}) =>
      object("postgresql.cnpg.io/v1", "Cluster", "db", {
        spec: { instances, resources: { requests: { cpu: "28", memory: "200Gi" } }, ...storage },
      });
    const storage = { storage: { size: "100Gi" } };
    expect(found(fitsCluster, [cluster(3, storage)], { nodePools })).toEqual([]);
    // Without a volume the third would have to run elsewhere, and a fourth has no node to begin with.
    expect(found(fitsCluster, [cluster(3)], { nodePools })).toContainEqual(expect.stringMatching(/^error .*no room for 1 pod/));
    expect(found(fitsCluster, [cluster(4, storage)], { nodePools })).toContainEqual(
      expect.stringMatching(/^error .*even with all/),
    );
  });

  it("in whatever order a scheduler finds", () => {
    const pod = (name: string, cpu: string, memory: string, replicas: number) =>
      deployment(name, { spec: { replicas }, container: { resources: { requests: { cpu, memory } } } });
    // Largest first by its larger share, on the first node with room, one would be left over.
    const pods = [pod("a", "4", "2Gi", 1), pod("b", "3", "6Gi", 1), pod("c", "3", "2Gi", 1), pod("d", "2", "6Gi", 1)];
    const nodePools = [{ name: "n", count: 2, cpu: 6, memory: 8 * 2 ** 30, gpus: 0 }];
    expect(found(fitsCluster, pods, { nodePools, zones: ["local"], protectData: false })).toEqual([]);
  });

  it("with what runs on nodes with GPUs alone, counted there", () => {
    const exporter = object("apps/v1", "DaemonSet", "gpu-exporter", {
      spec: {
        template: {
          spec: {
            nodeSelector: { "nvidia.com/gpu.present": "true" },
            containers: [container({ resources: { requests: { cpu: "2" } } })],
          },
        },
      },
    });
    const nodePools = [
      { name: "general", count: 2, cpu: 4, memory: 2 ** 34, gpus: 0 },
      { name: "gpu", count: 2, cpu: 4, memory: 2 ** 34, gpus: 1 },
    ];
    expect(found(fitsCluster, [big(2), exporter], { nodePools, zones: ["local"], protectData: false })).toEqual([]);
  });

  it("also counts what runs on every node, and what charts ask for", () => {
    const agent = object("apps/v1", "DaemonSet", "agent", {
      spec: { template: { spec: { containers: [container({ resources: { requests: { cpu: "2" } } })] } } },
    });
    expect(found(fitsCluster, [big(2), agent])).not.toEqual([]);
    const release = object("v1", "Release", "keda");
    const chart = {
      ...release,
      type: "kubernetes:helm.sh/v3:Release",
      inputs: { values: { replicaCount: 4, resources: { requests: { cpu: "1" } } } },
    };
    expect(found(fitsCluster, [big(2), chart])).not.toEqual([]);
  });
});

describe("pod security", () => {
  it("is content with a restricted pod in a restricted namespace, and with what reads its node in a privileged one", () => {
    expect(found(podSecurity, [namespace("mes"), deployment("api")])).toEqual([]);
    const agent = deployment("agent", {
      pod: { hostNetwork: true, volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] },
    });
    expect(found(podSecurity, [namespace("mes", "privileged"), agent])).toEqual([]);
  });

  it("has no level that none of its pods needs", () => {
    const lowered = (level: string, ...pods: Resource[]) => found(podSecurity, [namespace("mes", level), ...pods]);
    const root = deployment("old", { container: { securityContext: { runAsUser: 0 } } });
    expect(lowered("privileged", deployment("api"))).toEqual([
      expect.stringMatching(/privileged lets in pods that take over their node, and none of mes needs it; use restricted/),
    ]);
    expect(lowered("privileged")).toHaveLength(1);
    expect(lowered("privileged", root)).toContainEqual(expect.stringContaining("use baseline"));
    expect(lowered("baseline", deployment("api"))).toEqual([expect.stringContaining("use restricted")]);
    expect(lowered("baseline", root)).toEqual([]);
    expect(lowered("restrictd", deployment("api"))).toEqual([expect.stringContaining("restrictd is no level")]);
  });

  it.each<[string, object, object, string]>([
    [
      "a privileged container",
      {},
      { securityContext: { ...container().securityContext, privileged: true } },
      "is root on the node",
    ],
    ["one that may become root", {}, { securityContext: { capabilities: { drop: ["ALL"] } } }, "may become root"],
    ["one that keeps capabilities", {}, { securityContext: { allowPrivilegeEscalation: false } }, "drop ALL"],
    ["one that writes to the node", {}, { volumeMounts: [{ name: "node", mountPath: "/host" }] }, "may write to / of the node"],
    ["one in the memory of all", { hostIPC: true }, {}, "shares memory"],
  ])("on a node is not %s", (_, pod, change, message) => {
    const volumes = [{ name: "node", hostPath: { path: "/" } }];
    const reading = { volumeMounts: [{ name: "node", mountPath: "/host", readOnly: true }] };
    const agent = (more: object, fields: object) =>
      deployment("agent", { pod: { volumes, ...more }, container: { ...reading, ...fields } });
    expect(found(podSecurity, [namespace("mes", "privileged"), agent({}, {})])).toEqual([]);
    expect(found(podSecurity, [namespace("mes", "privileged"), agent(pod, change)])).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ["hostNetwork", { pod: { hostNetwork: true } }, "shares the node's Network"],
    ["a folder of the node", { pod: { volumes: [{ name: "x", hostPath: { path: "/" } }] } }, "mounts a folder of the node"],
    ["another kind of volume", { pod: { volumes: [{ name: "x", nfs: {} }] } }, "a volume of the kind nfs"],
    [
      "a privileged container",
      { container: { securityContext: { ...container().securityContext, privileged: true } } },
      "is privileged",
    ],
    ["a port of the node", { container: { ports: [{ containerPort: 1, hostPort: 1 }] } }, "takes a port of the node"],
    ["escalation", { container: { securityContext: { capabilities: { drop: ["ALL"] } } } }, "may gain privileges"],
    ["capabilities", { container: { securityContext: { allowPrivilegeEscalation: false } } }, "keeps capabilities"],
    [
      "a capability too many",
      {
        container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } } },
      },
      "adds the capability SYS_ADMIN",
    ],
    ["root", { pod: { securityContext: { seccompProfile: { type: "RuntimeDefault" } } } }, "may run as root"],
    ["no seccomp profile", { pod: { securityContext: { runAsNonRoot: true } } }, "has no seccomp profile"],
  ])("refuses %s", (_, args, message) => {
    expect(found(podSecurity, [namespace("mes"), deployment("api", args)])).toEqual([expect.stringContaining(message)]);
  });

  it("wants a level on every namespace", () => {
    expect(found(podSecurity, [object("v1", "Namespace", "open")])).toEqual([
      expect.stringContaining("has no Pod Security level"),
    ]);
  });
});

describe("containers and selectors", () => {
  it("every container has requests and a memory limit", () => {
    expect(found(containerResources, [deployment("api")])).toEqual([]);
    expect(found(containerResources, [deployment("api", { container: { resources: { requests: { cpu: 1 } } } })])).toEqual([
      "error Deployment api spec.template.spec.containers[0].resources: container main has no requests.memory, limits.memory; set them",
    ]);
  });

  it("selectors select their own pods and hold no version", () => {
    expect(found(stableSelectors, [deployment("api")])).toEqual([]);
    expect(found(stableSelectors, [deployment("api", { spec: { selector: { matchLabels: { app: "other" } } } })])).toEqual([
      expect.stringContaining("does not select its own pods"),
    ]);
    const versioned = object("apps/v1", "Deployment", "api", {
      spec: {
        selector: { matchLabels: { app: "api", "app.kubernetes.io/version": "1.2" } },
        template: { metadata: { labels: { app: "api", "app.kubernetes.io/version": "1.2" } } },
      },
    });
    expect(found(stableSelectors, [versioned])).toEqual([
      'error Deployment api spec.selector.matchLabels["app.kubernetes.io/version"]: changes with a release; leave it out',
    ]);
  });
});
