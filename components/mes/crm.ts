import type { IScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { prometheusPods } from "../monitoring/endpoints";
import { selectedLabels } from "../monitoring/rules";
import { connect, type Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import type { ReconciliationConfig } from "./config";

const NAME = "crm";
const TOKEN_KEY = "token";
/** More series than the CRM's counts of orders could ever be. */
const SAMPLE_LIMIT = 5_000;

export interface CrmCountsArgs {
  readonly environment: Environment;
  readonly config: NonNullable<ReconciliationConfig["crm"]>;
}

/** Reads the CRM's counts of orders: the CRM is not ours, so nothing but `crm_…` is taken from it. */
export class CrmCounts extends PlatformComponent {
  constructor(name: string, args: CrmCountsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:mes:CrmCounts", name, args, opts);
    const { environment, config } = args;
    const namespace = environment.namespaces.observability;
    const secretName = `${NAME}-metrics`;
    if (config.token !== undefined) {
      new k8s.core.v1.Secret(
        secretName,
        {
          metadata: { name: secretName, namespace, labels: objectLabels(NAME, "mes") },
          type: "Opaque",
          stringData: { [TOKEN_KEY]: pulumi.secret(config.token.reveal()) },
        },
        { parent: this },
      );
    }
    customResource<IScrapeConfig>(
      NAME,
      {
        apiVersion: "monitoring.coreos.com/v1alpha1",
        kind: "ScrapeConfig",
        metadata: { name: NAME, namespace, labels: { ...objectLabels(NAME, "mes"), ...selectedLabels(environment) } },
        spec: {
          jobName: NAME,
          scheme: config.scheme === "https" ? "HTTPS" : "HTTP",
          metricsPath: config.path,
          staticConfigs: [{ targets: [`${config.host}:${config.port}`] }],
          sampleLimit: SAMPLE_LIMIT,
          metricRelabelings: [{ sourceLabels: ["__name__"], regex: "crm_.*", action: "keep" }],
          ...(config.token === undefined ? {} : { authorization: { credentials: { name: secretName, key: TOKEN_KEY } } }),
        },
      },
      { parent: this },
    );
    this.declare({ connections: connect(prometheusPods(environment), crmEndpoint(config)) });
    this.registerOutputs({});
  }
}

function crmEndpoint({ host, port, servers }: CrmCountsArgs["config"]): Endpoint {
  const endpoint = { name: `${NAME}:metrics`, host, port };
  if ("cidrs" in servers) return { ...endpoint, target: { cidrs: servers.cidrs } };
  const { namespace, labels, podPort } = servers;
  return { ...endpoint, podPort, target: { pods: { name: NAME, namespace, labels } } };
}
