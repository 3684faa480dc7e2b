import type { ContainerArgs } from "../../../components/workload/pod";
import { environment } from "../../helpers/record";
import { CONTAINER, containerOf, podOf } from "./fixture";

describe("a pod", () => {
  it("runs on the restricted baseline of Kubernetes, and cannot write to its root file system", async () => {
    expect(await podOf()).toEqual({
      serviceAccountName: "web",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: "mes-orders",
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        fsGroup: 65_532,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      topologySpreadConstraints: expect.any(Array),
      containers: [
        {
          name: "web",
          image: expect.any(String),
          imagePullPolicy: "IfNotPresent",
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        },
      ],
    });
  });

  it.each([
    ["the user of its image", { user: 26 }, { securityContext: { runAsUser: 26, runAsGroup: 26, fsGroup: 26 } }],
    ["the time that it takes to end", { terminationGracePeriodSeconds: 300 }, { terminationGracePeriodSeconds: 300 }],
    ["a token of the API server", { apiToken: true }, { automountServiceAccountToken: true }],
    ["volumes", { volumes: [{ name: "a", emptyDir: {} }] }, { volumes: [{ name: "a", emptyDir: {} }] }],
    ["fields that few need", { overrides: { hostNetwork: true } }, { hostNetwork: true }],
  ])("has %s", async (_, overrides, spec) => {
    expect(await podOf(overrides)).toMatchObject(spec);
  });

  it("has init containers of the same baseline, which run first", async () => {
    const pod = await podOf({ initContainers: [{ ...CONTAINER, name: "first", writable: ["/tmp"] }] });
    expect(pod.initContainers.map(({ name }: any) => name)).toEqual(["first"]);
    expect(pod.initContainers[0].securityContext).toEqual(pod.containers[0].securityContext);
    expect(pod.volumes).toEqual([{ name: "first-tmp", emptyDir: { sizeLimit: "2Gi" } }]);
  });

  it("has all of its containers, in their order", async () => {
    const pod = await podOf({ containers: [CONTAINER, { ...CONTAINER, name: "exporter" }] });
    expect(pod.containers.map(({ name }: any) => name)).toEqual(["web", "exporter"]);
  });
});

describe("pods are spread", () => {
  const zone = {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "DoNotSchedule",
    nodeTaintsPolicy: "Honor",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "mes" } },
  };
  const { nodeTaintsPolicy: _, ...counted } = zone;
  const host = { ...counted, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" };

  it("over zones, and over hosts as far as it goes", async () => {
    expect((await podOf({ kind: "StatefulSet" })).topologySpreadConstraints).toEqual([zone, host]);
  });

  it("of one revision each, where a Deployment rolls", async () => {
    const matchLabelKeys = ["pod-template-hash"];
    expect((await podOf()).topologySpreadConstraints).toEqual([
      { ...zone, matchLabelKeys },
      { ...host, matchLabelKeys },
    ]);
  });

  it.each([[["a"]], [[]]])("over hosts only where the zones are %j", async (zones) => {
    expect((await podOf({ kind: "StatefulSet", environment: environment({ zones }) })).topologySpreadConstraints).toEqual([host]);
  });
});

describe("a container", () => {
  it.each<[string, Partial<ContainerArgs>, object]>([
    ["a command and its arguments", { command: ["/run"], args: ["--fast"] }, { command: ["/run"], args: ["--fast"] }],
    [
      "the least CPU it needs, and no more than a limit",
      { resources: { cpu: "1", memory: "1Gi", cpuLimit: "2" } },
      {
        resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "1Gi" } },
      },
    ],
    [
      "devices, as a limit and a request",
      { extendedResources: { "nvidia.com/gpu": "1" } },
      {
        resources: {
          requests: { cpu: "100m", memory: "128Mi", "nvidia.com/gpu": "1" },
          limits: { memory: "128Mi", "nvidia.com/gpu": "1" },
        },
      },
    ],
    [
      "ports by name",
      { ports: { http: 8080, metrics: 9090 } },
      {
        ports: [
          { name: "http", containerPort: 8080 },
          { name: "metrics", containerPort: 9090 },
        ],
      },
    ],
    [
      "a hook before it ends",
      { lifecycle: { preStop: { sleep: { seconds: 5 } } } },
      {
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      },
    ],
    ["mounts", { volumeMounts: [{ name: "a", mountPath: "/a" }] }, { volumeMounts: [{ name: "a", mountPath: "/a" }] }],
    [
      "an exception from the baseline, and the rest of it",
      { securityContext: { readOnlyRootFilesystem: false } },
      {
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  ])("has %s", async (_, given, expected) => {
    expect(await containerOf(given)).toMatchObject(expected);
  });

  it("has its probes as they are given, each where it belongs", async () => {
    const probe = (path: string) => ({
      httpGet: { path, port: "http" },
      periodSeconds: 7,
      failureThreshold: 4,
      timeoutSeconds: 2,
    });
    const probes = { startupProbe: probe("/start"), readinessProbe: probe("/ready"), livenessProbe: probe("/live") };
    expect(await containerOf(probes)).toMatchObject(probes);
    for (const name of Object.keys(probes)) expect(await containerOf({})).not.toHaveProperty(name);
  });

  it("has its variables in the order they are given in: one may refer to those before it", async () => {
    const fromPod = { fieldRef: { fieldPath: "metadata.name" } };
    const fromSecret = { secretKeyRef: { name: "db", key: "password" } };
    const { env } = await containerOf({ env: { Z: "1", POD_NAME: fromPod, PASSWORD: fromSecret, A: "$(POD_NAME)-$(Z)" } });
    expect(env).toEqual([
      { name: "Z", value: "1" },
      { name: "POD_NAME", valueFrom: fromPod },
      { name: "PASSWORD", valueFrom: fromSecret },
      { name: "A", value: "$(POD_NAME)-$(Z)" },
    ]);
  });

  it("may write to directories that are named, up to a size, and to nothing else", async () => {
    const pod = await podOf({ containers: [{ ...CONTAINER, writable: ["/tmp", "/var/lib/Web_data/"] }] });
    const names = ["web-tmp", "web-var-lib-web-data"];
    expect(pod.volumes).toEqual(names.map((name) => ({ name, emptyDir: { sizeLimit: "2Gi" } })));
    expect(pod.containers[0].volumeMounts).toEqual([
      { name: names[0], mountPath: "/tmp" },
      { name: names[1], mountPath: "/var/lib/Web_data/" },
    ]);
  });

  it("has volumes with names that Kubernetes takes, however deep the directory", async () => {
    const { volumes } = await podOf({ containers: [{ ...CONTAINER, writable: [`/${"a".repeat(58)}/bcdef`] }] });
    expect(volumes[0].name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  });

  it("shares no directory with another", async () => {
    const { volumes } = await podOf({
      containers: [
        { ...CONTAINER, writable: ["/tmp"] },
        { ...CONTAINER, name: "other", writable: ["/tmp"] },
      ],
    });
    expect(volumes.map(({ name }: any) => name)).toEqual(["web-tmp", "other-tmp"]);
  });
});
