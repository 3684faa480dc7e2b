import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { Applier } from "../apply";
import { until } from "../until";
import { type RealCluster, realCluster } from "./cluster";
import { imageReference } from "./images";
import { leftOver } from "./left-over";
import { claim, pod, server, service, store } from "./workloads";

/** The servers may have to be compiled, and the images made. */
const FROM_COLD = 900_000;
const IDLE = "exec sleep infinity";
const folderOf = ({ logs }: RealCluster): string => path.dirname(logs);

describe("a real cluster of three nodes", () => {
  let cluster: RealCluster;
  const kubectl = (...args: string[]): Promise<string> => cluster.kubectl(...args);
  const inPod = (pod: string, script: string): Promise<string> => kubectl("exec", pod, "--", "bash", "-c", script);
  const runs = (workload: string): Promise<string> => kubectl("rollout", "status", workload, "--timeout=60s");
  const nodesOf = async (app: string): Promise<string[]> =>
    (await kubectl("get", "pods", "-l", `app=${app}`, "-o", "jsonpath={.items[*].spec.nodeName}")).split(" ").sort();
  /** What answers at a Service, asked so many times. */
  const answersOf = async (service: string, times: number): Promise<string[]> => {
    const asked = await inPod("client", `for i in {1..${times}}; do exec 3<>/dev/tcp/${service}/80 || exit; cat <&3; done`);
    return [...new Set(asked.trim().split("\n"))].sort();
  };

  beforeAll(async () => {
    cluster = await realCluster({ nodes: 3, images: ["debian"] });
    await new Applier(cluster.api).applyAll([
      server("web", 3),
      service("web"),
      pod("client", IDLE, { node: "node-a" }),
      ...store("store", "node-b"),
    ]);
    await Promise.all([runs("deployment/web"), runs("statefulset/store")]);
    await kubectl("wait", "pod/client", "--for=condition=Ready", "--timeout=60s");
  }, FROM_COLD);
  afterAll(() => cluster?.stop());

  test("has each node in a zone of its own, and spreads pods over them", async () => {
    const zone = "jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.topology\\.kubernetes\\.io/zone}{'\\n'}{end}";
    expect(await kubectl("get", "nodes", "-o", zone)).toBe("node-a zone-a\nnode-b zone-b\nnode-c zone-c\n");
    expect(await nodesOf("web")).toEqual(["node-a", "node-b", "node-c"]);
  });

  test("balances a Service over pods on all nodes", async () => {
    const pods = await kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].metadata.name}");
    const all = pods.split(" ").sort().join();
    // A node hears of new pods a moment after they are ready.
    await until(`${all} answer`, async () => (await answersOf("web", 60)).join() === all || answersOf("web", 60).then(String));
  });

  test("resolves the names of Services and of a stateful set's pods, and of nothing outside", async () => {
    const address = await kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
    expect(await inPod("client", "getent hosts web.default.svc.cluster.local")).toContain(address);
    const pod = await kubectl("get", "pod", "store-0", "-o", "jsonpath={.status.podIP}");
    expect(await inPod("client", "getent hosts store-0.store")).toContain(pod);
    await expect(inPod("client", "getent hosts example.com")).rejects.toMatchObject({ code: 2 });
  });

  test("refuses what Pod Security forbids, and runs what it allows", async () => {
    const namespace = { name: "guarded", labels: { "pod-security.kubernetes.io/enforce": "restricted" } };
    await new Applier(cluster.api).apply({ apiVersion: "v1", kind: "Namespace", metadata: namespace });
    await until("the namespace can have pods", async () => {
      await cluster.api.get("/api/v1/namespaces/guarded/serviceaccounts/default");
      return true;
    });
    const image = `--image=${imageReference("debian")}`;
    const privileged = kubectl("run", "guest", "-n", "guarded", image, "--privileged");
    await expect(privileged).rejects.toThrow(/violates PodSecurity "restricted:latest"/);

    await new Applier(cluster.api).apply(pod("tame", IDLE, { namespace: "guarded", node: "node-a" }));
    await kubectl("wait", "-n", "guarded", "pod/tame", "--for=condition=Ready", "--timeout=60s");
  });

  test("shows what a pod prints, and runs commands in it", async () => {
    expect(await kubectl("logs", "store-0")).toContain("store-0 starts");
    expect(await cluster.podLogs("default", "store-0", "store")).toContain("store-0 starts");
    await expect(inPod("client", "exit 7")).rejects.toMatchObject({ code: 7 });
  });

  test("keeps a volume over restarts of its pod, owned by the pod's group, and removes it with its claim", async () => {
    await inPod("store-0", "echo kept > /data/order");
    expect(await inPod("store-0", "stat --format=%g /data")).toBe("2000\n");
    await kubectl("delete", "pod", "store-0");
    await runs("statefulset/store");
    expect(await inPod("store-0", "cat /data/order")).toBe("kept\n");

    await new Applier(cluster.api).applyAll([
      claim("scratch"),
      pod("user", `touch /data/used; ${IDLE}`, { claim: "scratch", node: "node-a" }),
    ]);
    await kubectl("wait", "pod/user", "--for=condition=Ready", "--timeout=60s");
    const uid = await kubectl("get", "pvc", "scratch", "-o", "jsonpath={.metadata.uid}");
    const folders = cluster.nodes.map((node) => path.join(folderOf(cluster), node, "lib/volumes", uid));
    expect(folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder))).toEqual(["used"]);
    await kubectl("delete", "pod/user", "pvc/scratch", "--now");
    await until("the volume is gone", () => !folders.some((folder) => existsSync(folder)));
  });

  test("moves pods away from a node that is drained", async () => {
    await kubectl("drain", "node-c", "--ignore-daemonsets", "--timeout=60s");
    await runs("deployment/web");
    expect(new Set(await nodesOf("web"))).toEqual(new Set(["node-a", "node-b"]));
    await kubectl("uncordon", "node-c");
  });

  test("misses a node that is killed, goes on without it, and takes it back with its data", async () => {
    await cluster.killNode("node-b");
    expect(await cluster.podLogs("default", "store-0", "store")).toContain("store-0 starts");
    const killed = Date.now();
    await kubectl("wait", "node/node-b", "--for=condition=Ready=Unknown", "--timeout=60s");
    expect(Date.now() - killed).toBeLessThan(35_000);
    await until("the Service leads to other nodes only", async () => (await answersOf("web", 10)).length > 0);

    await cluster.startNode("node-b");
    await until("the pod runs again", async () => (await inPod("store-0", "cat /data/order")) === "kept\n");
    await runs("statefulset/store");
  });

  test("is not disturbed by another one that has the same addresses", async () => {
    const other = await realCluster({ nodes: 1, images: ["debian"] });
    try {
      await new Applier(other.api).applyAll([server("web", 2), service("web")]);
      await other.kubectl("rollout", "status", "deployment/web", "--timeout=60s");
      expect(await other.kubectl("get", "nodes", "-o", "name")).toBe("node/node-a\n");
      expect((await answersOf("web", 20)).length).toBeGreaterThan(1);
    } finally {
      await other.stop();
    }
    expect(leftOver(folderOf(other))).toEqual([]);
    expect(await kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}")).toBe("node-a node-b node-c");
  });
});

describe("the end of a real cluster", () => {
  test("leaves nothing, with pods and volumes in use", async () => {
    const cluster = await realCluster({ nodes: 2, images: ["debian"] });
    await new Applier(cluster.api).applyAll([server("web", 4), ...store("store", "node-b")]);
    await cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s");
    await cluster.kubectl("rollout", "status", "statefulset/store", "--timeout=60s");
    expect(leftOver(folderOf(cluster))).not.toEqual([]);
    await cluster.stop();
    expect(leftOver(folderOf(cluster))).toEqual([]);
  });

  test("leaves nothing either when the process that started it is killed", async () => {
    const run = ["--require", "sucrase/register/ts", path.join(__dirname, "../run.ts"), "--real", "--nodes", "1", "--no-crds"];
    const child = spawn(process.execPath, run, { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (chunk) => (printed += String(chunk)));
    const check = (): void => {
      if (child.exitCode !== null) throw new Error("it has ended");
    };
    await until("it is started", () => printed.includes("To end it"), { check });
    const [, folder = ""] = /logs are in (.*)\/logs/.exec(printed) ?? [];
    expect(leftOver(folder).join()).toMatch(/containerd.*kubelet|kubelet.*containerd/);

    child.kill("SIGKILL");
    await until("nothing is left", () => leftOver(folder).length === 0 || leftOver(folder).join(", "));
  });

  test("of one of its nodes is told of, with the log of the server that ended", async () => {
    const cluster = await realCluster({ nodes: 1 });
    try {
      const servers = leftOver(folderOf(cluster)).join("\n");
      process.kill(Number(/cgroup of process (\d+) \(kube-proxy\)/.exec(servers)?.[1]), "SIGTERM");
      const waiting = until("something else happens", () => false, { check: () => cluster.check() });
      await expect(waiting).rejects.toThrow(/node-a has ended by itself[^]*kube-proxy has ended by itself with code/);
    } finally {
      await cluster.stop();
    }
  });

  test("comes at once when a server cannot start, with its log", async () => {
    const cluster = realCluster({ nodes: 1, flags: { apiServer: ["--no-such-flag"] } });
    await expect(cluster).rejects.toThrow(/kube-apiserver has ended by itself[^]*unknown flag: --no-such-flag/);
  });
});
