import type { z } from "zod";
import { dutiesOf } from "../../../components/mes/role/duties";
import { reconciliationConfig, type RolesConfig } from "../../../components/mes/config";
import { brokerVariables, environmentVariables } from "../../../components/mes/contract/contract";
import { Mes, type MesArgs } from "../../../components/mes/mes";
import { usesBroker } from "../../../components/mes/users";
import { Secret } from "../../../components/schema";
import { environment, recorded, refusalOf } from "../../helpers/record";
import { bindings, roles, SCALING, WHOLE } from "./fixture";

async function mes(given: RolesConfig, overrides: Partial<MesArgs> = {}, options: { preview?: boolean } = {}) {
  const args = { environment: environment(), roles: given, bindings: bindings(), scaling: SCALING, ...overrides };
  const { made, ...recording } = await recorded((opts) => new Mes("mes", args, opts), options);
  return { ...recording, mes: made };
}

const podOf = (deployment: any) => deployment.spec.template.spec;
const envOf = (deployment: any): Record<string, any> =>
  Object.fromEntries(podOf(deployment).containers[0].env.map((e: any) => [e.name, e.value ?? e.valueFrom]));

describe("a whole MES", () => {
  let recording: Awaited<ReturnType<typeof mes>>;
  beforeAll(async () => {
    recording = await mes(roles(WHOLE));
  });

  it("is one Deployment, account and budget for each role, all of one image", () => {
    const { objects } = recording;
    const names = Object.keys(WHOLE).sort();
    for (const kind of ["Deployment", "ServiceAccount", "PodDisruptionBudget"])
      expect(Object.keys(objects(kind)).sort()).toEqual(names);
    const images = Object.values(objects("Deployment")).map((d) => podOf(d).containers[0].image);
    expect(new Set(images).size).toBe(1);
    expect(Object.keys(objects("Service")).sort()).toEqual(["dashboard", "order-api", "pricing"]);
  });

  it("never writes a number of pods beside an autoscaler, and has one autoscaler for each role that scales", () => {
    const { objects } = recording;
    expect(Object.keys(objects("HorizontalPodAutoscaler"))).toEqual(["order-api"]);
    expect(Object.keys(objects("ScaledObject")).sort()).toEqual(["order-intake", "pricing"]);
    for (const [name, { spec }] of Object.entries(objects("Deployment")))
      expect([name, spec.replicas]).toEqual([name, ["dashboard", "outbox-relay"].includes(name) ? 2 : undefined]);
  });

  it("gives every role the variables of the contract, and no secret in plain text", async () => {
    const config = roles(WHOLE);
    const { object } = await mes(config);
    for (const [name, role] of Object.entries(config)) {
      const env = envOf(object("Deployment", name));
      for (const secret of ["PGPASSWORD", "AMQP_PASSWORD", "VALKEY_PASSWORD"])
        if (env[secret] !== undefined) expect(env[secret]).toHaveProperty("secretKeyRef");
      // What the pod sees: references are texts by then.
      const seen = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, typeof value === "string" ? value : "1"]));
      for (const duty of dutiesOf(role)) expect(environmentVariables[duty].safeParse(seen).error).toBeUndefined();
      if (usesBroker(role)) expect(brokerVariables.safeParse(seen).error).toBeUndefined();
    }
  });

  it("gives a role nothing that it did not ask for", async () => {
    const { object } = await mes(roles({ lonely: {} }));
    const services = [environmentVariables.database, environmentVariables.cache, environmentVariables.storage, brokerVariables];
    const foreign = services.flatMap((schema: z.ZodObject) => Object.keys(schema.shape));
    expect(Object.keys(envOf(object("Deployment", "lonely"))).filter((name) => foreign.includes(name))).toEqual([]);
    expect(podOf(object("Deployment", "lonely")).volumes.map((v: any) => v.name)).toEqual(["mes-tmp"]);
  });

  it("asks for start, readiness and life on the management port, each in its own words", async () => {
    const { object } = await mes(roles({ api: { http: {}, startupTimeout: "1m" } }));
    const [container] = podOf(object("Deployment", "api")).containers;
    const asked = (path: string) => ({ httpGet: { path, port: "metrics" } });
    expect(container).toMatchObject({
      startupProbe: { ...asked("/health/startup"), periodSeconds: 2, failureThreshold: 30 },
      readinessProbe: asked("/health/ready"),
      livenessProbe: asked("/health/live"),
      ports: expect.arrayContaining([
        { name: "http", containerPort: 8080 },
        { name: "metrics", containerPort: 8081 },
      ]),
    });
  });

  it("stops a pod only when its work is done", () => {
    const { object } = recording;
    expect(podOf(object("Deployment", "order-intake")).terminationGracePeriodSeconds).toBe(80);
    expect(podOf(object("Deployment", "order-intake")).containers[0].lifecycle).toBeUndefined();
    const api = podOf(object("Deployment", "order-api"));
    expect(api.containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 10 } } });
    expect(api.terminationGracePeriodSeconds).toBe(10 + 30 + 30 + 10);
    expect(envOf(object("Deployment", "order-intake")).MES_DRAIN_SECONDS).toBe("40");
  });

  it("rolls without a dip, and with a GPU without a pod that finds none", () => {
    const { object } = recording;
    const rolling = (name: string) => object("Deployment", name).spec.strategy.rollingUpdate;
    expect(rolling("order-api")).toEqual({ maxSurge: "25%", maxUnavailable: 0 });
    expect(rolling("pricing")).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    const pricing = podOf(object("Deployment", "pricing"));
    expect(pricing.containers[0].resources).toMatchObject({
      requests: { "nvidia.com/gpu": "1" },
      limits: { "nvidia.com/gpu": "1" },
    });
    expect(pricing.tolerations).toEqual([{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
  });

  it("reads only from the services that it uses", () => {
    const { mes: declared } = recording;
    const from = (name: string) =>
      declared.connections
        .filter((c) => c.from.name === name)
        .map((c) => c.to.name)
        .sort();
    expect(from("dashboard")).toEqual(["cache", "otel-agent", "postgres-rw", "s3"]);
    expect(from("order-api")).toEqual(["otel-agent", "postgres-rw", "pricing:http"]);
    expect(from("outbox-relay")).toEqual(["broker", "otel-agent", "postgres-rw"]);
    expect(from("keda-operator")).toEqual(["broker:management", "prometheus"]);
  });

  it("is measured on the management port, by the names that rules use", () => {
    const { mes: declared } = recording;
    const target = declared.scrapeTargets.find(({ job }) => job === "order-intake");
    expect(target).toMatchObject({ port: "metrics", portNumber: 8081, path: "/metrics" });
    expect(target?.metrics).toContain("mes_orders_received_total");
    expect(target?.metrics).not.toContain("http_server_request_duration_seconds_bucket");
  });

  it("takes the identity that a service gives to its account", () => {
    const { object } = recording;
    expect(object("ServiceAccount", "pricing").metadata.annotations).toEqual({
      "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/pricing",
    });
    expect(object("ServiceAccount", "pricing").automountServiceAccountToken).toBe(false);
  });

  it("finds other roles by their names", async () => {
    const { object } = await mes(roles({ a: { calls: ["price-eu"] }, "price-eu": { http: { port: 9000 } } }));
    expect(envOf(object("Deployment", "a")).MES_PRICE_EU_URL).toBe("http://price-eu.mes.svc:80");
    expect(object("Service", "price-eu").spec.ports).toEqual([
      { name: "http", port: 80, targetPort: "http", appProtocol: "http" },
    ]);
  });

  it("calls the CRM only where the stack file says", async () => {
    const crm = { name: "crm", host: "crm.example.com", cidrs: ["203.0.113.0/24"], port: 8443 };
    const { mes: declared } = await mes(roles({ a: { egress: [crm] } }));
    expect(declared.connections.find(({ to }) => to.name === "a:crm")?.to).toEqual({
      name: "a:crm",
      host: "crm.example.com",
      port: 8443,
      target: { cidrs: ["203.0.113.0/24"] },
    });
  });
});

describe("a change", () => {
  const api = { database: { access: "readwrite" } };

  it("of a password rolls the pods once", async () => {
    const annotations = async (password: string) => {
      const database = (name: string) => ({ ...bindings().database(name), rollOn: [password] });
      const { object } = await mes(roles({ api }), { bindings: { ...bindings(), database } });
      return object("Deployment", "api").spec.template.metadata.annotations;
    };
    const [before, after, again] = [await annotations("one"), await annotations("two"), await annotations("two")];
    expect(after).not.toEqual(before);
    expect(again).toEqual(after);
    expect(JSON.stringify(after)).not.toContain("two");
  });

  it("of a secret variable too; the pods get it from a Secret, and the plan shows nothing of it", async () => {
    const config = roles({ api });
    config.api!.secrets = { TOKEN: new Secret("hunter2") };
    const { object, plan } = await mes(config, {}, { preview: false });
    expect(envOf(object("Deployment", "api")).TOKEN).toEqual({ secretKeyRef: { name: "api-env", key: "TOKEN" } });
    expect(object("Secret", "api-env").stringData).toEqual({ TOKEN: "[secret]" });
    expect(object("Deployment", "api").spec.template.metadata.annotations).toHaveProperty(["mes.platform/secrets"]);
    expect(JSON.stringify(plan)).not.toContain("hunter2");
  });

  it("of a variable is a change of the pods' own spec", async () => {
    const { object } = await mes(roles({ api: { env: { FEATURE: "on" } } }));
    expect(envOf(object("Deployment", "api")).FEATURE).toBe("on");
  });
});

describe("odd but valid configurations", () => {
  const ten = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`part-${i}`, { http: {}, runs: ["order-api"] }]));
  it.each<[string, Record<string, object>, Partial<MesArgs>]>([
    ["one role only", { everything: { runs: ["order-intake", "order-api"], http: {} } }, {}],
    ["renamed roles", { eingang: WHOLE["order-intake"], ausgang: WHOLE["outbox-relay"] }, {}],
    ["ten roles", ten, {}],
    ["no GPU, no storage, no cache, no http", { worker: { database: { access: "readonly" } } }, {}],
    ["max = min", { api: { http: {}, scale: { min: 2, max: 2, requestsPerSecond: 10 } } }, {}],
    ["no service at all", { worker: {} }, { bindings: {}, scaling: undefined }],
    ["CPU without KEDA", { worker: { scale: { min: 1, max: 2, cpu: 50 } } }, { bindings: {}, scaling: undefined }],
    ["all roles off but one", { a: { ...WHOLE["order-api"], calls: [], enabled: false }, b: {} }, {}],
  ])("%s", async (_, given, overrides) => {
    const { objects, mes: declared } = await mes(roles(given), overrides);
    const enabled = Object.entries(roles(given)).filter(([, role]) => role.enabled);
    expect(Object.keys(objects("Deployment")).sort()).toEqual(enabled.map(([name]) => name).sort());
    expect(declared.dashboards.map(({ uid }) => uid)).toContain("mes-services");
  });

  it("does what the part is called, whatever the role is called", async () => {
    const { object } = await mes(roles({ eingang: { runs: ["order-intake", "outbox-relay"] }, dashboard: {} }));
    expect(envOf(object("Deployment", "eingang")).MES_ROLE).toBe("order-intake,outbox-relay");
    expect(envOf(object("Deployment", "eingang")).OTEL_SERVICE_NAME).toBe("eingang");
    expect(envOf(object("Deployment", "dashboard")).MES_ROLE).toBe("dashboard");
  });

  it.each<[Record<string, object>, Partial<MesArgs>, RegExp]>([
    [{ a: { cache: true } }, { bindings: {} }, /the role a uses the cache/],
    [{ a: { http: {}, scale: { min: 1, max: 2, requestsPerSecond: 5 } } }, { scaling: undefined }, /the scale of a needs KEDA/],
    [WHOLE, { scaling: { keda: SCALING.keda } }, /the scale of order-intake needs the broker's management API/],
  ])("is refused where a role uses what the stack does not have", async (given, overrides, message) => {
    const args = { environment: environment(), roles: roles(given), bindings: bindings(), scaling: SCALING, ...overrides };
    expect(await refusalOf((opts) => new Mes("mes", args, opts))).toMatch(message);
  });

  it.each([true, false])("is the same in a preview and in a real run (preview: %s)", async (preview) => {
    const { plan } = await mes(roles(WHOLE), {}, { preview });
    expect(plan.resources.filter(({ type }) => type.endsWith(":Deployment"))).toHaveLength(5);
  });
});

describe("the CRM's count of orders", () => {
  const crm = { host: "crm.example.com", servers: { cidrs: ["203.0.113.20/32"] } };

  it("is read by Prometheus alone, and nothing else of the CRM is", async () => {
    const reconciliation = reconciliationConfig.parse({ crm: { ...crm, token: { secure: "v1:x" } } });
    const { object, mes: declared } = await mes(roles(WHOLE), { reconciliation });
    expect(object("ScrapeConfig", "crm")).toMatchObject({
      metadata: { namespace: "mes-observability" },
      spec: {
        jobName: "crm",
        scheme: "HTTPS",
        staticConfigs: [{ targets: ["crm.example.com:443"] }],
        metricRelabelings: [{ sourceLabels: ["__name__"], regex: "crm_.*", action: "keep" }],
        authorization: { credentials: { name: "crm-metrics", key: "token" } },
      },
    });
    expect(declared.connections.filter(({ to }) => to.name === "crm:metrics").map(({ from }) => from.name)).toEqual([
      "prometheus",
    ]);
  });

  it("may be inside of the cluster", async () => {
    const inside = {
      host: "crm.sales.svc",
      port: 80,
      scheme: "http",
      servers: { namespace: "sales", labels: { app: "crm" }, podPort: 8080 },
    };
    const { mes: declared } = await mes(roles(WHOLE), { reconciliation: reconciliationConfig.parse({ crm: inside }) });
    expect(declared.connections.find(({ to }) => to.name === "crm:metrics")?.to).toMatchObject({
      port: 80,
      podPort: 8080,
      target: { pods: { namespace: "sales", labels: { app: "crm" } } },
    });
  });

  it("is not asked for where the stack file names no CRM", async () => {
    const { objects } = await mes(roles(WHOLE));
    expect(objects("ScrapeConfig")).toEqual({});
  });
});
