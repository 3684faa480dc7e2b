import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Workload } from "../../components/workload/workload";
import type { Cluster } from "../cluster/cluster";
import { lightCluster } from "../cluster/light";
import { until } from "../cluster/until";
import { record } from "../../review/plan/record";
import { environment, PROJECT_DIRECTORY } from "../helpers/record";
import { realEngine, type Program, type RealEngine, type Step } from "./engine";
import { KubernetesTestProvider } from "./kubernetes-provider/provider";

const NAMESPACE = "logs";
const NAME = "store";

interface Volumes {
  readonly size: string;
  readonly replicas: number;
}

describe("the volumes of a StatefulSet", () => {
  let cluster: Cluster;
  let engine: RealEngine;
  beforeAll(async () => {
    cluster = await lightCluster({
      controllers: true,
      nodes: [{ name: "worker", count: 3, cpu: "4", memory: "8Gi" }],
      storageClasses: ["standard"],
    });
    engine = await realEngine("test", new KubernetesTestProvider({ contexts: { here: cluster.api }, patience: 60 }));
  });
  afterAll(async () => {
    engine.stop();
    await cluster.stop();
  });

  const workload = (name: string, { size, replicas }: Volumes, opts: pulumi.ComponentResourceOptions) =>
    new Workload(
      name,
      {
        environment: environment(),
        namespace: NAMESPACE,
        component: "logging",
        kind: "StatefulSet",
        replicas,
        priorityClassName: "system-cluster-critical",
        containers: [{ name: "store", image: "loki", ports: { http: 80 }, resources: { cpu: "10m", memory: "16Mi" } }],
        claims: [{ name: "data", size, mountPath: "/data" }],
      },
      opts,
    );

  const surroundings = () => {
    const provider = new k8s.Provider("cluster", { context: "here", enableServerSideApply: true });
    const namespace = new k8s.core.v1.Namespace("logs", { metadata: { name: NAMESPACE } }, { provider });
    return { provider, namespace };
  };

  const program =
    (volumes: Volumes): Program =>
    () => {
      const { provider, namespace } = surroundings();
      workload(NAME, volumes, { providers: [provider], dependsOn: namespace });
      return {};
    };

  /** As stacks were before their claims were resources: the controller alone makes them. */
  async function before(volumes: Volumes): Promise<Program> {
    const plan = await record(program(volumes), { project: "mes", stack: "test", projectDirectory: PROJECT_DIRECTORY });
    const planned = (kind: string) => plan.resources.find(({ type }) => type.endsWith(`:${kind}`))?.inputs;
    return () => {
      const { provider, namespace } = surroundings();
      const parent = new pulumi.ComponentResource("mes:workload:Workload", NAME, {}, { providers: [provider] });
      const account = new k8s.core.v1.ServiceAccount(NAME, { ...planned("ServiceAccount") }, { parent, dependsOn: namespace });
      new k8s.apps.v1.StatefulSet(NAME, planned("StatefulSet") as unknown as k8s.apps.v1.StatefulSetArgs, {
        parent,
        dependsOn: account,
      });
      return {};
    };
  }

  test("that a stack has already are taken over", async () => {
    await engine.up(await before({ size: "1Gi", replicas: 2 }));
    const made = await identities("persistentvolumeclaims");
    expect(Object.keys(made)).toEqual(["data-store-0", "data-store-1"]);
    const steps = await engine.up(program({ size: "1Gi", replicas: 2 }));
    expect(named(steps)).toEqual(["create data-store-0", "create data-store-1"]);
    expect(await identities("persistentvolumeclaims")).toEqual(made);
    expect(await engine.preview(program({ size: "1Gi", replicas: 2 }))).toEqual([]);
  });

  test("grow in place: the pods go on running, and the plan's size is there", async () => {
    const [pods, claims] = [await identities("pods"), await identities("persistentvolumeclaims")];
    const grown = program({ size: "3Gi", replicas: 2 });
    expect(named(await engine.preview(grown))).toEqual(["update data-store-0", "update data-store-1"]);
    expect(named(await engine.up(grown))).toEqual(["update data-store-0", "update data-store-1"]);
    await until("the volumes have grown", async () => {
      const sizes = await capacities();
      return sizes === "3Gi 3Gi" || sizes;
    });
    expect(await identities("pods")).toEqual(pods);
    expect(await identities("persistentvolumeclaims")).toEqual(claims);
    expect(await engine.preview(grown)).toEqual([]);
    expect(await engine.refresh()).toEqual([]);
  });

  test("of further pods have the new size", async () => {
    const more = program({ size: "3Gi", replicas: 3 });
    expect(named(await engine.up(more))).toEqual(["create data-store-2", "update store"]);
    expect(await capacities()).toBe("3Gi 3Gi 3Gi");
  });

  test("do not shrink: the preview says so", async () => {
    await expect(engine.preview(program({ size: "2Gi", replicas: 3 }))).rejects.toThrow(
      /data-store-\d" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than/,
    );
    expect(await capacities()).toBe("3Gi 3Gi 3Gi");
  });

  test("of a class that cannot grow stay, and `up` says so before it changes anything else", async () => {
    await cluster.kubectl("patch", "storageclass", "standard", "-p", '{"allowVolumeExpansion": false}');
    await expect(engine.up(program({ size: "4Gi", replicas: 2 }))).rejects.toThrow(
      /storageclass that provisions the pvc must support resize/,
    );
    expect(await capacities()).toBe("3Gi 3Gi 3Gi");
    expect(Object.keys(await identities("pods"))).toHaveLength(3);
  });

  test("outlive their stack, and a smaller number of pods", async () => {
    await engine.up(program({ size: "3Gi", replicas: 1 }));
    expect(Object.keys(await identities("persistentvolumeclaims"))).toHaveLength(3);
  });

  async function identities(resource: string): Promise<Record<string, string>> {
    const { items } = JSON.parse(await cluster.kubectl("-n", NAMESPACE, "get", resource, "-o", "json")) as {
      items: { metadata: { name: string; uid: string } }[];
    };
    return Object.fromEntries(items.map(({ metadata: { name, uid } }) => [name, uid]));
  }

  function capacities(): Promise<string> {
    return cluster.kubectl("-n", NAMESPACE, "get", "pvc", "-o", "jsonpath={.items[*].status.capacity.storage}");
  }

  function named(steps: readonly Step[]): string[] {
    return steps
      .filter(({ urn }) => /:(PersistentVolumeClaimPatch|StatefulSet)::/.test(urn))
      .map(({ urn, op }) => `${op} ${urn.split("::").at(-1) ?? ""}`)
      .sort();
  }
});
