import type * as pulumi from "@pulumi/pulumi";
import { caVolume } from "../certificates/trust";
import { Credentials } from "../credentials/credentials";
import { connect, type Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import type { ContainerArgs } from "../workload/pod";
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

    const { adminUser: username, rotation } = config.grafana;
    const admin = this.credentials(ADMIN_SECRET, { username, rotation }, namespace);
    // Encrypts what people store in its database; the default one is in every copy of Grafana.
    const key = this.credentials(KEY_SECRET, { username: GRAFANA }, namespace);
    const volume = dashboardVolume("dashboards", args.dashboards, namespace, child);
    const { port } = grafanaEndpoint(environment);
    const shown = shownBy(args);
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
          [`${PATHS.provisioning}/datasources/platform.yaml`]: datasources(addresses(shown), config.scrapeInterval),
          [`${PATHS.provisioning}/dashboards/platform.yaml`]: dashboardProvider(),
        },
        claims: persistence === undefined ? undefined : [{ name: "data", size: persistence, mountPath: PATHS.data }],
        containers: [server(config.grafana, port)],
        volumes: [volume, credentialsVolume(), ...caVolume.volumes],
        servicePorts: { http: { port } },
        rollOn: [admin.password, key.password],
      },
      child,
    );
    this.declare({ connections: connect(workload.pods, ...Object.values(shown).filter((endpoint) => endpoint !== undefined)) });
    this.declare({
      scrapeTargets: [
        {
          job: GRAFANA,
          pods: workload.pods,
          port: "http",
          portNumber: port,
          metrics: ["grafana_*"],
          labels: [],
        },
      ],
    });
    this.registerOutputs({});
  }

  private credentials(name: string, user: { username: string; rotation?: string }, namespace: string): Credentials {
    const args = { ...user, component: "monitoring", copies: [{ namespace, secretName: name }] };
    return new Credentials(name, args, { parent: this });
  }
}

/** What it shows, by the data source. */
function shownBy({ environment, logs, traces }: GrafanaArgs) {
  return {
    prometheus: prometheusEndpoint(environment),
    alertmanager: alertmanagerEndpoint(environment),
    loki: logs,
    jaeger: traces,
  };
}

/** Addresses of what it shows: those of Loki and Jaeger have certificates of the platform's CA. */
function addresses({ prometheus, alertmanager, loki, jaeger }: ReturnType<typeof shownBy>) {
  const url = ({ host, port }: Endpoint) => `http://${host}:${port}`;
  const secureUrl = ({ host, port }: Endpoint) => `https://${host}:${port}`;
  return {
    prometheus: url(prometheus),
    alertmanager: url(alertmanager),
    loki: loki && secureUrl(loki),
    jaeger: jaeger && secureUrl(jaeger),
  };
}

function server({ persistence, resources }: MonitoringConfig["grafana"], port: number): ContainerArgs {
  const health = { httpGet: { path: "/api/health", port: "http" } };
  return {
    name: GRAFANA,
    image: "grafana",
    ports: { http: port },
    env: {
      GF_PATHS_CONFIG: PATHS.config,
      GF_PATHS_PROVISIONING: PATHS.provisioning,
      GF_PATHS_DATA: PATHS.data,
      GF_SECURITY_ADMIN_PASSWORD__FILE: `${PATHS.credentials}/admin-password`,
      GF_SECURITY_SECRET_KEY__FILE: `${PATHS.credentials}/secret-key`,
    },
    resources: resources,
    startupProbe: { ...health, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { ...health, periodSeconds: 10 },
    livenessProbe: { ...health, periodSeconds: 20, failureThreshold: 5, timeoutSeconds: 5 },
    volumeMounts: [
      { name: "dashboards", mountPath: PATHS.dashboards, readOnly: true },
      { name: "credentials", mountPath: PATHS.credentials, readOnly: true },
      ...caVolume.volumeMounts,
    ],
    writable: ["/tmp", ...(persistence === undefined ? [PATHS.data] : [])],
  };
}

function credentialsVolume() {
  const password = (secret: string, path: string) => ({ secret: { name: secret, items: [{ key: "password", path }] } });
  return {
    name: "credentials",
    projected: { sources: [password(ADMIN_SECRET, "admin-password"), password(KEY_SECRET, "secret-key")] },
  };
}
