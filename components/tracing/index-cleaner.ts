import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { connect, type PodSet } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { parseDuration } from "../schema";
import { excepted, POD_EXCEPTIONS } from "../objects/kube-score";
import { fromSecret } from "../workload/binding";
import { objectLabels, selectorLabels } from "../objects/labels";
import { podSpec, type ContainerArgs } from "../workload/pod";
import type { SearchStorage } from "./config";
import type { SearchAccess } from "./jaeger";
import { SEARCH_CA_DIRECTORY } from "./jaeger-config";

/** Name of the CronJob. */
export const INDEX_CLEANER = "jaeger-index-cleaner";
const NAME = INDEX_CLEANER;

export interface IndexCleanerArgs {
  readonly environment: Environment;
  readonly storage: SearchStorage;
  readonly access: SearchAccess;
}

/** Deletes indices of traces that are older than the retention: a search cluster does not by itself. */
export class IndexCleaner extends PlatformComponent {
  constructor(name: string, args: IndexCleanerArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:tracing:IndexCleaner", name, args, opts);
    const { environment, storage, access } = args;
    const namespace = environment.namespaces.observability;
    const labels = objectLabels(NAME, "tracing");
    const pods: PodSet = { name: NAME, namespace, labels: selectorLabels(NAME) };
    const child = { parent: this };
    const metadata = { name: NAME, namespace, labels };
    const serviceAccount = new k8s.core.v1.ServiceAccount(NAME, { metadata, automountServiceAccountToken: false }, child);
    const spec = podSpec(
      {
        serviceAccountName: NAME,
        selector: pods.labels,
        priorityClassName: environment.priorityClasses.standard,
        // The password's file is Jaeger's; this program reads variables.
        volumes: access.volumes.filter(({ name: volume }) => volume === "search-ca"),
        containers: [cleaner(storage, access)],
        overrides: { restartPolicy: "Never" },
      },
      environment,
    );
    new k8s.batch.v1.CronJob(
      NAME,
      {
        metadata: { ...metadata, annotations: excepted(...POD_EXCEPTIONS) },
        spec: {
          schedule: storage.cleanUp,
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 2,
          // A run that is missed for the length of an outage is made up for, once.
          startingDeadlineSeconds: 3600 * 12,
          jobTemplate: {
            spec: { backoffLimit: 3, activeDeadlineSeconds: 1800, template: { metadata: { labels }, spec } },
          },
        },
      },
      { parent: this, dependsOn: [serviceAccount, ...access.secrets] },
    );
    this.declare({ connections: connect(pods, ...access.endpoints) });
    this.registerOutputs({});
  }
}

function cleaner(storage: SearchStorage, access: SearchAccess): ContainerArgs {
  return {
    name: "index-cleaner",
    image: "jaegerIndexCleaner",
    args: [String(parseDuration(storage.retention) / 86_400), storage.endpoints[0] ?? ""],
    env: {
      INDEX_PREFIX: storage.indexPrefix,
      ES_TLS_ENABLED: "true",
      ...(storage.caSecret !== undefined ? { ES_TLS_CA: `${SEARCH_CA_DIRECTORY}/ca.crt` } : {}),
      ...(access.credentialsSecret === undefined
        ? {}
        : {
            ES_USERNAME: fromSecret(access.credentialsSecret, "username"),
            ES_PASSWORD: fromSecret(access.credentialsSecret, "password"),
          }),
    },
    resources: { cpu: "10m", memory: "64Mi" },
    volumeMounts: access.volumeMounts.filter(({ name }) => name === "search-ca"),
  };
}
