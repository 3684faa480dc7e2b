import { findProblems, describeProblems, ACCEPTANCE_CLUSTER } from "./acceptance";
import type { Cluster } from "./cluster";
import { lightCluster } from "./light";
import type { Manifest } from "./manifests";
import type { KubernetesObject } from "./resources";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await lightCluster(ACCEPTANCE_CLUSTER);
});
afterAll(() => cluster.stop());

const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted" };

describe("what a real API server has against manifests", () => {
  test("nothing, if they are fine, in whatever order they come", async () => {
    const problems = await judge(
      statefulSet("fine", { serviceAccountName: "runner", priorityClassName: "important" }),
      object("postgresql.cnpg.io/v1", "Cluster", "fine", { spec: { instances: 3, storage: { size: "1Gi" } } }, "fine"),
      object("v1", "ResourceQuota", "all", { spec: { hard: { "requests.cpu": "1" } } }, "fine"),
      object("v1", "ServiceAccount", "runner", {}, "fine"),
      object("scheduling.k8s.io/v1", "PriorityClass", "important", { value: 1 }),
      namespace("fine", RESTRICTED),
    );
    expect(problems).toBe("");
  });

  test("a field that does not exist, in a built-in or a custom resource", async () => {
    const problems = await judge(
      namespace("typo"),
      object("v1", "ConfigMap", "settings", { dataa: {} }, "typo"),
      object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: { instancess: 3, storage: { size: "1Gi" } } }, "typo"),
    );
    expect(problems).toMatch(/ConfigMap typo\/settings .*\n {2}refused: .*dataa: field not declared in schema/);
    expect(problems).toMatch(/Cluster typo\/db .*\n {2}refused: .*instancess: field not declared in schema/);
  });

  test("a namespace that is missing, a kind that nobody serves", async () => {
    const problems = await judge(
      object("v1", "ConfigMap", "settings", {}, "nowhere"),
      object("example.com/v1", "Machine", "press", {}, "nowhere"),
    );
    expect(problems).toMatch(/ConfigMap nowhere\/settings .*\n {2}refused: namespaces "nowhere" not found/);
    expect(problems).toMatch(/Machine nowhere\/press .*\n {2}refused: the API server knows no Machine in example.com\/v1/);
  });

  test("a workload that is taken while its pods will be refused: Pod Security", async () => {
    const problems = await judge(namespace("guarded", RESTRICTED), statefulSet("guarded", { hostNetwork: true }));
    expect(problems).toMatch(
      /StatefulSet guarded\/db .*\n {2}warning: would violate PodSecurity "restricted:latest": host namesp/,
    );
    expect(problems).toMatch(/ {2}pod refused: .*violates PodSecurity "restricted:latest": host namespaces/);
  });

  test("a workload that is taken while its pods will be refused: service account, quota", async () => {
    const problems = await judge(
      namespace("poor"),
      object("v1", "ResourceQuota", "small", { spec: { hard: { "requests.cpu": "100m" } } }, "poor"),
      statefulSet("poor", {}),
      namespace("anonymous"),
      statefulSet("anonymous", { serviceAccountName: "nobody" }),
    );
    expect(problems).toMatch(/StatefulSet poor\/db .*\n {2}pod refused: .*exceeded quota: small, requested: requests.cpu=200m/);
    expect(problems).toMatch(/StatefulSet anonymous\/db .*\n {2}pod refused: .*serviceaccount "nobody" not found/);
  });

  test("what is deprecated", async () => {
    const problems = await judge(object("v1", "Endpoints", "old", {}, "default"));
    expect(problems).toMatch(/Endpoints default\/old .*\n {2}warning: v1 Endpoints is deprecated/);
  });
});

async function judge(...objects: KubernetesObject[]): Promise<string> {
  const manifests: Manifest[] = objects.map((object, index) => ({ file: `${index}.yaml`, object }));
  return describeProblems(await findProblems(cluster.api, manifests), ".");
}

function object(apiVersion: string, kind: string, name: string, fields: object, namespace?: string): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace }, ...fields };
}

function namespace(name: string, labels: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** One that `restricted` admits, with a volume, plus more fields of its pods. */
function statefulSet(namespace: string, podFields: object): KubernetesObject {
  const labels = { app: "db" };
  const container = {
    name: "db",
    image: "example/db",
    resources: { requests: { cpu: "200m" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  };
  const securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const spec = {
    serviceName: "db",
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { securityContext, containers: [container], ...podFields } },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
  };
  return object("apps/v1", "StatefulSet", "db", { spec }, namespace);
}
