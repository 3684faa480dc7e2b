import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { isNotFound } from "../../cluster/api";
import type { Cluster } from "../../cluster/cluster";
import { lightCluster } from "../../cluster/light";
import type { KubernetesObject } from "../../cluster/resources";
import { until } from "../../cluster/until";
import { realEngine, type Program, type RealEngine } from "../engine";
import { named, changesOf } from "../planned";
import { KubernetesTestProvider } from "./provider";

/*
 * The test provider does what the real plug-in was seen to do: the same small programs, through the real engine, on a real API server.
 */
describe("the test provider, as the real plug-in of Kubernetes", () => {
  let cluster: Cluster;
  let provider: KubernetesTestProvider;
  let engine: RealEngine;
  let number = 0;

  beforeAll(async () => {
    cluster = await lightCluster({ crds: true, controllers: ["garbage-collector-controller"] });
    provider = new KubernetesTestProvider({ contexts: { test: cluster.api }, patience: 20 });
  });
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    engine = await realEngine(`rows-${++number}`, provider);
  });
  afterEach(() => {
    engine.stop();
    delete process.env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS;
    delete process.env.PULUMI_K8S_ENABLE_PATCH_FORCE;
  });

  describe("an object that exists already", () => {
    const wants = (value: string) => on((opts) => void configMap("there", { key: value }, opts));
    beforeEach(async () => {
      await post("/api/v1/namespaces/default/configmaps?fieldManager=pulumi-kubernetes", {
        ...{ apiVersion: "v1", kind: "ConfigMap" },
        ...{ metadata: { name: "there" }, data: { key: "1" } },
      });
    });
    afterEach(() => remove("/api/v1/namespaces/default/configmaps/there"));

    test("is not taken over: the preview says nothing, `up` refuses it", async () => {
      expect(named(changesOf(await engine.preview(wants("1"))))).toContain("create ConfigMap there");
      await expect(engine.up(wants("1"))).rejects.toThrow(/configmaps "there" already exists[^]*upsertExistingObjects/);
    });

    test("is taken over with PULUMI_K8S_UPSERT_EXISTING_OBJECTS, but for fields that differ", async () => {
      process.env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS = "true";
      const conflict = /server-side apply field conflict detected[^]*conflict with "pulumi-kubernetes" using v1: \.data\.key/;
      await expect(engine.up(wants("2"))).rejects.toThrow(conflict);
      await engine.up(wants("1"));
      expect(await get("/api/v1/namespaces/default/configmaps/there")).toMatchObject({ data: { key: "1" } });
    });

    test.each<[string, pulumi.Input<Record<string, string>>, () => void]>([
      ["PULUMI_K8S_ENABLE_PATCH_FORCE", {}, () => (process.env.PULUMI_K8S_ENABLE_PATCH_FORCE = "true")],
      ["the annotation patchForce", { "pulumi.com/patchForce": "true" }, () => undefined],
    ])("is taken over as a whole with %s", async (_, annotations, set) => {
      process.env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS = "true";
      set();
      await engine.up(on((opts) => void configMap("there", { key: "2" }, opts, { annotations })));
      expect(await get("/api/v1/namespaces/default/configmaps/there")).toMatchObject({ data: { key: "2" } });
    });
  });

  test("a Patch resource takes over its fields of an object that exists, and lets go of them when it is deleted", async () => {
    const path = "/api/v1/namespaces/default/configmaps/theirs";
    await post("/api/v1/namespaces/default/configmaps", {
      ...{ apiVersion: "v1", kind: "ConfigMap" },
      ...{ metadata: { name: "theirs" }, data: { key: "1" } },
    });
    const metadata = { name: "theirs", namespace: "default" };
    await engine.up(on((opts) => void new k8s.core.v1.ConfigMapPatch("theirs", { metadata, data: { mine: "2" } }, opts)));
    expect(await get(path)).toMatchObject({ data: { key: "1", mine: "2" } });
    await engine.up(on(() => undefined));
    expect(await get(path)).toMatchObject({ data: { key: "1" } });
    expect(await get(path)).not.toHaveProperty(["data", "mine"]);
    await remove(path);
  });

  describe("a resource that gets another name in the program", () => {
    const as = (name: string, options: pulumi.CustomResourceOptions = {}) =>
      on((opts) => void configMap("kept", { key: "1" }, { ...opts, ...options }, {}, name));
    const path = "/api/v1/namespaces/default/configmaps/kept";
    beforeEach(() => engine.up(as("former")));
    afterEach(() => remove(path));

    test("without an alias: the preview would create and delete, `up` refuses", async () => {
      expect(named(changesOf(await engine.preview(as("latter"))))).toEqual([
        "create ConfigMap latter",
        "delete ConfigMap former",
      ]);
      await expect(engine.up(as("latter"))).rejects.toThrow(/"kept" already exists/);
      expect(await get(path)).toMatchObject({ data: { key: "1" } });
    });

    test("without an alias, and upserting: the object is taken over and then deleted", async () => {
      process.env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS = "true";
      await engine.up(as("latter"));
      await expect(get(path)).rejects.toThrow(/not found/);
    });

    test("with an alias nothing happens to it", async () => {
      expect(await engine.up(as("latter", { aliases: [{ name: "former" }] }))).toEqual([]);
      expect(await get(path)).toMatchObject({ data: { key: "1" } });
    });
  });

  test("an unknown field of a custom resource: dropped in silence when it is created, refused when it is changed", async () => {
    const queue = (size: number) =>
      on((opts) => {
        const spec = { name: "orders", rabbitmqClusterReference: { name: "broker" }, sizes: size };
        const metadata = { name: "orders", namespace: "default" };
        new k8s.apiextensions.CustomResource(
          "orders",
          { apiVersion: "rabbitmq.com/v1beta1", kind: "Queue", metadata, spec },
          opts,
        );
      });
    await engine.up(queue(1));
    expect(provider.warnings.map(({ message }) => message)).toContain('unknown field "spec.sizes"');
    await expect(engine.up(queue(2))).rejects.toThrow(/sizes: field not declared in schema/);
    await remove("/apis/rabbitmq.com/v1beta1/namespaces/default/queues/orders");
  });

  describe("what no deploy takes out of the preview", () => {
    const secret = (name: string, more: object) => (opts: pulumi.CustomResourceOptions) =>
      void new k8s.core.v1.Secret(name, { metadata: { name, namespace: "default" }, ...more }, opts);
    const role = (name: string, more: object) => (opts: pulumi.CustomResourceOptions) =>
      void new k8s.rbac.v1.Role(name, { metadata: { name, namespace: "default" }, ...more }, opts);
    const queue = (name: string, more: object) => (opts: pulumi.CustomResourceOptions) => {
      const spec = { name, rabbitmqClusterReference: { name: "broker" } };
      const metadata = { name, namespace: "default", ...more };
      new k8s.apiextensions.CustomResource(name, { apiVersion: "rabbitmq.com/v1beta1", kind: "Queue", metadata, spec }, opts);
    };
    test.each([
      ["stringData", secret("empty", { stringData: {} })],
      ["data", secret("empty-data", { data: {} })],
      ["rules", role("nothing", { rules: [] })],
      ["metadata.annotations", queue("bare", { annotations: {} })],
    ])("an empty %s", async (field, object) => {
      await engine.up(on(object));
      expect((await engine.preview(on(object))).map(({ op, changes }) => ({ op, changes }))).toEqual([
        { op: "update", changes: [field] },
      ]);
      await engine.up(on(object));
      expect(await engine.preview(on(object))).toHaveLength(1);
    });

    test("is nothing of the rest that is empty, or written in another way", async () => {
      const pods = {
        metadata: { labels: { app: "a" }, annotations: {} },
        spec: {
          nodeSelector: {},
          tolerations: [],
          volumes: [],
          containers: [
            {
              ...{ name: "main", image: "main:1", env: [], args: [] },
              resources: { requests: { cpu: "1000m", memory: "1024Mi" }, limits: {} },
            },
          ],
        },
      };
      const program = on((opts) => {
        configMap("odd", {}, opts, { annotations: {}, labels: {} });
        const metadata = { name: "odd", namespace: "default" };
        const spec = { replicas: 0, selector: { matchLabels: { app: "a" } }, template: pods };
        const annotations = { "pulumi.com/skipAwait": "true" };
        new k8s.apps.v1.Deployment("odd", { metadata: { ...metadata, annotations }, spec }, opts);
        const policy = { podSelector: {}, ingress: [], egress: [], policyTypes: ["Ingress", "Egress"] };
        new k8s.networking.v1.NetworkPolicy("odd", { metadata, spec: policy }, opts);
        new k8s.storage.v1.StorageClass("odd", { metadata: { name: "odd" }, provisioner: "nobody", parameters: {} }, opts);
      });
      await engine.up(program);
      expect(await engine.preview(program)).toEqual([]);
      await engine.destroy();
    });
  });

  describe("what cannot be changed is deleted and recreated under its name", () => {
    const template = (image: string) => ({
      metadata: { labels: { app: "a" } },
      spec: { restartPolicy: "Never", containers: [{ name: "main", image }] },
    });
    const annotations = { "pulumi.com/skipAwait": "true" };
    const metadata = { name: "fixed", namespace: "default", annotations };
    test.each<[string, string, (value: string, opts: pulumi.CustomResourceOptions) => void]>([
      [
        "data of a ConfigMap",
        "/api/v1/namespaces/default/configmaps/fixed",
        (value, opts) => void configMap("fixed", { key: value }, opts),
      ],
      [
        "the pods of a Job",
        "/apis/batch/v1/namespaces/default/jobs/fixed",
        (value, opts) => void new k8s.batch.v1.Job("fixed", { metadata, spec: { template: template(value) } }, opts),
      ],
      [
        "a claim of a StatefulSet",
        "/apis/apps/v1/namespaces/default/statefulsets/fixed",
        (value, opts) => {
          const size = {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: `${value}Gi` } } },
          };
          const pods = { ...template("a"), spec: { containers: [{ name: "main", image: "a" }] } };
          const spec = {
            serviceName: "fixed",
            selector: { matchLabels: { app: "a" } },
            template: pods,
            volumeClaimTemplates: [size],
          };
          new k8s.apps.v1.StatefulSet("fixed", { metadata, spec }, opts);
        },
      ],
    ])("%s", async (_, path, make) => {
      const wants = (value: string) => on((opts) => make(value, opts));
      await engine.up(wants("1"));
      expect((await engine.preview(wants("2"))).map(({ op }) => op)).toEqual(["replace"]);
      // What nobody waits for may still be on its way out when its successor is created.
      if (!path.includes("configmaps")) return engine.destroy();
      const before = await uidOf(path);
      expect((await engine.up(wants("2"))).map(({ op }) => op)).toEqual(["replace"]);
      expect(await uidOf(path)).not.toBe(before);
      return engine.destroy();
    });

    test("but data of a Secret change in place", async () => {
      const wants = (value: string) =>
        on(
          (opts) =>
            void new k8s.core.v1.Secret(
              "fixed",
              { metadata: { name: "fixed", namespace: "default" }, stringData: { value } },
              opts,
            ),
        );
      await engine.up(wants("1"));
      const before = await uidOf("/api/v1/namespaces/default/secrets/fixed");
      expect((await engine.up(wants("2"))).map(({ op }) => op)).toEqual(["update"]);
      expect(await uidOf("/api/v1/namespaces/default/secrets/fixed")).toBe(before);
      await engine.destroy();
    });
  });

  test("a namespace that is not there: waited for, then named", async () => {
    const program = on((opts) => void configMap("lost", {}, opts, { namespace: "nowhere" }));
    expect(named(changesOf(await engine.preview(program)))).toContain("create ConfigMap lost");
    const began = Date.now();
    await expect(engine.up(program)).rejects.toThrow(/namespaces "nowhere" not found/);
    expect(Date.now() - began).toBeGreaterThan(3000);
  });

  test("a context that the kubeconfig lacks: a preview that looks at nothing, and `up` fails at the first object", async () => {
    const program = on((opts) => void configMap("anywhere", {}, opts), "elsewhere");
    expect(named(changesOf(await engine.preview(program)))).toContain("create ConfigMap anywhere");
    const unreachable = /configured Kubernetes cluster is unreachable[^]*context "elsewhere" does not exist/;
    await expect(engine.up(program)).rejects.toThrow(unreachable);
  });

  test("what somebody deleted is seen by `refresh` alone, and made again by the `up` after it", async () => {
    const path = "/api/v1/namespaces/default/configmaps/hand";
    const program = on((opts) => void configMap("hand", { key: "1" }, opts));
    await engine.up(program);
    await remove(path);
    expect(await engine.preview(program)).toEqual([]);
    expect(named(changesOf(await engine.refresh()))).toEqual(["delete ConfigMap hand"]);
    expect(named(changesOf(await engine.up(program)))).toEqual(["create ConfigMap hand"]);
    await remove(path);
  });

  test("a custom resource without a status is waited for until it has one", async () => {
    const path = "/apis/cert-manager.io/v1/namespaces/default/certificates/tls";
    const program = on((opts) => {
      const metadata = { name: "tls", namespace: "default", annotations: { "pulumi.com/waitFor": "condition=Ready" } };
      const spec = { secretName: "tls", dnsNames: ["a"], issuerRef: { name: "ca" } };
      new k8s.apiextensions.CustomResource(
        "tls",
        { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata, spec },
        opts,
      );
    });
    const running = engine.up(program);
    await until("it is there", async () => (await get(path).catch(() => undefined)) !== undefined);
    const ready = { type: "Ready", status: "True", reason: "Issued", message: "", lastTransitionTime: new Date().toISOString() };
    const options = { body: { status: { conditions: [ready] } }, contentType: "application/merge-patch+json" };
    await cluster.api.request("PATCH", `${path}/status`, options);
    expect(named(changesOf(await running))).toContain("create Certificate tls");
    await remove(path);
  });

  /** A program with a provider of its own. */
  function on(declare: (opts: pulumi.CustomResourceOptions) => void, context = "test"): Program {
    return () => {
      declare({ provider: new k8s.Provider("cluster", { context, enableServerSideApply: true, enableSecretMutable: true }) });
      return {};
    };
  }

  function configMap(
    name: string,
    data: Record<string, string>,
    opts: pulumi.CustomResourceOptions,
    more: object = {},
    urn = name,
  ): void {
    new k8s.core.v1.ConfigMap(urn, { metadata: { name, namespace: "default", ...more }, data }, opts);
  }

  function get(path: string): Promise<KubernetesObject> {
    return cluster.api.get<KubernetesObject>(path);
  }

  async function uidOf(path: string): Promise<unknown> {
    return ((await get(path)).metadata as { uid?: string }).uid;
  }

  async function post(path: string, body: object): Promise<void> {
    await cluster.api.request("POST", path, { body });
  }

  async function remove(path: string): Promise<void> {
    await cluster.api.request("DELETE", path).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
});
