import { Applier } from "../cluster/apply";
import { waitUntilServed } from "../cluster/crds";
import { readManifests } from "../cluster/manifests";
import { CRDS } from "../cluster/tools";
import { until } from "../cluster/until";
import { pulumiCli, type PulumiCli } from "./cli";
import { type Gate, gateTo } from "./gate";
import { missing, orphans } from "./inventory";
import { KubernetesTestProvider } from "./kubernetes-provider/provider";
import { takingOver } from "./kubernetes-provider/taking-over";
import { stackCluster, type StackCluster } from "./stack-cluster";

/* One stack, to which one thing after the other happens; each time the next `up` goes on from there. */
describe("faults of an engine's surroundings", () => {
  let of: StackCluster;
  let gate: Gate;
  let cli: PulumiCli;
  let apps: string;

  beforeAll(async () => {
    of = await stackCluster("dev");
    gate = await gateTo(of.cluster);
    apps = of.config.namespaces.prefix;
    const contexts = { [of.config.cluster.context]: gate.api };
    cli = await pulumiCli({
      cluster: of.cluster,
      kubernetes: new KubernetesTestProvider({ contexts, patience: 30 }),
      checkpoints: true,
    });
    expect(await cli.run("stack", "init", "dev")).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    cli.stop();
    gate.close();
    gate.api.close();
    await of.stop();
  });

  test("the context of another cluster: nothing is created", async () => {
    await set("mes:cluster.context", "elsewhere");
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/mes:cluster\.context: the kubeconfig has no context elsewhere; it has: mes-dev, mes-prod/);
    expect(await of.cluster.kubectl("get", "namespaces", "-o", "name")).not.toMatch(/\/mes/);
    await set("mes:cluster.context", of.config.cluster.context);
  });

  test("a definition of custom resources is missing: the message names it", async () => {
    // No pod of a role is admitted from now on: see the next test.
    await setQuota("10m", "16Mi", "2");
    const queues = (await readManifests(CRDS))
      .map(({ object }) => object)
      .filter(({ metadata }) => metadata.name === "queues.rabbitmq.com");
    await of.cluster.kubectl("delete", "crd", "queues.rabbitmq.com");
    expect((await up()).output).toMatch(
      /Verify that any required CRDs have been created: [^]*knows no Queue in rabbitmq.com\/v1beta1/,
    );
    await new Applier(of.cluster.api).applyAll(queues);
    await waitUntilServed(of.cluster.api, queues);
  });

  test("a quota that is too small: the message says what was refused and why", async () => {
    const { code, output } = await up();
    expect(code).not.toBe(0);
    // It may have been there before, or not: how far the former `up` came is a matter of time.
    expect(output).toMatch(/order-intake" .*failed to fully initialize or become live: .*exceeded quota: platform/);
  });

  test("the API server is away in the middle of an `up`: the message says so", async () => {
    // Raised and not taken out: an engine deletes last, after all that waits for it.
    await setQuota("4", "16Gi", "100");
    const running = up();
    await until("the engine works", async () => {
      const pods = await of.cluster.kubectl("-n", apps, "get", "resourcequota/platform", "-o", "jsonpath={.spec.hard.pods}");
      return pods === "100" || pods;
    });
    gate.close();
    const { code, output } = await running;
    expect(code).not.toBe(0);
    expect(output).toMatch(/configured Kubernetes cluster is unreachable|ECONNREFUSED|ECONNRESET|socket hang up/);
    await gate.open();
  });

  test("the next `up` finishes, and takes over what was being created; nothing is missing, orphaned, or left to do", async () => {
    // Kubernetes tries a refused pod again after minutes; no `up` should wait for that, and no test: new ReplicaSets try at once.
    await of.cluster.kubectl("-n", apps, "delete", "replicasets", "--all");
    await of.cluster.kubectl("-n", apps, "wait", "deployment", "--all", "--for=condition=Available", "--timeout=300s");
    expect(await takingOver(up)).toMatchObject({ code: 0, output: expect.stringContaining("Resources:") });
    // Takes the two settings off the provider again.
    expect(await up()).toMatchObject({ code: 0 });
    const state = await cli.state("dev");
    expect(await missing(of.cluster.api, state)).toEqual([]);
    expect(await orphans(of.cluster.api, state)).toEqual([]);
    expect(await cli.run("preview", "--stack", "dev", "--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("somebody else has taken a field: it is not overwritten, and the message names who and what", async () => {
    const image = "rival.example.com/mes:1";
    const wanted = (await imageOf("dashboard")).replace(/:[^:]+$/, ":9.9.9");
    const identity = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "dashboard", namespace: apps } };
    const withImage = (name: string) => ({
      ...identity,
      spec: { template: { spec: { containers: [{ name: "mes", image: name }] } } },
    });
    await new Applier(of.cluster.api).apply(withImage(image), { fieldManager: "rival" });
    await set("mes:images.overrides.mes.tag", "9.9.9");
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/server-side apply field conflict detected[^]*conflict with "rival"[^]*\.image/);
    expect(await imageOf("dashboard")).toBe(image);

    // They come to agree.
    await new Applier(of.cluster.api).apply(withImage(wanted), { fieldManager: "rival" });
    expect(await up()).toMatchObject({ code: 0 });
    expect(await imageOf("dashboard")).toBe(wanted);
  });

  function up(): Promise<{ code: number; output: string }> {
    return cli.run("up", "--yes", "--skip-preview", "--stack", "dev");
  }

  async function setQuota(cpu: string, memory: string, pods: string): Promise<void> {
    for (const [key, value] of Object.entries({ cpu, memory, pods })) await set(`mes:namespaces.quotas.apps.${key}`, value);
  }

  async function set(path: string, value: string): Promise<void> {
    expect(await cli.run("config", "set", "--path", path, value, "--stack", "dev")).toMatchObject({ code: 0 });
  }

  function imageOf(deployment: string): Promise<string> {
    const path = "jsonpath={.spec.template.spec.containers[0].image}";
    return of.cluster.kubectl("-n", apps, "get", `deployment/${deployment}`, "-o", path);
  }
});
