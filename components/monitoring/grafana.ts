import type * as pulumi from "@pulumi/pulumi";
import { caVolume } from "../certificates/trust";
import { Credentials } from "../credentials/credentials";
import { connect, type Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { Workload } from "../workload/workload";
import type { MonitoringConfig } from "./config";
import type { Dashboard } from "../observability/dashboard";
import { dashboardVolume } from "./dashboard-maps";
import { GRAFANA, alertmanagerEndpoint, grafanaEndpoint, prometheusEndpoint } from "./endpoints";
import { PATHS, dashboardProvider, datasources, grafanaIni } from "./grafana-files";

/** Secret with the administrator's name and password. */
const ADMIN_SECRET = "grafana-admin";
const KEY_SECRET = "grafana-key";
/** User of Grafana's image. */
const USER = 472;

export interface GrafanaArgs {
  readonly environment: Environment;
  readonly config: MonitoringConfig;
  readonly dashboards: readonly Dashboard[];
  /** Dashboard that opens first. @default Grafana's own page */
  readonly home?: string;
  /** Loki. @default none */
  readonly logs?: Endpoint;
  /** Jaeger's query API. @default none */
  readonly traces?: Endpoint;
}

/** Grafana with all that it shows provisioned from files: data sources, their links, dashboards. */
export class Grafana extends PlatformComponent {
  constructor(name: string, args: GrafanaArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:Grafana", name, args, opts);
    const { environment, config } = args;
    const namespace = environment.namespaces.observability;
    const { persistence } = config.grafana;
    const child = { parent: this };

    const admin = new Credentials(
      ADMIN_SECRET,
      {
        username: config.grafana.adminUser,
        component: "monitoring",
        rotation: config.grafana.rotation,
        copies: [{ namespace, secretName: ADMIN_SECRET }],
      },
      child,
    );
    // Encrypts what people store in its database; the default one is in every copy of Grafana.
    const key = new Credentials(
      KEY_SECRET,
      { username: GRAFANA, component: "monitoring", copies: [{ namespace, secretName: KEY_SECRET }] },
      child,
    );
    const volume = dashboardVolume("dashboards", args.dashboards, namespace, child);
    const prometheus = prometheusEndpoint(environment);
    const alertmanager = alertmanagerEndpoint(environment);
    const shown = [prometheus, alertmanager, ...[args.logs, args.traces].filter((endpoint) => endpoint !== undefined)];
    const url = ({ host, port }: Endpoint) => `http://${host}:${port}`;
    const secureUrl = ({ host, port }: Endpoint) => `https://${host}:${port}`;
    const sources = {
      prometheus: url(prometheus),
      alertmanager: url(alertmanager),
      // With certificates of the platform's CA.
      loki: args.logs && secureUrl(args.logs),
      jaeger: args.traces && secureUrl(args.traces),
    };
    const health = { httpGet: { path: "/api/health", port: "http" } };

    const workload = new Workload(
      GRAFANA,
      {
        environment,
        namespace,
        component: "monitoring",
        // Its database is a file, so there is one pod; a new one is ready in seconds, all it shows comes with it.
        kind: persistence === undefined ? "Deployment" : "StatefulSet",
        replicas: 1,
        priorityClassName: environment.priorityClasses.platform,
        user: USER,
        files: {
          [PATHS.config]: grafanaIni(config.grafana, args.home),
          [`${PATHS.provisioning}/datasources/platform.yaml`]: datasources(sources, config.scrapeInterval),
          [`${PATHS.provisioning}/dashboards/platform.yaml`]: dashboardProvider(),
        },
        claims: persistence === undefined ? undefined : [{ name: "data", size: persistence, mountPath: PATHS.data }],
        containers: [
          {
            name: GRAFANA,
            image: "grafana",
            ports: { http: grafanaEndpoint(environment).port },
            env: {
              GF_PATHS_CONFIG: PATHS.config,
              GF_PATHS_PROVISIONING: PATHS.provisioning,
              GF_PATHS_DATA: PATHS.data,
              GF_SECURITY_ADMIN_PASSWORD__FILE: `${PATHS.credentials}/admin-password`,
              GF_SECURITY_SECRET_KEY__FILE: `${PATHS.credentials}/secret-key`,
            },
            resources: config.grafana.resources,
            startupProbe: { ...health, periodSeconds: 5, failureThreshold: 60 },
            readinessProbe: { ...health, periodSeconds: 10 },
            livenessProbe: { ...health, periodSeconds: 20, failureThreshold: 5, timeoutSeconds: 5 },
            volumeMounts: [
              { name: "dashboards", mountPath: PATHS.dashboards, readOnly: true },
              { name: "credentials", mountPath: PATHS.credentials, readOnly: true },
              ...caVolume.volumeMounts,
            ],
            writable: ["/tmp", ...(persistence === undefined ? [PATHS.data] : [])],
          },
        ],
        volumes: [volume, credentialsVolume(), ...caVolume.volumes],
        servicePorts: { http: { port: grafanaEndpoint(environment).port } },
        rollOn: [admin.password, key.password],
      },
      child,
    );
    this.declare({ connections: connect(workload.pods, ...shown) });
    this.declare({
      scrapeTargets: [
        {
          job: GRAFANA,
          pods: workload.pods,
          port: "http",
          portNumber: grafanaEndpoint(environment).port,
          metrics: ["grafana_*"],
          labels: [],
        },
      ],
    });
    this.registerOutputs({});
  }
}

function credentialsVolume() {
  const password = (secret: string, path: string) => ({ secret: { name: secret, items: [{ key: "password", path }] } });
  return {
    name: "credentials",
    projected: { sources: [password(ADMIN_SECRET, "admin-password"), password(KEY_SECRET, "secret-key")] },
  };
}
