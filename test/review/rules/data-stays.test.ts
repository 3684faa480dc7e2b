import type { Plan } from "../../../review/plan/plan";
import { changesArrive } from "../../../review/rules/changes-arrive";
import { dataProtected } from "../../../review/rules/data-protected";
import { dataStays } from "../../../review/rules/data-stays";
import { objectsAccepted } from "../../../review/rules/objects-accepted";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, named, planWithout, type Change } from "./changed-plan";

/* prod is deployed as it is; then its program is changed. */

let plan: Plan;
beforeAll(async () => {
  const fresh = await planned("prod");
  plan = { ...fresh, before: { resources: fresh.resources, interrupted: [] } };
}, 60_000);

const said = (changed: Plan, rule = dataStays) => rule.check(changed).map(line);

const rename: Change = (inputs) => {
  if (inputs.metadata !== undefined) inputs.metadata.name += "-new";
  if (inputs.spec?.name !== undefined) inputs.spec.name += "-new";
  if (inputs.bucket !== undefined) inputs.bucket += "-new";
};

describe("data that is deployed", () => {
  it("stays where nothing changes", () => {
    expect(said(plan)).toEqual([]);
  });

  it("is not looked for where nothing is said of what is deployed", () => {
    const { before: _, ...alone } = changedIn(plan, "Cluster", rename);
    expect(said(alone)).toEqual([]);
  });

  const HOLDERS: readonly [kind: string, name: string][] = [
    ["Cluster", "postgres"],
    ["RabbitmqCluster", "broker"],
    ["Vhost", "mes"],
    ["Queue", "orders.public"],
    ["StatefulSet", "loki"],
    ["Prometheus", "prometheus"],
  ];

  it.each(HOLDERS)("is left behind by another name: %s %s", (kind, name) => {
    const found = said(changedIn(plan, kind, rename, named(name)));
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^error.*${name}-new takes the place of .*${name}`)));
  });

  it.each(HOLDERS)("is lost when it is left out: %s %s", (kind, name) => {
    const found = said(planWithout(plan, kind, named(name)));
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`${name} is deployed, and the plan has it no more`)));
  });

  it("is in buckets too", () => {
    expect(said(changedIn(plan, "Bucket", rename))).toHaveLength(3);
    expect(said(planWithout(plan, "Bucket", ({ bucket }) => /products/.test(bucket)))).toEqual([
      expect.stringMatching(/^error .*products is deployed, and the plan has it no more/),
    ]);
  });

  it("is told of once, when all queues go with their virtual host", () => {
    const moved = changedIn(changedIn(plan, "Vhost", rename), "Queue", ({ spec }) => (spec.vhost = "mes-new"));
    expect(said(moved)).toEqual([expect.stringMatching(/virtual host mes-new takes the place of virtual host mes,/)]);
  });

  it("may be restored under another name", () => {
    const restored = changedIn(plan, "Cluster", (inputs, one) => {
      rename(inputs, one);
      inputs.spec.bootstrap = { recovery: { source: "postgres" } };
    });
    expect(said(restored)).toEqual([expect.stringMatching(/^warning .*after the backup stays behind/)]);
  });

  it("is an error only where it is protected", () => {
    const former = plan.resources.map((one) => ({ ...one, protect: false }));
    const free = { ...plan, facts: { ...plan.facts!, protectData: false }, before: { resources: former, interrupted: [] } };
    expect(said(changedIn(free, "Queue", rename, named("orders.public")))).toEqual([expect.stringMatching(/^warning /)]);
  });

  it("stays under the name in the broker, whatever its object is called", () => {
    const renamed = changedIn(plan, "Queue", ({ metadata }) => (metadata.name += "-queue"));
    expect(said(renamed)).toEqual([]);
  });
});

describe("versions", () => {
  const at =
    (image: string): Change =>
    (inputs) => {
      const field = inputs.spec.imageName === undefined ? "image" : "imageName";
      inputs.spec[field] = image;
    };

  it.each<[string, string, Change, RegExp]>([
    ["Postgres back", "Cluster", at("ghcr.io/x/postgresql:17.10"), /^error .*PostgreSQL 17 cannot read/],
    ["Postgres forward", "Cluster", at("ghcr.io/x/postgresql:19.1"), /^warning .*from PostgreSQL 18 to 19/],
    ["RabbitMQ back", "RabbitmqCluster", at("rabbitmq:4.2.1-management"), /^error .*feature flags/],
    ["nodes of the broker taken away", "RabbitmqCluster", ({ spec }) => (spec.replicas = 1), /^error .*3 to 1/],
    ["an operator back", "Release", (release) => (release.version = "0.0.1"), /^warning .*back to 0\.0\.1/],
    [
      "a class that volumes do not get",
      "Cluster",
      ({ spec }) => (spec.storage.storageClass = "other"),
      /^warning .*stay of the class/,
    ],
  ])("%s", (_, kind, change, expected) => {
    expect(said(changedIn(plan, kind, change))).toContainEqual(expect.stringMatching(expected));
  });

  it.each<[string, string, Change]>([
    ["a patch of Postgres back", "Cluster", at("ghcr.io/x/postgresql:18.1")],
    ["a digest", "Cluster", ({ spec }) => (spec.imageName += `@sha256:${"a".repeat(64)}`)],
    ["RabbitMQ forward", "RabbitmqCluster", at("rabbitmq:4.4.0-management")],
    ["more nodes", "RabbitmqCluster", ({ spec }) => (spec.replicas = 5)],
    ["another registry", "StatefulSet", ({ spec }) => (spec.template.spec.containers[0].image = "mirror/x:0.1")],
  ])("may change: %s", (_, kind, change) => {
    expect(said(changedIn(plan, kind, change))).toEqual([]);
  });
});

describe("what never changes once it is there", () => {
  it.each<[string, string, Change]>([
    ["arguments of a queue", "Queue", ({ spec }) => (spec.arguments = { ...spec.arguments, "x-max-length": 5 })],
    ["the type of a queue", "Queue", ({ spec }) => (spec.type = "classic")],
    ["whether an exchange is durable", "Exchange", ({ spec }) => (spec.durable = false)],
    ["the type of an exchange", "Exchange", ({ spec }) => (spec.type = "headers")],
    ["the key of a binding", "Binding", ({ spec }) => (spec.routingKey = "other")],
    ["whose a permission is", "Permission", ({ spec }) => (spec.userReference = { name: "other" })],
    ["the volume of the log", "Cluster", ({ spec }) => delete spec.walStorage],
    ["the name of a database", "Database", ({ spec }) => (spec.name = "other")],
    ["a selector", "Deployment", ({ spec }) => (spec.selector.matchLabels.tier = "x")],
    ["claims of a controller", "StatefulSet", ({ spec }) => (spec.volumeClaimTemplates[0].spec.storageClassName = "x")],
  ])("%s", (_, kind, change) => {
    const changed = changedIn(plan, kind, change, kind === "StatefulSet" ? named("loki") : undefined);
    expect(said(changed, objectsAccepted)).toContainEqual(expect.stringMatching(/^error .*cannot be (?:changed|taken away)/));
  });

  it("is the account that a database runs as", () => {
    const account = (uid: number) => changedIn(plan, "Cluster", ({ spec }) => (spec.postgresUID = uid));
    const changed = { ...account(999), before: { resources: account(26).resources, interrupted: [] } };
    expect(said(changed, objectsAccepted)).toEqual([expect.stringMatching(/postgresUID: cannot be changed/)]);
  });

  it("does not matter to an object of another name, which is recreated", () => {
    const changed = changedIn(plan, "Binding", (inputs) => {
      inputs.metadata.name += "-new";
      inputs.spec.routingKey = "other";
    });
    expect(said(changed, objectsAccepted).filter((one) => one.includes("cannot be changed"))).toEqual([]);
  });
});

describe("options of the engine", () => {
  const error = (kind: string, change: Change) => said(changedIn(plan, kind, change), dataProtected);

  it.each(["*", "spec", "spec.*"])("that hide every change are said once, by another rule: %s", (path) => {
    const change: Change = (_, one) => (one.ignoreChanges = [path]);
    expect(error("RabbitmqCluster", change)).toEqual([]);
    expect(said(changedIn(plan, "RabbitmqCluster", change), changesArrive)).toEqual([
      expect.stringMatching(/^error .*ignores all changes/),
    ]);
  });

  it("may leave one field to somebody else", () => {
    expect(error("Deployment", (_, one) => (one.ignoreChanges = ["spec.replicas"]))).toEqual([]);
  });

  it("that delete data to change it", () => {
    expect(error("Cluster", (_, one) => (one.replaceOnChanges = ["spec.imageName"]))).toEqual([
      expect.stringMatching(/^error .*deletes Cluster/),
    ]);
  });
});
