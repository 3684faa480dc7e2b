import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import { CA_FILE, caVolume } from "../certificates/trust";
import { Credentials } from "../credentials/credentials";
import { secretText } from "../credentials/secret-text";
import { serviceHost } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { fromSecret, type Binding } from "../workload/binding";
import { objectLabels } from "../objects/labels";
import type { ContainerArgs, Probe } from "../workload/pod";
import { Workload } from "../workload/workload";
import { cacheAlerts, CACHE_METRICS } from "./alerts";
import type { CacheConfig } from "./config";
import { cacheDashboard } from "./dashboard";
import { CACHE, CACHE_PORT, FILES, METRICS_PORT, passwordHash, userFile, valkeyConfig } from "./valkey";

export interface CacheArgs {
  readonly environment: Environment;
  readonly config: CacheConfig;
  /** ClusterIssuer of the platform's CA. */
  readonly issuer: string;
}

const CERTIFICATE_SECRET = `${CACHE}-tls`;
const USERS_SECRET = `${CACHE}-users`;
/** Secret of the program's user in the namespace of the MES roles. */
const PROGRAM_SECRET = `${CACHE}-program`;
const EXPORTER_SECRET = `${CACHE}-exporter`;
const PROGRAM = "mes";
const EXPORTER = "exporter";

/** User and group of the image. Source: https://github.com/valkey-io/valkey-container/blob/mainline/9.1/alpine/Dockerfile */
const VALKEY_USER = 999;

/** Seconds after which the pod leaves a node that no longer answers; Kubernetes' own default is 300. */
const LEAVE_LOST_NODE_AFTER = 30;

/**
 * The cache of the dashboard: one Valkey without persistence. What is in it is in the database too, so a second instance
 * would only save the minutes until a new one is warm, at the price of replication and a fail-over of its own.
 */
export class Cache extends PlatformComponent {
  private readonly args: CacheArgs;
  private readonly workload: Workload;
  private readonly program: Credentials;

  constructor(name: string, args: CacheArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:cache:Cache", name, args, opts);
    this.args = args;
    const { environment, config, issuer } = args;
    const { apps, data } = environment.namespaces;
    const child = { parent: this };

    const common = { component: "cache", rotation: config.rotation };
    const programCopy = { namespace: apps, secretName: PROGRAM_SECRET };
    this.program = new Credentials("program", { ...common, username: PROGRAM, copies: [programCopy] }, child);
    const exporterCopy = { namespace: data, secretName: EXPORTER_SECRET };
    const exporter = new Credentials("exporter", { ...common, username: EXPORTER, copies: [exporterCopy] }, child);
    const passwords = [this.program.password, exporter.password] as const;
    const users = this.users(passwords);
    const host = serviceHost(CACHE, data);
    const certified = certificate(
      CERTIFICATE_SECRET,
      // The exporter, in the same pod, connects to localhost.
      { issuer, namespace: data, secretName: CERTIFICATE_SECRET, dnsNames: [host, `${CACHE}.${data}`, "localhost"] },
      child,
    );

    this.workload = new Workload(
      CACHE,
      {
        environment,
        namespace: data,
        component: "cache",
        replicas: 1,
        priorityClassName: environment.priorityClasses.standard,
        user: VALKEY_USER,
        servicePorts: { valkey: { port: CACHE_PORT } },
        files: { [FILES.config]: valkeyConfig(config) },
        rollOn: passwords,
        volumes: [
          ...caVolume.volumes,
          { name: "certificate", secret: { secretName: CERTIFICATE_SECRET, defaultMode: 0o440 } },
          { name: "users", secret: { secretName: USERS_SECRET, defaultMode: 0o440 } },
        ],
        containers: [server(config), measuring()],
        overrides: { tolerations: leaveLostNodes() },
      },
      { parent: this, dependsOn: [users, certified] },
    );
    this.declare({
      scrapeTargets: [
        {
          job: CACHE,
          pods: this.workload.pods,
          port: "metrics",
          portNumber: METRICS_PORT,
          metrics: CACHE_METRICS,
          labels: ["cmd", "db"],
        },
      ],
    });
    this.declare({ alerts: cacheAlerts() });
    this.declare({ dashboards: [cacheDashboard()] });
    this.registerOutputs({});
  }

  /** The file with both users, each by the hash of its password. */
  private users(passwords: readonly [program: pulumi.Output<string>, exporter: pulumi.Output<string>]): pulumi.Resource {
    return new k8s.core.v1.Secret(
      "users",
      {
        metadata: {
          name: USERS_SECRET,
          namespace: this.args.environment.namespaces.data,
          labels: objectLabels(USERS_SECRET, "cache"),
        },
        stringData: {
          "users.acl": secretText(
            ([mine = "", measuring = ""]) =>
              userFile({ program: { name: PROGRAM, hash: mine }, exporter: { name: EXPORTER, hash: measuring } }),
            passwords.map((password) => password.apply(passwordHash)),
          ),
        },
      },
      { parent: this },
    );
  }

  /** How the dashboard connects to the cache. */
  binding(): Binding {
    const { data } = this.args.environment.namespaces;
    return {
      endpoints: [this.workload.endpoint("valkey")],
      env: {
        VALKEY_HOST: serviceHost(CACHE, data),
        VALKEY_PORT: String(CACHE_PORT),
        VALKEY_USERNAME: fromSecret(PROGRAM_SECRET, "username"),
        VALKEY_PASSWORD: fromSecret(PROGRAM_SECRET, "password"),
        VALKEY_TLS: "true",
        VALKEY_CA_FILE: CA_FILE,
      },
      volumes: caVolume.volumes,
      volumeMounts: caVolume.volumeMounts,
      secrets: { VALKEY_USERNAME: PROGRAM, VALKEY_PASSWORD: this.program.password },
      rollOn: [this.program.password],
    };
  }
}

function server(config: CacheConfig): ContainerArgs {
  return {
    name: "valkey",
    image: "valkey",
    command: ["valkey-server", FILES.config],
    ports: { valkey: CACHE_PORT },
    resources: config.resources,
    volumeMounts: [
      { name: "certificate", mountPath: FILES.certificate, readOnly: true },
      { name: "users", mountPath: FILES.users, readOnly: true },
    ],
    writable: ["/tmp"],
    startupProbe: answers({ periodSeconds: 2, failureThreshold: 30 }),
    readinessProbe: answers({ periodSeconds: 10, failureThreshold: 2 }),
    livenessProbe: answers({ periodSeconds: 20, failureThreshold: 3 }),
  };
}

/** It answers over TLS. A client that has not logged in gets NOAUTH, which is an answer too and needs no password here. */
function answers(timing: { periodSeconds: number; failureThreshold: number }): Probe {
  const ping = `valkey-cli --tls --cacert ${FILES.certificate}/ca.crt -h localhost -p ${CACHE_PORT} ping | grep -qE 'PONG|NOAUTH'`;
  return { exec: { command: ["sh", "-c", ping] }, timeoutSeconds: 5, ...timing };
}

function measuring(): ContainerArgs {
  return {
    name: "exporter",
    image: "redisExporter",
    env: {
      REDIS_ADDR: `rediss://localhost:${CACHE_PORT}`,
      REDIS_USER: fromSecret(EXPORTER_SECRET, "username"),
      REDIS_PASSWORD: fromSecret(EXPORTER_SECRET, "password"),
      REDIS_EXPORTER_TLS_CA_CERT_FILE: CA_FILE,
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `:${METRICS_PORT}`,
      REDIS_EXPORTER_LOG_FORMAT: "json",
    },
    ports: { metrics: METRICS_PORT },
    resources: { cpu: "10m", memory: "32Mi" },
    volumeMounts: caVolume.volumeMounts,
    readinessProbe: { httpGet: { path: "/health", port: "metrics" }, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: "/health", port: "metrics" }, periodSeconds: 30 },
  };
}

/** There is one instance: it should be elsewhere soon after its node is lost. */
function leaveLostNodes() {
  return ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: LEAVE_LOST_NODE_AFTER,
  }));
}
