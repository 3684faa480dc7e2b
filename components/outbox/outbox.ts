import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { connect } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import type { DatabaseOwner } from "../postgres/users";
import { parseDuration } from "../schema/duration";
import { excepted, POD_EXCEPTIONS } from "../objects/kube-score";
import { shortHash } from "../objects/short-hash";
import { ConfigFiles } from "../workload/config-files";
import { objectLabels, selectorLabels } from "../objects/labels";
import { podSpec, type ContainerArgs } from "../workload/pod";
import { outboxAlerts } from "./alerts";
import type { OutboxConfig } from "./config";
import { outboxDashboard } from "./dashboard";
import { readMigrations, readScripts, settingsFile } from "./migrations";

export interface OutboxArgs {
  readonly environment: Environment;
  readonly config: OutboxConfig;
  readonly database: DatabaseOwner;
}

const DIRECTORY = "/etc/outbox";
/** User of the image of Postgres. */
const POSTGRES_USER = 26;

/** The tables, functions and rights of outbox and inbox, and what keeps them small. The relay itself is a role of the MES. */
export class Outbox extends PlatformComponent {
  /** Done once the tables are there: what uses them comes after it. */
  readonly migrated: pulumi.Resource;
  private readonly args: OutboxArgs;
  private readonly files: ConfigFiles;

  constructor(name: string, args: OutboxArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:outbox:Outbox", name, args, opts);
    this.args = args;
    const content = { ...readMigrations(), ...readScripts(), "settings.sql": settingsFile(args.database) };
    this.files = new ConfigFiles(
      "outbox",
      {
        namespace: args.environment.namespaces.data,
        labels: objectLabels("outbox", "outbox"),
        files: Object.fromEntries(Object.entries(content).map(([file, text]) => [`${DIRECTORY}/${file}`, text])),
      },
      { parent: this },
    );
    this.migrated = this.createMigrations(shortHash(JSON.stringify(content)));
    this.createPurge(this.migrated);
    this.declare({ alerts: outboxAlerts(args.config) });
    this.declare({ dashboards: [outboxDashboard()] });
    this.registerOutputs({});
  }

  /** A Job's pods cannot be changed: it is named by what it runs, and other content makes another Job. */
  private createMigrations(hash: string): pulumi.Resource {
    const name = "outbox-migrations";
    const serviceAccount = this.createServiceAccount(name);
    return new k8s.batch.v1.Job(
      name,
      {
        metadata: { ...this.metadata(name), name: `${name}-${hash}`, annotations: excepted(...POD_EXCEPTIONS) },
        spec: {
          // No time to live: a Job that deletes itself would be made again by every update.
          backoffLimit: 6,
          activeDeadlineSeconds: 900,
          template: this.podTemplate(name, { command: ["/bin/sh", `${DIRECTORY}/migrate.sh`] }),
        },
      },
      {
        parent: this,
        dependsOn: [serviceAccount, this.files.configMap, ...this.args.database.ready],
        customTimeouts: { create: "20m", update: "20m" },
      },
    );
  }

  private createPurge(migrated: pulumi.Resource): void {
    const name = "outbox-purge";
    const { config } = this.args;
    const serviceAccount = this.createServiceAccount(name);
    const env = {
      KEEP_OUTBOX: String(parseDuration(config.keepSent)),
      KEEP_INBOX: String(parseDuration(config.keepReceived)),
    };
    new k8s.batch.v1.CronJob(
      name,
      {
        metadata: { ...this.metadata(name), annotations: excepted(...POD_EXCEPTIONS) },
        spec: {
          schedule: config.purgeSchedule,
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 600,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            spec: {
              backoffLimit: 1,
              activeDeadlineSeconds: 1800,
              template: this.podTemplate(name, { command: ["/bin/sh", `${DIRECTORY}/purge.sh`], env }),
            },
          },
        },
      },
      { parent: this, dependsOn: [serviceAccount, migrated] },
    );
  }

  private podTemplate(name: string, container: Pick<ContainerArgs, "command" | "env">): k8s.types.input.core.v1.PodTemplateSpec {
    const { environment, config, database } = this.args;
    const { binding } = database;
    const selector = selectorLabels(name);
    this.declare({
      connections: connect({ name, namespace: environment.namespaces.data, labels: selector }, ...binding.endpoints),
    });
    const spec = podSpec(
      {
        serviceAccountName: name,
        selector,
        priorityClassName: environment.priorityClasses.standard,
        user: POSTGRES_USER,
        volumes: [...this.files.volumes, ...(binding.volumes ?? [])],
        containers: [
          {
            name: "psql",
            image: "postgres",
            ...container,
            env: { ...binding.env, PGAPPNAME: name, ...container.env },
            resources: config.resources,
            volumeMounts: [...this.files.volumeMounts, ...(binding.volumeMounts ?? [])],
          },
        ],
        overrides: { restartPolicy: "Never" },
      },
      environment,
    );
    return { metadata: { labels: objectLabels(name, "outbox") }, spec };
  }

  private createServiceAccount(name: string): pulumi.Resource {
    return new k8s.core.v1.ServiceAccount(
      name,
      { metadata: this.metadata(name), automountServiceAccountToken: false },
      { parent: this },
    );
  }

  private metadata(name: string) {
    return { name, namespace: this.args.environment.namespaces.data, labels: objectLabels(name, "outbox") };
  }
}
