import { Applier } from "../cluster/apply";
import { waitUntilServed } from "../cluster/crds";
import { readManifests } from "../cluster/manifests";
import { CRDS } from "../cluster/tools";
import { until } from "../cluster/until";
import { pulumiCli, type PulumiCli } from "./cli";
import { type Gate, gateTo } from "./gate";
import { missing, orphans } from "./inventory";
import { KubernetesTestProvider } from "./kubernetes-provider/provider";
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
    cli = await pulumiCli(new KubernetesTestProvider({ contexts, patience: 15 }));
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
    expect(output).toContain(
      'configured Kubernetes cluster is unreachable: context "elsewhere" does not exist (there is: mes-dev)',
    );
    expect(await of.cluster.kubectl("get", "namespaces", "-o", "name")).not.toMatch(/\/mes/);
    await set("mes:cluster.context", of.config.cluster.context);
  });

  test("a definition of custom resources is missing: the message names it", async () => {
    // No pod of a role is admitted from now on: see the next test.
    await set("mes:namespaces.quotas.apps.cpu", "10m");
    await set("mes:namespaces.quotas.apps.memory", "16Mi");
    await set("mes:namespaces.quotas.apps.pods", "2");
    const queues = (await readManifests(CRDS))
      .map(({ object }) => object)
      .filter(({ metadata }) => metadata.name === "queues.rabbitmq.com");
    await of.cluster.kubectl("delete", "crd", "queues.rabbitmq.com");
    expect((await up()).output).toMatch(
      /knows no Queue in rabbitmq.com\/v1beta1; verify that any required CRDs have been created/,
    );
    await new Applier(of.cluster.api).applyAll(queues);
    await waitUntilServed(of.cluster.api, queues);
  });

  test("a quota that is too small: the message says what was refused and why", async () => {
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/Deployment::order-intake" was applied, but .* failed to become live: .*exceeded quota: platform/);
    await cli.run("config", "rm", "mes:namespaces", "--stack", "dev");
  });

  test("the API server is away in the middle of an `up`: the message says so", async () => {
    const running = up();
    await until("the engine works", async () => {
      const quotas = await of.cluster.kubectl("-n", apps, "get", "pods", "-o", "name");
      return quotas !== "";
    });
    gate.close();
    const { code, output } = await running;
    expect(code).not.toBe(0);
    expect(output).toMatch(/configured Kubernetes cluster is unreachable|ECONNREFUSED|ECONNRESET|socket hang up/);
    await gate.open();
  });

  test("the next `up` finishes; nothing is missing, nothing is orphaned, nothing is left to do", async () => {
    expect(await up()).toMatchObject({ code: 0 });
    const state = await cli.state("dev");
    expect(await missing(of.cluster.api, state)).toEqual([]);
    expect(await orphans(of.cluster.api, state)).toEqual([]);
    expect(await cli.run("preview", "--stack", "dev", "--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("somebody else has taken a field: it is not overwritten, and the message names who and what", async () => {
    const image = "rival.example.com/mes:1";
    const identity = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "dashboard", namespace: apps } };
    const theirs = { ...identity, spec: { template: { spec: { containers: [{ name: "mes", image }] } } } };
    await new Applier(of.cluster.api).apply(theirs, { fieldManager: "rival" });
    await set("mes:images.overrides.mes.tag", "9.9.9");
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /field conflict detected: [^]*conflict with "rival"[^]*\.image; set the annotation pulumi.com\/patchForce/,
    );
    expect(await imageOf("dashboard")).toBe(image);

    // They let go of it.
    await new Applier(of.cluster.api).apply(identity, { fieldManager: "rival" });
    expect(await up()).toMatchObject({ code: 0 });
    expect(await imageOf("dashboard")).toMatch(/:9\.9\.9$/);
  });

  function up(): Promise<{ code: number; output: string }> {
    return cli.run("up", "--yes", "--skip-preview", "--stack", "dev");
  }

  async function set(path: string, value: string): Promise<void> {
    expect(await cli.run("config", "set", "--path", path, value, "--stack", "dev")).toMatchObject({ code: 0 });
  }

  function imageOf(deployment: string): Promise<string> {
    const path = "jsonpath={.spec.template.spec.containers[0].image}";
    return of.cluster.kubectl("-n", apps, "get", `deployment/${deployment}`, "-o", path);
  }
});
