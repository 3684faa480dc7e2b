import fc from "fast-check";
import { diffPlans, type Change } from "../../../review/diff/changes";
import type { Compared } from "../../../review/diff/compared";
import type { Resource } from "../../../review/plan/plan";
import { deployment, object, planOf, resource } from "../fixtures";
import { replacing } from "../../engine/kubernetes-provider/replacement";
import { applied } from "./apply";

const STACK = planOf([]).resources[0]!;

/** Verdicts, e.g. `replace StatefulSet a: spec.serviceName`. */
function verdicts(before: readonly Compared[], after: readonly Resource[]): string[] {
  return diffPlans([STACK, ...before], planOf(after)).changes.map(told);
}

function told({ verdict, urn, forcedBy }: Change): string {
  const [, , type = "", name = ""] = urn.split("::");
  const because = forcedBy.length === 0 ? "" : `: ${forcedBy.join(", ")}`;
  return `${verdict} ${type.split(":").at(-1) ?? ""} ${name}${because}`;
}

describe("the changes of a plan", () => {
  const api = deployment("order-api");

  test("are none against itself", () => {
    expect(diffPlans([STACK, api], planOf([api]))).toEqual({ changes: [], same: 2, notComparable: 0 });
  });

  test.each<[string, Resource[], Resource[], string[]]>([
    ["what is new", [], [api], ["create Deployment order-api"]],
    ["what is gone", [api], [], ["destroy Deployment order-api"]],
    ["another image", [api], [deployment("order-api", { container: { image: "a:2" } })], ["update Deployment order-api"]],
    ["labels of the pods", [api], [deployment("order-api", { annotations: { a: "1" } })], ["update Deployment order-api"]],
    [
      "labels of the object",
      [object("v1", "Service", "a")],
      [object("v1", "Service", "a", { metadata: { labels: { "app.kubernetes.io/managed-by": "x" } } })],
      ["metadata Service a"],
    ],
    [
      "the level of pod security of a namespace, which is more than a label",
      [object("v1", "Namespace", "a", { metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } } })],
      [object("v1", "Namespace", "a", { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } })],
      ["update Namespace a"],
    ],
    ["protection", [{ ...api, protect: true }], [api], ["options Deployment order-api"]],
    [
      "what the resource ignores",
      [api],
      [{ ...deployment("order-api", { spec: { replicas: 3 } }), ignoreChanges: ["spec.replicas"] }],
      ["options Deployment order-api"],
    ],
    [
      "a queue in another place of the program",
      [object("rabbitmq.com/v1beta1", "Queue", "orders")],
      [
        {
          ...object("rabbitmq.com/v1beta1", "Queue", "orders"),
          urn: "urn:pulumi:test::mes::a:b:C$kubernetes:rabbitmq.com/v1beta1:Queue::orders",
          aliases: [object("rabbitmq.com/v1beta1", "Queue", "orders").urn],
        },
      ],
      ["move Queue orders"],
    ],
    [
      "an object's name",
      [object("v1", "Service", "a")],
      [{ ...object("v1", "Service", "b"), urn: object("v1", "Service", "a").urn, name: "a" }],
      ["replace Service a: metadata.name"],
    ],
    [
      "a password's length",
      [resource({ type: "random:index/randomPassword:RandomPassword", name: "p", inputs: { length: 32 } })],
      [resource({ type: "random:index/randomPassword:RandomPassword", name: "p", inputs: { length: 40 } })],
      ["replace RandomPassword p: length"],
    ],
    [
      "a bucket's name",
      [resource({ type: "aws:s3/bucket:Bucket", name: "b", inputs: { bucket: "b", forceDestroy: false } })],
      [resource({ type: "aws:s3/bucket:Bucket", name: "b", inputs: { bucket: "c", forceDestroy: false } })],
      ["replace Bucket b: bucket"],
    ],
    ...[
      ["eks/podIdentityAssociation:PodIdentityAssociation", "serviceAccount"],
      ["iam/role:Role", "path"],
      ["kms/key:Key", "multiRegion"],
      ["s3/bucketPolicy:BucketPolicy", "bucket"],
      ["s3/bucketVersioning:BucketVersioning", "region"],
    ].map(([kind = "", field = ""]): [string, Resource[], Resource[], string[]] => {
      const one = (value: string) => [resource({ type: `aws:${kind}`, name: "a", inputs: { [field]: value } })];
      return [`${field} of a ${kind}`, one("a"), one("b"), [`replace ${kind.split(":")[1] ?? ""} a: ${field}`]];
    }),
    [
      "content of a ConfigMap",
      [object("v1", "ConfigMap", "c", { data: { a: "1" } })],
      [object("v1", "ConfigMap", "c", { data: { a: "2" } })],
      ["replace ConfigMap c: data.a"],
    ],
  ])("%s", (_, before, after, expected) => expect(verdicts(before, after)).toEqual(expected));

  test("a provider of another cluster creates all that is in it again", () => {
    const provider = (context: string) =>
      resource({
        type: "pulumi:providers:kubernetes",
        name: "cluster",
        urn: "urn:pulumi:test::mes::pulumi:providers:kubernetes::cluster",
        inputs: { context },
      });
    expect(verdicts([provider("a"), api], [provider("b"), api])).toEqual([
      "replace kubernetes cluster: context",
      "replace Deployment order-api: urn:pulumi:test::mes::pulumi:providers:kubernetes::cluster",
    ]);
  });

  test("the same object under another URN, without an alias, is told of", () => {
    const moved = { ...api, urn: "urn:pulumi:test::mes::kubernetes:apps/v1:Deployment::other", name: "other" };
    const [created] = diffPlans([STACK, api], planOf([moved])).changes;
    expect(created).toMatchObject({ verdict: "create", sameObject: api.urn });
  });

  test("what holds data says what would be lost", () => {
    const database = object("postgresql.cnpg.io/v1", "Cluster", "postgres");
    expect(diffPlans([STACK, database], planOf([])).changes).toMatchObject([{ verdict: "destroy", holds: "all orders" }]);
  });
});

/*
 * The test provider is held against what the real plug-in was seen to do; this table has the plug-in's source. They were written apart.
 */
describe("what forces a replacement, as the test provider of Kubernetes has it", () => {
  const KINDS = [
    ["apps/v1", "Deployment"],
    ["apps/v1", "DaemonSet"],
    ["apps/v1", "StatefulSet"],
    ["batch/v1", "Job"],
    ["v1", "ConfigMap"],
    ["v1", "Secret"],
    ["v1", "Service"],
    ["v1", "ResourceQuota"],
    ["v1", "PersistentVolumeClaim"],
    ["rbac.authorization.k8s.io/v1", "RoleBinding"],
    ["storage.k8s.io/v1", "StorageClass"],
    ["rabbitmq.com/v1beta1", "Queue"],
  ] as const;
  const FIELDS = [
    "spec.selector",
    "spec.serviceName",
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.volumeClaimTemplates",
    "spec.template",
    "spec.replicas",
    "spec.completions",
    "spec.parallelism",
    "spec.clusterIP",
    "spec.scopes",
    "spec.accessModes",
    "spec.storageClassName",
    "spec.volumeName",
    "spec.resources",
    "roleRef",
    "parameters",
    "provisioner",
    "data",
    "stringData",
    "binaryData",
    "type",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "spec.vhost",
  ];
  const cases = KINDS.flatMap(([version, kind]) => FIELDS.map((field) => [version, kind, field] as const));

  test.each(cases)("%s %s %s", (version, kind, field) => {
    const withValue = (value: string) => {
      const [first = "", second] = field.split(".");
      const fields =
        second === undefined
          ? { [first]: { x: value } }
          : { [first]: { [second]: second === "name" || second === "namespace" ? value : { x: value } } };
      return { ...object(version, kind, "one", fields), urn: `urn:pulumi:test::mes::kubernetes:${kind}::one` };
    };
    const [change] = diffPlans([STACK, withValue("a")], planOf([withValue("b")])).changes;
    const expected = replacing(withValue("b").inputs as never, [field], { configMaps: false, secrets: false });
    expect(change?.verdict === "replace").toBe(expected.length > 0);
  });
});

describe("no false negative", () => {
  const inputs = fc.dictionary(
    fc.constantFrom("spec", "data", "metadata"),
    fc.dictionary(fc.constantFrom("a", "ports", "name"), fc.jsonValue({ maxDepth: 2 })),
  );
  const one = (name: string) =>
    fc
      .record({ inputs, protect: fc.boolean(), dependsOn: fc.subarray(["x", "y"]) })
      .map((more) => ({ ...object("v1", "ConfigMap", name), ...more }));
  const plan = fc.tuple(one("a"), one("b"), one("c")).chain((all) => fc.subarray(all));

  /** As a plan is written: JSON has no negative zero. */
  const written = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

  test("the changes make the second of any two plans out of the first", () => {
    const whole = fc.property(plan, plan, (before, after) => {
      const { changes } = diffPlans([STACK, ...before], planOf(after));
      const byUrn = new Map(changes.map((change) => [change.urn, change]));
      const kept = before.filter(({ urn }) => byUrn.get(urn)?.verdict !== "destroy");
      const changed = kept.map((was) => applied(was.inputs, byUrn.get(was.urn)?.leaves ?? []));
      const created = after.filter(({ urn }) => byUrn.get(urn)?.verdict === "create").map((made) => made.inputs);
      const stay = after.filter(({ urn }) => before.some((was) => was.urn === urn));
      expect(written(changed)).toEqual(written(stay.map((is) => is.inputs)));
      expect(stay.length + created.length).toBe(after.length);
      const protection = kept.map((was) =>
        applied({ protect: was.protect, dependsOn: was.dependsOn }, byUrn.get(was.urn)?.options ?? []),
      );
      expect(protection).toEqual(stay.map(({ protect, dependsOn }) => ({ protect, dependsOn })));
    });
    fc.assert(whole, { numRuns: 100 });
  });
});
