import { loggingConfig } from "../../../components/logging/config";
import { lokiEndpoint, lokiUrl } from "../../../components/logging/endpoints";
import { Logging, type LoggingArgs } from "../../../components/logging/logging";
import { patience } from "../../helpers/probes";
import { environment, recorded, refusalOf } from "../../helpers/record";

const STORE = { name: "s3", host: "s3.mes-data.svc", port: 7070, target: { cidrs: ["10.0.0.0/8"] } };
const BUCKET: LoggingArgs["bucket"] = {
  access: {
    bucket: "mes-logs",
    region: "eu-central-1",
    endpointUrl: "https://s3.mes-data.svc:7070",
    endpoint: STORE,
    caSecretName: "mes-ca",
  },
  binding: {
    endpoints: [STORE],
    env: { AWS_REGION: "eu-central-1", S3_BUCKET_LOGS: "mes-logs" },
    serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/loki" },
  },
};

async function logging(values: object = {}, options: { preview?: boolean; bucket?: LoggingArgs["bucket"] } = {}) {
  const { bucket, preview = true } = options;
  const args = { environment: environment(), config: loggingConfig.parse(values), issuer: "mes-ca", bucket };
  const { made: component, ...recording } = await recorded((opts) => new Logging("logging", args, opts), { preview });
  return { ...recording, component };
}

describe.each([true, false])("logging (preview: %s)", (preview) => {
  it("is nothing at all when it is off", async () => {
    const { plan, component } = await logging({ enabled: false }, { preview });
    expect(plan.resources.filter((r) => r.type.startsWith("kubernetes:"))).toEqual([]);
    expect([component.connections, component.scrapeTargets, component.alerts]).toEqual([[], [], []]);
  });

  it("is one Loki with all logs on its volume", async () => {
    const { object } = await logging({ storage: { kind: "filesystem", size: "7Gi" } }, { preview });
    const { spec } = object("StatefulSet", "loki");
    expect(spec.replicas).toBe(1);
    expect(spec.volumeClaimTemplates[0]).toMatchObject({ spec: { resources: { requests: { storage: "7Gi" } } } });
    expect(spec.template.spec).toMatchObject({ securityContext: { runAsUser: 10_001, fsGroup: 10_001 } });
  });

  it("is three that share a bucket, with the access that it is given", async () => {
    const { object } = await logging({ replicas: 3, storage: { kind: "bucket" } }, { preview, bucket: BUCKET });
    expect(object("ServiceAccount", "loki").metadata.annotations).toEqual({
      "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/loki",
    });
    const { spec } = object("StatefulSet", "loki").spec.template;
    expect(spec.containers[0].env).toContainEqual({ name: "S3_BUCKET_LOGS", value: "mes-logs" });
    expect(spec.containers[0].volumeMounts).toContainEqual({ name: "mes-ca", mountPath: "/etc/mes/ca", readOnly: true });
    expect(spec.topologySpreadConstraints[0]).toMatchObject({ topologyKey: "topology.kubernetes.io/zone" });
  });

  it("lets pods that are not ready find each other, and clients only those that are", async () => {
    const { object } = await logging({}, { preview });
    expect(object("Service", "loki-gossip").spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    expect(object("Service", "loki").spec).not.toHaveProperty("clusterIP");
    expect(object("Service", "loki").spec).not.toHaveProperty("publishNotReadyAddresses");
  });
});

describe("what logging declares", () => {
  it("connects its pods with each other and with the store", async () => {
    const { component } = await logging({ replicas: 3, storage: { kind: "bucket" } }, { bucket: BUCKET });
    expect(component.connections.map(({ from, to }) => `${from.name} → ${to.name}:${to.port}`)).toEqual([
      "loki → loki-grpc:9095",
      "loki → loki-gossip:7946",
      "loki → s3:7070",
    ]);
  });

  it("refuses a bucket that nobody gave it", async () => {
    const config = loggingConfig.parse({ storage: { kind: "bucket" } });
    const args = { environment: environment(), config, issuer: "mes-ca" };
    expect(await refusalOf((opts) => new Logging("logging", args, opts))).toBe("storage of kind bucket needs access to a bucket");
  });

  it("comes after its certificate", async () => {
    expect((await logging()).comesAfter(":Workload", "loki")).toContain("Certificate loki-tls");
  });

  it("may take ten minutes to replay its log, and is restarted only when it has not listened for 150 s", async () => {
    const [loki] = (await logging()).object("StatefulSet", "loki").spec.template.spec.containers;
    expect(patience(loki)).toEqual({ start: 600, ready: 30, live: 150 });
    expect(loki.readinessProbe.httpGet).toEqual({ path: "/ready", port: "http", scheme: "HTTPS" });
    // Not ready is what it is while the ring settles: a restart would not help.
    expect(loki.livenessProbe).toMatchObject({ tcpSocket: { port: "http" } });
  });

  it("is found at one address, over TLS", () => {
    expect(lokiEndpoint(environment())).toMatchObject({ host: "loki.mes-observability.svc", port: 3100 });
    expect(lokiUrl(environment())).toBe("https://loki.mes-observability.svc:3100");
  });

  it("counts Loki as ready by the number that there should be", async () => {
    const { component } = await logging({ replicas: 3, storage: { kind: "bucket" } }, { bucket: BUCKET });
    const alert = component.alerts.flatMap(({ alerts }) => alerts).find(({ name }) => name === "LokiNotReady");
    expect(alert?.expr).toBe('(count(up{job="loki"} == 1) or vector(0)) < 3');
  });
});
