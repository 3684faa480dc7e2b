import type { Plan } from "../../../review/plan/plan";
import { dataProtected } from "../../../review/rules/data-protected";
import { line, object, planOf, resource } from "../fixtures";
import { planned } from "../../helpers/plans";
import { changedIn, errorsAfter, named, type Change, type Edit } from "./changed-plan";

/* Whatever holds orders, or takes them along when it goes: each kind of the real plan, unprotected, and told to delete. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

describe("data", () => {
  it.each([
    ["Cluster", "postgres"],
    ["Database", "postgres-mes"],
    ["RabbitmqCluster", "broker"],
    ["Vhost", "mes"],
    ["Queue", "orders.inbound"],
    ["Queue", "orders.status.parked"],
    ["Namespace", "mes-data"],
    ["Namespace", "mes-observability"],
    ["Bucket", ""],
    ["Key", ""],
  ])("is protected and retained: %s %s", (kind, name) => {
    for (const option of ["protect", "retainOnDelete"] as const) {
      const without: Change = (_, one) => (one[option] = false);
      const found = errorsAfter(plan, dataProtected, ["", kind, name, without]);
      expect(found.length).toBeGreaterThan(0);
      for (const one of found) expect(one).toContain(`options.${option}`);
    }
  });

  it.each([
    ["Namespace", "mes"],
    ["Deployment", "order-api"],
    ["Exchange", "orders"],
    ["User", "crm"],
    ["Certificate", ""],
  ])("is not in %s %s, which may go", (kind, name) => {
    expect(errorsAfter(plan, dataProtected, ["", kind, name, (_, one) => (one.protect = false)])).toEqual([]);
  });

  const DELETED: readonly Edit[] = [
    ["the database of an object", "Database", "", (d) => (d.spec.databaseReclaimPolicy = "delete"), /drops the database/],
    ["a database that is absent", "Database", "", (d) => (d.spec.ensure = "absent"), /use present/],
    ["a queue with its object", "Queue", "orders.inbound", (q) => delete q.spec.deletionPolicy, /with all messages/],
    ["a virtual host with its object", "Vhost", "", (v) => (v.spec.deletionPolicy = "delete"), /with all messages/],
    ["a bucket with objects", "Bucket", "", (b) => (b.forceDestroy = true), /although there are objects/],
    ["old versions", "BucketVersioning", "", (v) => (v.versioningConfiguration.status = "Suspended"), /\(Suspended\)/],
    ["a key", "Key", "", (k) => (k.isEnabled = false), /can be read/],
    [
      "volumes of a controller",
      "StatefulSet",
      "loki",
      (s) => (s.spec.persistentVolumeClaimRetentionPolicy = { whenScaled: "Delete" }),
      /whenScaled: deletes the volumes/,
    ],
    [
      "volumes of the broker",
      "RabbitmqCluster",
      "",
      (b) => (b.spec.override.statefulSet.spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: "Delete" }),
      /whenDeleted: deletes the volumes/,
    ],
    [
      "metrics",
      "Prometheus",
      "",
      (p) => (p.spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: "Delete" }),
      /deletes the volumes of Prometheus/,
    ],
    [
      "definitions with their chart",
      "Release",
      "",
      (r) => r.values.crds?.keep === true && (r.values.crds.keep = false),
      /every object/,
    ],
    [
      "definitions whose note is lost",
      "Release",
      "",
      (r) => r.values.crds?.annotations !== undefined && (r.values.crds = {}),
      /keep them/,
    ],
    [
      "definitions of the autoscaler",
      "Release",
      "",
      (r) => r.values.crds?.additionalAnnotations !== undefined && (r.values.crds.additionalAnnotations = {}),
      /resource-policy to keep/,
    ],
  ];

  it.each(DELETED)("is not deleted by a setting: %s", (...edit) => {
    expect(errorsAfter(plan, dataProtected, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  it("has old versions in every bucket", () => {
    const without = { ...plan, resources: plan.resources.filter(({ type }) => !type.endsWith(":BucketVersioning")) };
    expect(dataProtected.check(without).map(line)).toHaveLength(3);
  });

  it("is on volumes that outlive their claims", () => {
    const storage = (policy: object) => object("storage.k8s.io/v1", "StorageClass", "fast", policy);
    expect(dataProtected.check(planOf([storage({ reclaimPolicy: "Retain" })]))).toEqual([]);
    expect(dataProtected.check(planOf([storage({})])).map(line)).toEqual([
      expect.stringContaining("deletes a volume with its claim; use Retain"),
    ]);
    const crd = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "clusters.postgresql.cnpg.io");
    expect(dataProtected.check(planOf([crd]))).toHaveLength(2);
    const other = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com");
    expect(dataProtected.check(planOf([other]))).toEqual([]);
  });

  it("that was protected before stays so, whatever the stack file says now", () => {
    const before = { resources: plan.resources, interrupted: [] };
    expect(dataProtected.check({ ...plan, before })).toEqual([]);
    const open = changedIn(plan, "Queue", (_, one) => (one.protect = false), named("orders.inbound"));
    const facts = { ...plan.facts!, protectData: false };
    expect(dataProtected.check({ ...open, facts, before }).map(line)).toEqual([
      expect.stringMatching(/^error Queue orders.inbound options.protect: .*was protected/),
      expect.stringMatching(/^warning /),
    ]);
  });

  it("that nobody protects is said aloud where there is more than a laptop", () => {
    const database = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: {} });
    const found = (facts: object) => dataProtected.check(planOf([database], { protectData: false, ...facts })).map(line);
    expect(found({})).toEqual([expect.stringMatching(/^warning Cluster db options.protect: on 3 zones/)]);
    expect(found({ zones: ["a"] })).toEqual([expect.stringContaining("on 3 nodes")]);
    const laptop = { zones: ["a"], nodePools: [{ name: "laptop", count: 1, cpu: 4, memory: 2 ** 33, gpus: 0 }] };
    expect(found(laptop)).toEqual([]);
    const nothing = resource({ type: "kubernetes:core/v1:ConfigMap", name: "x" });
    expect(dataProtected.check(planOf([nothing], { protectData: false }))).toEqual([]);
  });
});
