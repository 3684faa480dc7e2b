import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { moduleVersion } from "../../docs/versions";
import { Applier } from "./apply";
import type { Cluster } from "./cluster";
import { lightCluster } from "./light";
import type { KubernetesObject } from "./resources";
import { serverTool } from "./tools";
import { until } from "./until";
import { watch } from "./watch";

describe("a light cluster with everything", () => {
  let cluster: Cluster;

  beforeAll(async () => {
    const nodes = [{ name: "worker", count: 3, cpu: "4", memory: "16Gi", extended: { "nvidia.com/gpu": "1" } }];
    cluster = await lightCluster({ crds: true, controllers: true, nodes });
  });
  afterAll(() => cluster.stop());

  test("has nodes of the declared size, one in each zone", async () => {
    const printed = await cluster.kubectl(
      "get",
      "nodes",
      "-o",
      "jsonpath={range .items[*]}{.metadata.labels.topology\\.kubernetes\\.io/zone} {.status.allocatable.cpu} {.status.allocatable.nvidia\\.com/gpu}{'\\n'}{end}",
    );
    expect(printed).toBe("zone-a 4 1\nzone-b 4 1\nzone-c 4 1\n");
  });

  test("serves the operators' custom resources", async () => {
    const { resources } = await cluster.api.get<{ resources: { kind: string }[] }>("/apis/postgresql.cnpg.io/v1");
    expect(resources.map(({ kind }) => kind)).toContain("Cluster");
  });

  test("says its version as a release does", async () => {
    const version = await cluster.api.get("/version");
    const expected = moduleVersion(serverTool("kube-apiserver").endsWith("-newest") ? "kubernetes-newest" : "kubernetes");
    const [major, minor] = expected?.split(".") ?? [];
    expect(version).toMatchObject({ major, minor, gitVersion: `v${expected}` });
  });

  test("runs pods of a deployment on all nodes", async () => {
    await cluster.kubectl("create", "deployment", "web", "--image=example/web", "--replicas=3");
    await cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s");
    const nodes = await cluster.kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].spec.nodeName}");
    expect(new Set(nodes.split(" "))).toEqual(new Set(["worker-1", "worker-2", "worker-3"]));
  });

  test("binds the volumes of a stateful set, grows them, and deletes them after their claims", async () => {
    await new Applier(cluster.api).apply(STATEFUL_SET);
    await cluster.kubectl("rollout", "status", "statefulset/store", "--timeout=60s");
    const size = (): Promise<string> =>
      cluster.kubectl("get", "pvc", "data-store-0", "-o", "jsonpath={.status.phase} {.status.capacity.storage}");
    expect(await size()).toBe("Bound 1Gi");

    await cluster.kubectl("patch", "pvc", "data-store-0", "-p", '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}');
    await until("the volume has grown", async () => (await size()) === "Bound 2Gi" || size());

    await cluster.kubectl("delete", "statefulset/store", "pvc/data-store-0", "--timeout=60s");
    await until("the volume is gone", async () => (await cluster.kubectl("get", "pv", "-o", "name")) === "");
  });

  test("tells a watch of what is there, of what comes, and of what is served later", async () => {
    const seen: string[] = [];
    const note = ({ kind, metadata }: KubernetesObject): number => seen.push(`${kind} ${metadata.name}`);
    const applier = new Applier(cluster.api);
    const configMap = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
    await applier.apply(configMap("before"));
    const ends = [
      watch(cluster.api, "/api/v1/namespaces/default/configmaps", note),
      watch(cluster.api, "/apis/watched.test/v1/orders", note),
    ];
    await applier.apply(configMap("after"));
    await applier.apply(DEFINITION);
    await until("the kind is served", async () => applier.apply(ORDER).then(() => true));
    const expected = ["ConfigMap before", "ConfigMap after", "Order first"];
    await until("all are seen", () => expected.every((one) => seen.includes(one)) || seen.join(", "));
    for (const end of ends) end();
  });

  test("refuses a privileged pod where Pod Security says so", async () => {
    await cluster.kubectl("create", "namespace", "guarded");
    await cluster.kubectl("label", "namespace", "guarded", "pod-security.kubernetes.io/enforce=restricted");
    await until("the namespace can have pods", async () => {
      await cluster.api.get("/api/v1/namespaces/guarded/serviceaccounts/default");
      return true;
    });
    const run = cluster.kubectl("run", "guest", "-n", "guarded", "--image=example/web", "--privileged");
    await expect(run).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
  });

  test("gives a service account no rights that it was not granted", async () => {
    const asked = cluster.kubectl("auth", "can-i", "list", "secrets", "--as=system:serviceaccount:default:default");
    // kubectl exits with 1 for "no".
    await expect(asked).rejects.toMatchObject({ stdout: "no\n" });
  });
});

describe("the end of a cluster", () => {
  test("several run at once, and stopping one leaves the other", async () => {
    const [first, second] = await Promise.all([lightCluster(), lightCluster()]);
    expect(first.url).not.toBe(second.url);
    await first.stop();
    expect(existsSync(first.logs)).toBe(false);
    await expect(second.api.get("/version")).resolves.toBeDefined();
    await second.stop();
    expect(existsSync(second.logs)).toBe(false);
  });

  test("nothing is left of it when the process that started it is killed", async () => {
    const child = spawn(process.execPath, ["--require", "sucrase/register/ts", path.join(__dirname, "run.ts"), "--nodes", "0"], {
      // jest has an environment of its own.
      env: process.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (chunk) => (printed += String(chunk)));
    await until("it is started", () => printed.includes("To end it"), { check: () => isAlive(child.pid) });
    const [, folder = ""] = /logs are in (.*)\/logs/.exec(printed) ?? [];
    const servers = serversIn(folder);
    expect(servers).toEqual(expect.arrayContaining(["etcd", serverTool("kube-apiserver")]));

    child.kill("SIGKILL");
    await until("its folder is gone", () => !existsSync(folder));
    await until("its servers have ended", () => serversIn(folder).length === 0 || serversIn(folder).join(", "));
  });

  test("a server that cannot start is told of at once, with its log", async () => {
    const started = Date.now();
    const cluster = lightCluster({ flags: { apiServer: ["--no-such-flag"] } });
    await expect(cluster).rejects.toThrow(/kube-apiserver has ended by itself[^]*unknown flag: --no-such-flag/);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "orders.watched.test" },
  spec: {
    group: "watched.test",
    names: { kind: "Order", plural: "orders" },
    scope: "Cluster",
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
};
const ORDER = { apiVersion: "watched.test/v1", kind: "Order", metadata: { name: "first" } };

const STATEFUL_SET: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "store" },
  spec: {
    serviceName: "store",
    selector: { matchLabels: { app: "store" } },
    template: {
      metadata: { labels: { app: "store" } },
      spec: { containers: [{ name: "store", image: "example/store", volumeMounts: [{ name: "data", mountPath: "/data" }] }] },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
  },
};

function isAlive(pid: number | undefined): void {
  if (pid === undefined || !existsSync(`/proc/${pid}`)) throw new Error("it has ended");
}

/** Names of the processes that work in a folder. */
function serversIn(folder: string): string[] {
  return processes().flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return command.some((word) => word.includes(`${folder}/`)) && command[0] !== "sh" ? [path.basename(command[0] ?? "")] : [];
    } catch {
      return [];
    }
  });
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}
