import * as pulumi from "@pulumi/pulumi";
import { imagesConfig } from "../../../components/images/config";
import { Workload, type WorkloadArgs } from "../../../components/workload/workload";
import { environment, recorded, refusalOf } from "../../helpers/record";
import { args, CONTAINER, workload } from "./fixture";

const SELECTED = { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "mes" };
const LABELS = {
  ...SELECTED,
  "app.kubernetes.io/component": "orders",
  "app.kubernetes.io/managed-by": "pulumi",
};

describe("a workload", () => {
  it("is a controller, a service account and a disruption budget, and nothing that was not asked for", async () => {
    const { plan } = await workload();
    const kinds = plan.resources.filter(({ name }) => name === "web").map(({ type }) => type.split(":").at(-1));
    expect(kinds.sort()).toEqual(["Deployment", "PodDisruptionBudget", "ServiceAccount", "Workload"]);
    expect(plan.resources.filter(({ name }) => name !== "web")).toHaveLength(2);
  });

  it("says whose all of its objects are", async () => {
    const { plan } = await workload({
      servicePorts: { http: { port: 80 } },
      containers: [{ ...CONTAINER, ports: { http: 8080 } }],
      files: { "/etc/web.yaml": "" },
      rules: [],
    });
    const objects = plan.resources.map(({ inputs }) => inputs as any).filter(({ metadata }) => metadata !== undefined);
    expect(objects.map(({ kind }) => kind as string).sort()).toEqual(
      ["ConfigMap", "Deployment", "PodDisruptionBudget", "Role", "RoleBinding", "Service", "ServiceAccount"].sort(),
    );
    for (const { metadata } of objects) expect(metadata).toMatchObject({ namespace: "mes", labels: LABELS });
  });

  it("selects its pods by labels that never change, and not by a version or an image", async () => {
    const { object, made } = await workload();
    const { selector, template } = object("Deployment", "web").spec;
    expect(selector).toEqual({ matchLabels: SELECTED });
    expect(template.metadata.labels).toEqual(LABELS);
    expect(object("PodDisruptionBudget", "web").spec.selector).toEqual({ matchLabels: SELECTED });
    expect(made.pods).toEqual({ name: "web", namespace: "mes", labels: SELECTED });
  });

  it("lets one pod go at a time, and one that is not ready at any time", async () => {
    expect((await workload()).object("PodDisruptionBudget", "web").spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("needs a container", async () => {
    expect(await refusalOf((opts) => new Workload("web", args({ containers: [] }), opts))).toBe("a workload needs a container");
  });

  it("is awaited for ten minutes: an image may have to be pulled on every node", async () => {
    const { resource } = await workload();
    expect(resource("Deployment", "web").customTimeouts).toEqual({ create: "10m", update: "10m" });
  });

  it.each([true, false])("is the same in a preview and in a real run (preview: %s)", async (preview) => {
    const { object } = await recorded((opts) => new Workload("web", args(), opts), { preview });
    expect(object("Deployment", "web").spec.template.spec.serviceAccountName).toBe("web");
  });
});

describe("a Deployment", () => {
  const spec = async (overrides: Partial<WorkloadArgs> = {}) => (await workload(overrides)).object("Deployment", "web").spec;

  it("has the pods it is told", async () => {
    expect(await spec()).toMatchObject({ replicas: 2, revisionHistoryLimit: 3 });
  });

  it("leaves the number of pods to its autoscaler", async () => {
    expect(await spec({ replicas: undefined })).not.toHaveProperty("replicas");
  });

  it("rolls with a new pod that is ready before an old one goes, unless told otherwise", async () => {
    expect((await spec()).strategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    const rollout = { maxSurge: 0, maxUnavailable: "50%" };
    expect((await spec({ rollout })).strategy).toEqual({ type: "RollingUpdate", rollingUpdate: rollout });
  });
});

describe("a StatefulSet", () => {
  const claims = [{ name: "data", size: "5Gi", mountPath: "/data" }];
  const set = (overrides: Partial<WorkloadArgs> = {}) => workload({ kind: "StatefulSet", ...overrides });

  it("starts all of its pods at once, under the Service of its name", async () => {
    const { object, objects } = await set();
    expect(object("StatefulSet", "web").spec).toMatchObject({
      replicas: 2,
      serviceName: "web",
      podManagementPolicy: "Parallel",
      volumeClaimTemplates: [],
    });
    expect(object("StatefulSet", "web").spec).not.toHaveProperty("strategy");
    expect(Object.keys(objects("PodDisruptionBudget"))).toEqual(["web"]);
  });

  it("has the volume claims of its pods as resources that grow, and leaves the size in its template as it was made", async () => {
    const { objects, object, resource } = await set({ claims, environment: environment({ storageClass: "gp3" }) });
    const made = objects("PersistentVolumeClaim");
    expect(Object.keys(made)).toEqual(["data-web-0", "data-web-1"]);
    const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "gp3", resources: { requests: { storage: "5Gi" } } };
    expect(Object.values(made).map((claim) => claim.spec)).toEqual([spec, spec]);
    expect(object("StatefulSet", "web").spec.volumeClaimTemplates).toEqual([{ metadata: { name: "data" }, spec }]);
    expect(resource("PersistentVolumeClaimPatch", "data-web-0")).toMatchObject({ retainOnDelete: true });
    expect(resource("StatefulSet", "web").ignoreChanges).toEqual([
      "spec.volumeClaimTemplates[0].spec.resources.requests.storage",
    ]);
  });

  it("comes after its claims, or its controller makes them first", async () => {
    const { resource } = await set({ claims });
    expect(resource("StatefulSet", "web").dependsOn).toEqual(
      expect.arrayContaining(["data-web-0", "data-web-1"].map((name) => resource("PersistentVolumeClaimPatch", name).urn)),
    );
  });

  it("leaves the class of its volumes to the cluster where the environment names none", async () => {
    const { object } = await set({ claims });
    expect(object("StatefulSet", "web").spec.volumeClaimTemplates[0].spec).not.toHaveProperty("storageClassName");
  });

  it("has one pod, and its claim, unless told otherwise", async () => {
    const { object, objects } = await set({ claims, replicas: undefined });
    expect(object("StatefulSet", "web").spec).not.toHaveProperty("replicas");
    expect(Object.keys(objects("PersistentVolumeClaim"))).toEqual(["data-web-0"]);
  });

  it("mounts its claims into the first container", async () => {
    const { object } = await set({ claims, containers: [CONTAINER, { ...CONTAINER, name: "other" }] });
    const [first, other] = object("StatefulSet", "web").spec.template.spec.containers;
    expect(first.volumeMounts).toEqual([{ name: "data", mountPath: "/data" }]);
    expect(other).not.toHaveProperty("volumeMounts");
  });
});

describe("a DaemonSet", () => {
  it("has neither a number of pods, nor a spread, nor a budget: there is one on every node", async () => {
    const { object, objects } = await workload({ kind: "DaemonSet", replicas: undefined });
    const { spec } = object("DaemonSet", "web");
    expect(Object.keys(spec).sort()).toEqual(["revisionHistoryLimit", "selector", "template"]);
    expect(spec.template.spec).not.toHaveProperty("topologySpreadConstraints");
    expect(objects("PodDisruptionBudget")).toEqual({});
  });
});

describe("the Service of a workload", () => {
  const containers = [{ ...CONTAINER, ports: { http: 8080, metrics: 9090 } }];
  const service = async (overrides: Partial<WorkloadArgs> = {}) =>
    (await workload({ containers, servicePorts: { http: { port: 80 } }, ...overrides })).object("Service", "web");

  it("has its ports by name, those of the container unless it names another", async () => {
    const { spec } = await service({
      servicePorts: { http: { port: 80, appProtocol: "http" }, prometheus: { port: 90, targetPort: "metrics" } },
    });
    expect(spec).toEqual({
      selector: SELECTED,
      ports: [
        { name: "http", port: 80, targetPort: "http", appProtocol: "http" },
        { name: "prometheus", port: 90, targetPort: "metrics" },
      ],
    });
  });

  it("is not awaited: one whose pods are scaled to none never gets ready", async () => {
    expect((await service()).metadata.annotations).toEqual({ "pulumi.com/skipAwait": "true" });
  });

  it.each<[string, Partial<WorkloadArgs>, boolean]>([
    ["a Deployment", {}, false],
    ["a Deployment that says so", { headless: true }, true],
    ["a StatefulSet", { kind: "StatefulSet" }, true],
    ["a StatefulSet that says otherwise", { kind: "StatefulSet", headless: false }, false],
    ["a DaemonSet", { kind: "DaemonSet", replicas: undefined }, false],
  ])("of %s leads to each pod by its own address: %#", async (_, overrides, headless) => {
    expect((await service(overrides)).spec.clusterIP).toBe(headless ? "None" : undefined);
  });

  it("keeps to the node of its caller where it is told to", async () => {
    expect((await service()).spec).not.toHaveProperty("internalTrafficPolicy");
    expect((await service({ internalTrafficPolicy: "Local" })).spec.internalTrafficPolicy).toBe("Local");
  });

  it("is an endpoint: its host and port for clients, the pods and their port for policies", async () => {
    const servicePorts = { http: { port: 80 }, prometheus: { port: 90, targetPort: "metrics" } };
    const { made } = await workload({ containers, servicePorts });
    const target = { pods: made.pods };
    expect(made.endpoint("http")).toEqual({ name: "web:http", host: "web.mes.svc", port: 80, podPort: 8080, target });
    expect(made.endpoint("prometheus")).toMatchObject({ name: "web:prometheus", port: 90, podPort: 9090 });
  });

  it.each<[string, Partial<WorkloadArgs>]>([
    ["is not the Service's", { servicePorts: { other: { port: 80 } } }],
    ["no container has", { servicePorts: { http: { port: 80, targetPort: "nothing" } } }],
  ])("has no endpoint for a port that %s", async (_, overrides) => {
    expect(await refusalOf((opts) => new Workload("web", args({ containers, ...overrides }), opts).endpoint("http"))).toBe(
      "web serves no port http",
    );
  });
});

describe("the pods of a workload", () => {
  const template = async (overrides: Partial<WorkloadArgs>) =>
    (await workload(overrides)).object("Deployment", "web").spec.template;

  it("roll once when a file changes: the ConfigMap is named by its content and immutable", async () => {
    const before = await workload({ files: { "/etc/web/web.yaml": "level: info" } });
    const after = await workload({ files: { "/etc/web/web.yaml": "level: debug" } });
    const [first] = Object.values(before.objects("ConfigMap"));
    const [second] = Object.values(after.objects("ConfigMap"));
    expect(first).toMatchObject({ immutable: true, data: { "etc_web_web.yaml": "level: info" } });
    expect(first?.metadata.name).toMatch(/^web-[0-9a-f]{8}$/);
    expect(first?.metadata.name).not.toEqual(second?.metadata.name);
    const pod = after.object("Deployment", "web").spec.template.spec;
    expect(pod.volumes).toEqual([
      {
        name: "config",
        configMap: { name: second?.metadata.name, items: [{ key: "etc_web_web.yaml", path: "web.yaml" }] },
      },
    ]);
    expect(pod.containers[0].volumeMounts).toEqual([{ name: "config", mountPath: "/etc/web", readOnly: true }]);
    expect(after.resource("Deployment", "web").dependsOn).toContain(after.resource("ConfigMap", "web-config").urn);
  });

  it("have a volume for each directory of files, after their own", async () => {
    const { spec } = await template({
      files: { "/etc/a/x": "1", "/etc/b/x": "2", "/etc/a/y": "3" },
      volumes: [{ name: "own", emptyDir: {} }],
      containers: [{ ...CONTAINER, volumeMounts: [{ name: "own", mountPath: "/own" }] }],
    });
    expect(spec.volumes.map(({ name, configMap }: any) => [name, configMap?.items.map(({ path }: any) => path)])).toEqual([
      ["config-0", ["x", "y"]],
      ["config-1", ["x"]],
      ["own", undefined],
    ]);
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: "own", mountPath: "/own" },
      { name: "config-0", mountPath: "/etc/a", readOnly: true },
      { name: "config-1", mountPath: "/etc/b", readOnly: true },
    ]);
  });

  it("roll when a secret changes, whose digest tells nothing of it", async () => {
    const annotations = async (...rollOn: pulumi.Input<string>[]) => (await template({ rollOn })).metadata.annotations;
    expect(await annotations("a", "b")).toEqual({ "mes.platform/secrets": "59b271ae" });
    // The digest of one text is not that of two that are the same side by side.
    expect(await annotations("ab")).not.toEqual(await annotations("a", "b"));
    expect(await annotations(pulumi.secret("hunter2"))).toEqual({ "mes.platform/secrets": "[secret]" });
    expect(await annotations()).toEqual({});
  });

  it("carry annotations of their own", async () => {
    const podAnnotations = { "example.com/a": "b" };
    expect((await template({ podAnnotations })).metadata.annotations).toEqual(podAnnotations);
    expect((await template({ podAnnotations, rollOn: ["x"] })).metadata.annotations).toMatchObject(podAnnotations);
  });
});

describe("access of a workload", () => {
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];

  it("is that of a service account of its own, which mounts no token", async () => {
    const { object } = await workload({ serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn" } });
    expect(object("ServiceAccount", "web")).toMatchObject({
      metadata: { annotations: { "eks.amazonaws.com/role-arn": "arn" } },
      automountServiceAccountToken: false,
    });
  });

  it("to its own namespace is a role and its binding", async () => {
    const { object, objects } = await workload({ rules });
    expect(object("Role", "web")).toMatchObject({ metadata: { namespace: "mes" }, rules });
    expect(object("RoleBinding", "web")).toMatchObject({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
      subjects: [{ kind: "ServiceAccount", name: "web", namespace: "mes" }],
    });
    expect(objects("ClusterRole")).toEqual({});
  });

  it("to the whole cluster is under a name with its namespace: another stack has a workload of the same name", async () => {
    const { object, objects } = await workload({ clusterRules: rules });
    expect(object("ClusterRole", "mes-web")).toMatchObject({ rules });
    expect(object("ClusterRoleBinding", "mes-web")).toMatchObject({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "mes-web" },
      subjects: [{ kind: "ServiceAccount", name: "web", namespace: "mes" }],
    });
    expect(object("ClusterRole", "mes-web").metadata).not.toHaveProperty("namespace");
    expect(objects("Role")).toEqual({});
  });

  it("is there before the pods", async () => {
    const { resource } = await workload({ rules, clusterRules: rules });
    const before = ["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];
    expect(resource("Deployment", "web").dependsOn).toEqual(
      expect.arrayContaining(before.map((kind) => resource(`:${kind}`, "web").urn)),
    );
  });
});

describe("kube-score's checks that a workload answers otherwise", () => {
  const ignored = async (overrides: Partial<WorkloadArgs>) =>
    Object.values({ ...(await workload(overrides)).objects(overrides.kind ?? "Deployment") })[0]?.metadata.annotations[
      "kube-score/ignore"
    ].split(",");

  it("are those of every controller, and of one without addresses of its pods one more", async () => {
    const all = [
      "container-ephemeral-storage-request-and-limit",
      "container-image-pull-policy",
      "container-resources",
      "container-security-context-user-group-id",
      "pod-probes-identical",
    ];
    expect(await ignored({ kind: "StatefulSet" })).toEqual(all);
    expect(await ignored({ kind: "StatefulSet", headless: false })).toEqual([...all, "statefulset-has-servicename"]);
  });
});

describe("images of a workload", () => {
  it("come with the secrets that the registry asks for", async () => {
    const images = imagesConfig.parse({ pullSecrets: ["mirror"], registry: "registry.example.com" });
    const { object } = await workload({ environment: environment({ images }) });
    const { spec } = object("Deployment", "web").spec.template;
    expect(spec.imagePullSecrets).toEqual([{ name: "mirror" }]);
    expect(spec.containers[0].image).toMatch(/^registry\.example\.com\//);
    expect((await workload()).object("Deployment", "web").spec.template.spec).not.toHaveProperty("imagePullSecrets");
  });

  it("are pinned by a digest where one is given", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const images = imagesConfig.parse({ overrides: { mes: { repository: "r.example.com/mes", tag: "1.2.3", digest } } });
    const { object } = await workload({ environment: environment({ images }) });
    expect(object("Deployment", "web").spec.template.spec.containers[0]).toMatchObject({
      image: `r.example.com/mes:1.2.3@${digest}`,
      imagePullPolicy: "IfNotPresent",
    });
  });
});
