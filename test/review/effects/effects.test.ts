import { diffPlans } from "../../../review/diff/changes";
import { effectsOf } from "../../../review/effects";
import type { Resource } from "../../../review/plan/plan";
import { deployment, object, planOf, resource } from "../fixtures";

/** What becomes of what runs, e.g. `stops: all 3 pods stop before …`. */
function effects(before: Resource | undefined, after: Resource | undefined): string[] {
  const plan = planOf(after === undefined ? [] : [after]);
  const was = before === undefined ? [] : [before];
  const { changes } = diffPlans([plan.resources[0]!, ...was], plan);
  return changes.flatMap((change) => effectsOf(change, before, plan)).map(({ severity, what }) => `${severity}: ${what}`);
}

const image = (tag: string, spec: object = {}) =>
  deployment("a", { container: { image: `a:${tag}` }, spec: { replicas: 3, ...spec } });
const statefulSet = (spec: object) => object("apps/v1", "StatefulSet", "a", { spec: { replicas: 3, ...spec } });
const database = (spec: object) => object("postgresql.cnpg.io/v1", "Cluster", "postgres", { spec: { instances: 3, ...spec } });
const parameters = (values: object) => database({ postgresql: { parameters: values } });
const broker = (spec: object) => object("rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", { spec: { replicas: 3, ...spec } });
const template = (storage: string) => ({ storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage } } } } } });

describe("pods", () => {
  test.each<[string, Resource, Resource, RegExp]>([
    [
      "roll, as many more and fewer as their controller says by itself",
      image("1"),
      image("2"),
      /^restarts: .*up to 1 more at a time, none fewer/,
    ],
    [
      "roll, as many as it is told",
      image("1", { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }),
      image("2", { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }),
      /^restarts: .*none more, up to 1 of 3 fewer/,
    ],
    [
      "stop first",
      image("1", { strategy: { type: "Recreate" } }),
      image("2", { strategy: { type: "Recreate" } }),
      /^stops: all 3 pods/,
    ],
    ["are more", image("1"), image("1", { replicas: 5 }), /^acts: 2 more pods start/],
    ["are none", image("1"), image("1", { replicas: 0 }), /^stops: all 3 pods stop, and none start/],
    [
      "of a set follow one by one",
      statefulSet({ template: { a: 1 } }),
      statefulSet({ template: { a: 2 } }),
      /^restarts: 3 of 3 pods restart, one after the other/,
    ],
    [
      "of one replica are away",
      statefulSet({ replicas: 1, template: { a: 1 } }),
      statefulSet({ replicas: 1, template: { a: 2 } }),
      /^stops: its only pod/,
    ],
    [
      "wait for a hand",
      statefulSet({ updateStrategy: { type: "OnDelete" }, template: { a: 1 } }),
      statefulSet({ updateStrategy: { type: "OnDelete" }, template: { a: 2 } }),
      /^acts: its pods stay as they are until/,
    ],
    [
      "roll for another order of variables, which is another template",
      deployment("a", { container: { env: [{ name: "A" }, { name: "B" }] }, spec: { replicas: 3 } }),
      deployment("a", { container: { env: [{ name: "B" }, { name: "A" }] }, spec: { replicas: 3 } }),
      /^restarts: /,
    ],
  ])("%s", (_, before, after, expected) => expect(effects(before, after)).toEqual([expect.stringMatching(expected)]));

  test("do not roll for another notation, which the API server stores as the same", () => {
    const memory = (amount: string) => deployment("a", { container: { resources: { requests: { memory: amount } } } });
    expect(effects(memory("512Mi"), memory("0.5Gi"))).toEqual([]);
  });
});

describe("volumes", () => {
  test.each<[string, Resource, Resource, RegExp]>([
    [
      "of a StatefulSet cannot grow by its template",
      statefulSet({ volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "1Gi" } } } }] }),
      statefulSet({ volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "2Gi" } } } }] }),
      /^stops: .*volumes stay as they are, and cannot grow this way/,
    ],
    [
      "of a database grow",
      database({ storage: { size: "1Gi" } }),
      database({ storage: { size: "2Gi" } }),
      /^acts: volumes grow from 1Gi to 2Gi/,
    ],
    [
      "never shrink",
      database({ walStorage: { size: "2Gi" } }),
      database({ walStorage: { size: "1Gi" } }),
      /^refused: volumes cannot shrink/,
    ],
    [
      "keep their class",
      database({ storage: { storageClass: "a" } }),
      database({ storage: { storageClass: "b" } }),
      /^refused: .*only new ones/,
    ],
    [
      "of a broker grow",
      broker({ persistence: { storage: "1Gi" } }),
      broker({ persistence: { storage: "2Gi" } }),
      /^acts: volumes grow/,
    ],
    [
      "of Prometheus do not",
      object("monitoring.coreos.com/v1", "Prometheus", "a", { spec: template("1Gi") }),
      object("monitoring.coreos.com/v1", "Prometheus", "a", { spec: template("2Gi") }),
      /^refused: .*do not grow this way/,
    ],
  ])("%s", (_, before, after, expected) => expect(effects(before, after)).toEqual([expect.stringMatching(expected)]));
});

test("volumes whose claims the stack declares itself are told of where those are", () => {
  const claim = object("v1", "PersistentVolumeClaim", "prometheus-a-db-prometheus-a-0", {
    spec: { resources: { requests: { storage: "2Gi" } } },
  });
  const [before, after] = ["1Gi", "2Gi"].map((size) =>
    object("monitoring.coreos.com/v1", "Prometheus", "a", { spec: template(size) }),
  );
  const plan = planOf([after!, claim]);
  const { changes } = diffPlans([plan.resources[0]!, before!, claim], plan);
  expect(changes.flatMap((change) => effectsOf(change, before, plan))).toEqual([]);
});

describe("a database", () => {
  test.each<[string, Resource, Resource, RegExp]>([
    [
      "reloads what it can",
      parameters({ work_mem: "4MB" }),
      parameters({ work_mem: "8MB" }),
      /^acts: the servers reload work_mem: nothing restarts/,
    ],
    [
      "restarts for what it reads at its start, the primary last",
      parameters({ shared_buffers: "1GB" }),
      parameters({ shared_buffers: "2GB" }),
      /^restarts: 3 instances restart for shared_buffers, replicas first.*the primary comes last, and it restarts where it is/,
    ],
    [
      "switches over where that is the method",
      database({ primaryUpdateMethod: "switchover", imageName: "pg:18.1" }),
      database({ primaryUpdateMethod: "switchover", imageName: "pg:18.2" }),
      /^restarts: .*switchover/,
    ],
    [
      "of one instance is away",
      database({ instances: 1, imageName: "pg:18.1" }),
      database({ instances: 1, imageName: "pg:18.2" }),
      /^stops: the only instance/,
    ],
    [
      "is bootstrapped once",
      database({ bootstrap: { initdb: { database: "a" } } }),
      database({ bootstrap: { initdb: { database: "b" } } }),
      /^refused: /,
    ],
  ])("%s", (_, before, after, expected) => expect(effects(before, after)).toEqual([expect.stringMatching(expected)]));

  test("of the next major version is away, and has no way back", () => {
    const told = effects(database({ imageName: "pg:17.5" }), database({ imageName: "pg:18.1-system" }));
    expect(told[0]).toMatch(/^stops: .*pg_upgrade takes it from PostgreSQL 17 to 18/);
  });

  test("that goes loses all orders, unless it is protected or left where it is", () => {
    expect(effects(database({}), undefined)).toEqual(["lost: it takes all orders with it"]);
    expect(effects({ ...database({}), protect: true }, undefined)).toEqual([
      "refused: it is protected: the engine refuses to delete it",
    ]);
    expect(effects({ ...database({}), retainOnDelete: true }, undefined)).toEqual([
      expect.stringMatching(/^acts: the engine forgets/),
    ]);
  });
});

describe("a broker", () => {
  const queue = (spec: object) => object("rabbitmq.com/v1beta1", "Queue", "orders", { spec: { name: "orders", ...spec } });
  const config = (text: string) => broker({ rabbitmq: { additionalConfig: text } });

  test.each<[string, Resource, Resource, RegExp]>([
    ["restarts node by node", config("a = 1\n"), config("a = 2\n"), /^restarts: 3 nodes restart one after the other/],
    ["keeps its nodes", broker({}), broker({ replicas: 1 }), /^refused: the operator refuses fewer nodes/],
    [
      "refuses another queue under the same name",
      queue({ type: "quorum" }),
      queue({ type: "classic" }),
      /^refused: the operator refuses to change a queue/,
    ],
    [
      "follows policies at once",
      object("rabbitmq.com/v1beta1", "Policy", "p", { spec: { pattern: "^a$", definition: { "max-length": 1 } } }),
      object("rabbitmq.com/v1beta1", "Policy", "p", { spec: { pattern: "^a$", definition: { "max-length": 2 } } }),
      /^acts: queues that \^a\$ names/,
    ],
  ])("%s", (_, before, after, expected) => expect(effects(before, after)).toEqual([expect.stringMatching(expected)]));
});

test("an operator's update that restarts databases says so", () => {
  const release = (version: string) =>
    resource({ type: "kubernetes:helm.sh/v3:Release", name: "cnpg", inputs: { chart: "cloudnative-pg", version } });
  expect(effects(release("0.27.0"), release("0.28.0"))).toEqual([expect.stringMatching(/^restarts: .*every database/)]);
});

test("what is created alone is felt by nobody", () => {
  expect(effects(undefined, image("1"))).toEqual([]);
});
