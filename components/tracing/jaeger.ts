import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import { OTLP_GRPC_PORT } from "../collector/endpoints";
import { HEALTH_PORT, METRICS_PORT, TLS_DIRECTORY, goMemoryLimit } from "../collector/settings";
import { secretText } from "../credentials/secret-text";
import { prometheusEndpoint } from "../monitoring/endpoints";
import { connect, type Endpoint, type PodSet } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { fromSecret } from "../workload/binding";
import { objectLabels } from "../objects/labels";
import type { ContainerArgs, Volume, VolumeMount } from "../workload/pod";
import { Workload } from "../workload/workload";
import { isSearch, type SearchStorage, type TracingConfig } from "./config";
import { JAEGER, JAEGER_GRPC_QUERY_PORT, JAEGER_QUERY_PORT } from "./endpoints";
import { IndexCleaner } from "./index-cleaner";
import {
  BADGER_DIRECTORY,
  JAEGER_CONFIG_FILE,
  JAEGER_UI_FILE,
  SEARCH_CA_DIRECTORY,
  SEARCH_PASSWORD_FILE,
  SEARCH_USERNAME,
  hasCredentials,
  jaegerConfig,
  jaegerUi,
} from "./jaeger-config";
import { JAEGER_LABELS, JAEGER_METRICS } from "./metrics";

/** User of Jaeger's image. */
const JAEGER_USER = 10_001;

export interface JaegerArgs {
  readonly environment: Environment;
  readonly config: TracingConfig;
  readonly issuer: string;
}

/** Jaeger: takes the traces that are kept, stores them, and answers queries over its pages and API. */
export class Jaeger extends PlatformComponent {
  readonly pods: PodSet;

  constructor(name: string, args: JaegerArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:tracing:Jaeger", name, args, opts);
    const { environment, issuer, config } = args;
    const { storage, jaeger } = config;
    const namespace = environment.namespaces.observability;
    const child = { parent: this };

    const secretName = `${JAEGER}-tls`;
    const dnsNames = [JAEGER, `${JAEGER}.${namespace}`, `${JAEGER}.${namespace}.svc`, `${JAEGER}.${namespace}.svc.cluster.local`];
    const tls = certificate(secretName, { issuer, namespace, secretName, dnsNames: [...dnsNames, "localhost"] }, child);
    const access = isSearch(storage) ? searchAccess(storage, namespace, this) : undefined;

    const workload = new Workload(
      JAEGER,
      {
        environment,
        namespace,
        component: "tracing",
        // A database of its own needs a volume of its own.
        kind: storage.kind === "badger" ? "StatefulSet" : "Deployment",
        headless: false,
        replicas: jaeger.replicas,
        priorityClassName: environment.priorityClasses.platform,
        user: JAEGER_USER,
        files: { [JAEGER_CONFIG_FILE]: jaegerConfig(environment, storage), [JAEGER_UI_FILE]: jaegerUi(storage) },
        volumes: [{ name: "tls", secret: { secretName } }, ...(access?.volumes ?? [])],
        claims: storage.kind === "badger" ? [{ name: "traces", size: storage.size, mountPath: BADGER_DIRECTORY }] : [],
        rollOn: access?.rollOn,
        containers: [server(jaeger, access)],
        servicePorts: {
          otlp: { port: OTLP_GRPC_PORT },
          query: { port: JAEGER_QUERY_PORT, appProtocol: "https" },
          "query-grpc": { port: JAEGER_GRPC_QUERY_PORT },
        },
      },
      { parent: this, dependsOn: [tls, ...(access?.secrets ?? [])] },
    );
    this.pods = workload.pods;
    this.declare({ connections: connect(this.pods, prometheusEndpoint(environment), ...(access?.endpoints ?? [])) });
    this.declare({
      scrapeTargets: [
        {
          job: JAEGER,
          pods: this.pods,
          port: "metrics",
          portNumber: METRICS_PORT,
          metrics: JAEGER_METRICS,
          labels: JAEGER_LABELS,
        },
      ],
    });
    if (isSearch(storage) && access !== undefined) new IndexCleaner("index-cleaner", { environment, storage, access }, child);
    this.registerOutputs({});
  }
}

function server({ resources }: TracingConfig["jaeger"], access: SearchAccess | undefined): ContainerArgs {
  const healthy = { httpGet: { path: "/status", port: "health" } };
  return {
    name: JAEGER,
    image: "jaeger",
    args: [`--config=file:${JAEGER_CONFIG_FILE}`],
    env: { GOMEMLIMIT: goMemoryLimit(resources), ...access?.env },
    ports: {
      otlp: OTLP_GRPC_PORT,
      query: JAEGER_QUERY_PORT,
      "query-grpc": JAEGER_GRPC_QUERY_PORT,
      metrics: METRICS_PORT,
      health: HEALTH_PORT,
    },
    resources: resources,
    // It opens its storage first: a search cluster may be slow to answer.
    startupProbe: { ...healthy, periodSeconds: 3, failureThreshold: 60 },
    readinessProbe: { ...healthy, periodSeconds: 10 },
    livenessProbe: { ...healthy, periodSeconds: 20, failureThreshold: 3 },
    volumeMounts: [{ name: "tls", mountPath: TLS_DIRECTORY, readOnly: true }, ...(access?.volumeMounts ?? [])],
  };
}

/** How pods reach the search cluster. */
export interface SearchAccess {
  readonly endpoints: readonly Endpoint[];
  /** Secret with `username` and `password`. @default no authentication */
  readonly credentialsSecret?: string;
  readonly secrets: readonly pulumi.Resource[];
  readonly env: Readonly<Record<string, ReturnType<typeof fromSecret>>>;
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly rollOn: readonly pulumi.Input<string>[];
}

/** Name of the Secret made of `username` and `password` in the stack file. */
const CREDENTIALS_SECRET = "jaeger-search";

function searchAccess(storage: SearchStorage, namespace: string, parent: pulumi.Resource): SearchAccess {
  const secrets: pulumi.Resource[] = [];
  const rollOn: pulumi.Input<string>[] = [];
  const { username } = storage;
  if (username !== undefined && storage.password !== undefined) {
    const password = pulumi.secret(storage.password.reveal());
    rollOn.push(username, password);
    secrets.push(
      new k8s.core.v1.Secret(
        "search",
        {
          metadata: { name: CREDENTIALS_SECRET, namespace, labels: objectLabels(CREDENTIALS_SECRET, "tracing") },
          stringData: { username: secretText(() => username), password },
        },
        { parent },
      ),
    );
  }
  const credentialsSecret = hasCredentials(storage) ? (storage.credentialsSecret ?? CREDENTIALS_SECRET) : undefined;
  const volumes: Volume[] = [];
  const volumeMounts: VolumeMount[] = [];
  if (credentialsSecret !== undefined) {
    volumes.push({ name: "search", secret: { secretName: credentialsSecret, items: [{ key: "password", path: "password" }] } });
    volumeMounts.push({ name: "search", mountPath: SEARCH_PASSWORD_FILE.replace(/\/password$/, ""), readOnly: true });
  }
  if (storage.caSecret !== undefined) {
    volumes.push({ name: "search-ca", secret: { secretName: storage.caSecret, items: [{ key: "ca.crt", path: "ca.crt" }] } });
    volumeMounts.push({ name: "search-ca", mountPath: SEARCH_CA_DIRECTORY, readOnly: true });
  }
  return {
    endpoints: searchEndpoints(storage),
    credentialsSecret,
    secrets,
    env: credentialsSecret === undefined ? {} : { [SEARCH_USERNAME]: fromSecret(credentialsSecret, "username") },
    volumes,
    volumeMounts,
    rollOn,
  };
}

/** The addresses of the stack file as endpoints: they are outside of the cluster's pods. */
export function searchEndpoints(storage: SearchStorage): Endpoint[] {
  return storage.endpoints.map((address) => {
    const { hostname, port } = new URL(address);
    return {
      name: storage.kind,
      host: hostname,
      port: port === "" ? 443 : Number(port),
      target: { cidrs: storage.cidrs },
    };
  });
}
