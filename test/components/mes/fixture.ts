import * as pulumi from "@pulumi/pulumi";
import { rolesConfig, type RoleConfig, type RolesConfig } from "../../../components/mes/config";
import type { MesBindings } from "../../../components/mes/role/bindings";
import type { ScalingSources } from "../../../components/autoscaling/sources";
import type { Endpoint } from "../../../components/network/connection";
import { fromSecret, type Binding } from "../../../components/workload/binding";

export const RESOURCES = { cpu: "100m", memory: "128Mi" };

/** Roles as a stack file writes them, with sizes filled in. */
export function roles(given: Record<string, object>): RolesConfig {
  return rolesConfig.parse(
    Object.fromEntries(Object.entries(given).map(([name, role]) => [name, { resources: RESOURCES, ...role }])),
  );
}

export function role(given: object): RoleConfig {
  return Object.values(roles({ role: given }))[0]!;
}

/** The roles of a whole MES. */
export const WHOLE = {
  "order-intake": {
    priority: "orders",
    scale: { min: 2, max: 10, queue: [{ name: "orders.inbound", length: 50, rate: 20 }] },
    consumes: [{ queue: "orders.inbound", prefetch: 20, handlingTime: "2s" }],
    database: { access: "readwrite", poolSize: 5 },
  },
  "order-api": {
    priority: "orders",
    scale: { min: 2, max: 8, cpu: 70 },
    http: {},
    routes: [{ paths: ["/api/orders"] }],
    calls: ["pricing"],
    database: { access: "readwrite", poolSize: 8 },
  },
  dashboard: {
    replicas: 2,
    http: {},
    routes: [{ paths: ["/"] }],
    database: { access: "readonly", poolSize: 10 },
    cache: true,
    storage: { products: "read" },
  },
  pricing: { scale: { min: 1, max: 3, gpu: 70 }, gpu: {}, http: {}, storage: { products: "read" } },
  "outbox-relay": {
    priority: "orders",
    database: { access: "relay", poolSize: 2 },
    publishes: ["orders"],
    shutdown: { drain: "30s" },
  },
};

export function endpoint(name: string, port: number): Endpoint {
  return { name, host: `${name}.mes-data.svc`, port, target: { pods: { name, namespace: "mes-data", labels: { app: name } } } };
}

const CA = {
  volumes: [{ name: "mes-ca", secret: { secretName: "mes-ca" } }],
  volumeMounts: [{ name: "mes-ca", mountPath: "/etc/mes/ca", readOnly: true }],
};

/** Bindings as the services hand them out, by the names of the contract. */
export function bindings(): Required<MesBindings> {
  return {
    database: (name): Binding => ({
      ...CA,
      endpoints: [endpoint("postgres-rw", 5432)],
      env: {
        PGHOST: "postgres-rw.mes-data.svc",
        PGPORT: "5432",
        PGDATABASE: "mes",
        PGUSER: name,
        PGPASSWORD: fromSecret(`${name}-db`, "password"),
        PGSSLMODE: "verify-full",
        PGSSLROOTCERT: "/etc/mes/ca/ca.crt",
      },
      secrets: { PGPASSWORD: pulumi.secret("s3cret") },
      rollOn: [`password of ${name}`],
    }),
    broker: (name): Binding => ({
      ...CA,
      endpoints: [endpoint("broker", 5671)],
      env: {
        AMQP_HOST: "broker.mes-data.svc",
        AMQP_PORT: "5671",
        AMQP_VHOST: "mes",
        AMQP_USERNAME: fromSecret(`${name}-broker`, "username"),
        AMQP_PASSWORD: fromSecret(`${name}-broker`, "password"),
        AMQP_CA_FILE: "/etc/mes/ca/ca.crt",
      },
      secrets: { AMQP_USERNAME: name, AMQP_PASSWORD: pulumi.secret("s3cret") },
    }),
    storage: (name): Binding => ({
      endpoints: [{ name: "s3", host: "s3.example.com", port: 443, target: { cidrs: ["192.0.2.0/24"] } }],
      env: { AWS_REGION: "eu-central-1", S3_FORCE_PATH_STYLE: "false", S3_BUCKET_PRODUCTS: "products" },
      serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": `arn:aws:iam::1:role/${name}` },
    }),
    cache: (): Binding => ({
      ...CA,
      endpoints: [endpoint("cache", 6379)],
      env: {
        VALKEY_HOST: "cache.mes-data.svc",
        VALKEY_PORT: "6379",
        VALKEY_USERNAME: "mes",
        VALKEY_PASSWORD: fromSecret("cache", "password"),
        VALKEY_TLS: "true",
        VALKEY_CA_FILE: "/etc/mes/ca/ca.crt",
      },
      secrets: { VALKEY_USERNAME: "mes", VALKEY_PASSWORD: pulumi.secret("s3cret") },
    }),
    tracing: {
      endpoints: [endpoint("otel-agent", 4317)],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-agent.mes-nodes.svc:4317",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_TRACES_SAMPLER: "parentbased_always_on",
        OTEL_PROPAGATORS: "tracecontext,baggage",
      },
    },
  };
}

export const SCALING: ScalingSources = {
  keda: { name: "keda-operator", namespace: "mes-operators", labels: { app: "keda-operator" } },
  prometheus: endpoint("prometheus", 9090),
  broker: {
    secretName: "broker-scaling",
    key: "host",
    ca: { kind: "Secret", name: "mes-ca", key: "ca.crt" },
    endpoint: endpoint("broker:management", 15_671),
    vhost: "mes",
  },
};
