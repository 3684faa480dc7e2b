import { readManifests } from "../cluster/manifests";
import { waitUntilServed } from "../cluster/crds";
import { Applier } from "../cluster/apply";
import { CRDS } from "../cluster/tools";
import { until } from "../cluster/until";
import type { StackConfig } from "../../stacks/config/schema";
import { platform } from "../../stacks/platform";
import { realEngine, type RealEngine } from "./engine";
import { type Gate, gateTo } from "./gate";
import { missing, orphans } from "./inventory";
import { KubernetesTestProvider } from "./kubernetes-provider/provider";
import { changesOf, named } from "./planned";
import { stackCluster, type StackCluster } from "./stack-cluster";

/* One stack, to which one thing after the other happens; each time the next `up` goes on from there. */
describe("faults of an engine's surroundings", () => {
  let of: StackCluster;
  let gate: Gate;
  let engine: RealEngine;
  let config: StackConfig;
  const up = () => engine.up(() => platform("dev", config));

  beforeAll(async () => {
    of = await stackCluster("dev");
    gate = await gateTo(of.cluster);
    config = of.config;
    const contexts = { [config.cluster.context]: gate.api };
    engine = await realEngine("dev", new KubernetesTestProvider({ contexts, patience: 15 }));
  });
  afterAll(async () => {
    engine.stop();
    gate.close();
    gate.api.close();
    await of.stop();
  });

  test("the context of another cluster: nothing is created", async () => {
    const elsewhere = { ...config, cluster: { ...config.cluster, context: "elsewhere" } };
    await expect(engine.up(() => platform("dev", elsewhere))).rejects.toThrow(
      'configured Kubernetes cluster is unreachable: context "elsewhere" does not exist (there is: mes-dev)',
    );
    expect(await orphansAfter()).toEqual([]);
    expect(await of.cluster.kubectl("get", "namespaces", "-o", "name")).not.toMatch(/mes/);
  });

  test("a definition of custom resources is missing: the message names it; afterwards the next `up` goes on", async () => {
    const crds = (await readManifests(CRDS)).map(({ object }) => object);
    const queues = crds.filter(({ metadata }) => metadata.name === "queues.rabbitmq.com");
    await of.cluster.kubectl("delete", "crd", "queues.rabbitmq.com");
    await expect(up()).rejects.toThrow(
      /knows no Queue in rabbitmq.com\/v1beta1; verify that any required CRDs have been created/,
    );
    await new Applier(of.cluster.api).applyAll(queues);
    await waitUntilServed(of.cluster.api, queues);
  });

  test("the API server is away in the middle of an `up`: the message says so", async () => {
    const running = up();
    const failed = expect(running).rejects.toThrow(
      /configured Kubernetes cluster is unreachable|ECONNREFUSED|ECONNRESET|socket hang up/,
    );
    await until("a good part is there", async () => {
      const queues = await of.cluster.kubectl("get", "queues.rabbitmq.com", "-A", "-o", "name");
      return queues.split("\n").length > 3;
    });
    gate.close();
    await failed;
    await gate.open();
  });

  test("a quota that is too small: the message says what was refused and why", async () => {
    const quota = { cpu: "10m", memory: "16Mi", pods: 2 };
    config = { ...config, namespaces: { ...config.namespaces, quotas: { ...config.namespaces.quotas, apps: quota } } };
    await expect(up()).rejects.toThrow(
      /Deployment::order-intake" was applied, but .* failed to become live: .*exceeded quota: platform/,
    );
  });

  test("the next `up` finishes; nothing is missing, nothing is orphaned, nothing is left to do", async () => {
    config = { ...config, namespaces: of.config.namespaces };
    await up();
    expect(await missing(of.cluster.api, await engine.state())).toEqual([]);
    expect(await orphansAfter()).toEqual([]);
    expect(await up()).toEqual([]);
  });

  test("somebody else has taken a field: it is not overwritten, and the message names who and what", async () => {
    const image = "rival.example.com/mes:1";
    const apps = config.namespaces.prefix;
    const theirs = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "dashboard", namespace: apps },
      spec: { template: { spec: { containers: [{ name: "dashboard", image }] } } },
    };
    await new Applier(of.cluster.api).apply(theirs, { fieldManager: "rival" });
    const overrides = { ...config.images.overrides, mes: { tag: "9.9.9" } };
    config = { ...config, images: { ...config.images, overrides } };
    await expect(up()).rejects.toThrow(
      /field conflict detected: .*conflict with "rival".*\.image; set the annotation pulumi.com\/patchForce/s,
    );
    const read = "jsonpath={.spec.template.spec.containers[0].image}";
    expect(await of.cluster.kubectl("-n", apps, "get", "deployment/dashboard", "-o", read)).toBe(image);

    // They let go of it.
    const { apiVersion, kind, metadata } = theirs;
    await new Applier(of.cluster.api).apply({ apiVersion, kind, metadata }, { fieldManager: "rival" });
    expect(named(changesOf(await up()))).toContain("change Deployment dashboard");
  });

  async function orphansAfter(): Promise<string[]> {
    return orphans(of.cluster.api, await engine.state());
  }
});
