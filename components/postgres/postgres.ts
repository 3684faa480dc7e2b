import type { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import type { IDatabase } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database";
import type { IScheduledBackup } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import { CA_FILE, caVolume } from "../certificates/trust";
import { Credentials } from "../credentials/credentials";
import type { Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import type { BucketAccess } from "../storage/access";
import { AWAITED_WHEN_READY } from "../objects/awaited";
import type { Binding } from "../workload/binding";
import { ConfigFiles } from "../workload/config-files";
import { customResource } from "../objects/custom-resource";
import { oneAtATime } from "../workload/disruption";
import { objectLabels } from "../objects/labels";
import { postgresAlerts } from "./alerts";
import { BACKUP_STORE, backupStoreSpec, ORIGIN_STORE, originStoreSpec, scheduleSpec, type ObjectStore } from "./backups";
import { databaseBinding } from "./binding";
import { clusterSpec, databaseSpec } from "./cluster";
import type { PostgresConfig } from "./config";
import { postgresDashboard } from "./dashboard";
import * as at from "./endpoints";
import { poolerSpec, type Pooler } from "./poolers";
import { postgresQueries, queriesFile, type MonitoringQueries } from "./queries";
import { onlyReads, OWNER_SECRET, userSecretName } from "./names";
import { databaseUserName, OWNER } from "./roles";
import { declaredUser, type Database, type DatabaseOwner, type DatabaseUser } from "./users";
import { postgresConnections, postgresScrapeTargets } from "./wiring";

export interface PostgresArgs {
  readonly environment: Environment;
  readonly config: PostgresConfig;
  /** ClusterIssuer that signs the server's certificate. */
  readonly issuer: string;
  /** Bucket for base backups and WAL. @default no backups */
  readonly backups?: BucketAccess;
  readonly users: readonly DatabaseUser[];
  /** Further queries for the exporter in every instance. @default none */
  readonly monitoringQueries?: MonitoringQueries;
}

/** The database of the MES: a CloudNativePG cluster with poolers, users, backups and what watches it. */
export class Postgres extends PlatformComponent implements Database {
  /** For migrations: the owner of the database, at the primary itself. */
  readonly owner: DatabaseOwner;
  private readonly args: PostgresArgs;
  private readonly namespace: string;
  private readonly labels: Record<string, string>;
  private readonly passwords = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:postgres:Postgres", name, args, opts);
    const { environment, config } = args;
    this.args = args;
    this.namespace = environment.namespaces.data;
    this.labels = objectLabels(config.name, "postgres");
    if (config.restore !== undefined && args.backups === undefined)
      throw new pulumi.InputPropertyError({
        propertyPath: "backups",
        reason: "a restore needs access to the bucket of the backups",
      });

    const ownerPassword = this.createOwner();
    const credentials = args.users.map((user) => this.createUser(user));
    const certificateSecret = `${config.name}-tls`;
    const serverCertificate = certificate(
      "server",
      {
        issuer: args.issuer,
        namespace: this.namespace,
        secretName: certificateSecret,
        dnsNames: at.serverNames(environment, config.name),
        // The operator reloads instances and poolers when cert-manager renews it.
        secretLabels: { "cnpg.io/reload": "" },
      },
      { parent: this },
    );
    const stores = this.createStores();
    const cluster = this.createCluster(certificateSecret, [ownerPassword, ...credentials, serverCertificate, ...stores]);
    const database = this.createDatabase(cluster);
    for (const type of ["rw", "ro"] as const) this.createPooler(type, cluster);
    if (args.backups !== undefined) this.createSchedule(cluster);

    this.owner = {
      database: config.database,
      statementTimeout: config.statementTimeout,
      binding: this.bindingOf(at.primaryEndpoint(environment, config.name), OWNER, OWNER_SECRET, ownerPassword.password),
      ready: [cluster, database],
    };
    const queries = { ...postgresQueries, ...args.monitoringQueries };
    this.declare({ connections: postgresConnections(environment, config.name, args.backups) });
    this.declare({ scrapeTargets: postgresScrapeTargets(environment, config.name, queries, args.backups !== undefined) });
    this.declare({ alerts: postgresAlerts(config, args.backups !== undefined) });
    this.declare({ dashboards: [postgresDashboard(config, args.backups !== undefined)] });
    this.registerOutputs({});
  }

  /** What a program needs to use the database as the user of its own name. */
  binding(user: string): Binding {
    const declared = declaredUser(user, this.args.users);
    const pooler = at.poolerEndpoint(this.args.environment, onlyReads(declared) ? "ro" : "rw");
    return this.bindingOf(pooler, databaseUserName(user), userSecretName(user), this.passwords.get(user));
  }

  private bindingOf(endpoint: Endpoint, user: string, secretName: string, password?: pulumi.Output<string>): Binding {
    const { database } = this.args.config;
    const trust = { mode: "verify-full", file: CA_FILE, ...caVolume } as const;
    return databaseBinding({ endpoint, database, user, secretName, password, trust });
  }

  /** The operator reads passwords from Secrets of this type, and reads them again when one with this label changes. */
  private operatorSecret(secretName: string) {
    return {
      namespace: this.namespace,
      secretName,
      type: "kubernetes.io/basic-auth",
      labels: { "cnpg.io/reload": "true" },
    };
  }

  private createOwner(): Credentials {
    return new Credentials(
      OWNER_SECRET,
      {
        username: OWNER,
        component: "postgres",
        rotation: this.args.config.rotation,
        copies: [this.operatorSecret(OWNER_SECRET)],
      },
      { parent: this },
    );
  }

  private createUser(user: DatabaseUser): Credentials {
    const secretName = userSecretName(user.name);
    const credentials = new Credentials(
      secretName,
      {
        username: databaseUserName(user.name),
        component: "postgres",
        rotation: this.args.config.rotation,
        copies: [this.operatorSecret(secretName), { namespace: this.args.environment.namespaces.apps, secretName }],
      },
      { parent: this },
    );
    this.passwords.set(user.name, credentials.password);
    return credentials;
  }

  private createStores(): pulumi.Resource[] {
    const { backups, config } = this.args;
    if (backups === undefined) return [];
    const store = (name: string, spec: Parameters<typeof customResource<ObjectStore>>[1]["spec"]) =>
      customResource<ObjectStore>(
        name,
        { apiVersion: "barmancloud.cnpg.io/v1", kind: "ObjectStore", metadata: { ...this.metadata(name) }, spec },
        this.dataOptions(),
      );
    const origin = config.restore?.from.bucket;
    return [
      store(BACKUP_STORE, backupStoreSpec(backups, config)),
      ...(origin === undefined ? [] : [store(ORIGIN_STORE, originStoreSpec(backups, origin))]),
    ];
  }

  private createCluster(certificateSecret: string, dependsOn: pulumi.Resource[]): k8s.apiextensions.CustomResource {
    const { environment, config, users, backups } = this.args;
    const queries = new ConfigFiles(
      "postgres-queries",
      {
        namespace: this.namespace,
        labels: objectLabels("postgres-queries", "postgres"),
        files: { "/queries.yaml": queriesFile({ ...postgresQueries, ...this.args.monitoringQueries }, config.database) },
      },
      { parent: this },
    );
    const spec = clusterSpec({
      environment,
      config,
      users,
      archive: backups !== undefined,
      certificateSecret,
      queries: { name: queries.name, key: "queries.yaml" },
    });
    const serviceAccountTemplate =
      backups?.roleArn === undefined
        ? undefined
        : { metadata: { annotations: { "eks.amazonaws.com/role-arn": backups.roleArn } } };
    return customResource<ICluster>(
      config.name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        // What comes after needs a database that answers, not just its declaration.
        metadata: { ...this.metadata(config.name), annotations: { ...AWAITED_WHEN_READY } },
        spec: { ...spec, serviceAccountTemplate },
      },
      {
        ...this.dataOptions(),
        dependsOn: [...dependsOn, queries.configMap],
        // A new cluster has three volumes and copies to make; a restore reads the whole backup; an update restarts one by one.
        customTimeouts: { create: config.restore === undefined ? "30m" : "12h", update: "1h" },
      },
    );
  }

  private createDatabase(cluster: pulumi.Resource): k8s.apiextensions.CustomResource {
    const { config } = this.args;
    const name = `${config.name}-${config.database.replaceAll("_", "-")}`;
    return customResource<IDatabase>(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Database",
        metadata: { ...this.metadata(name), annotations: { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" } },
        spec: databaseSpec(config),
      },
      { ...this.dataOptions(), dependsOn: cluster },
    );
  }

  private createPooler(type: at.PoolerType, cluster: pulumi.Resource): void {
    const { environment, config } = this.args;
    const name = at.poolerName(type);
    customResource<Pooler>(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Pooler",
        // The operator does not see that a Pooler is being deleted: as long as it is there, what the garbage collector takes away is made
        // again, without end. This way it is gone before what belongs to it.
        metadata: { ...this.metadata(name), annotations: { "pulumi.com/deletionPropagationPolicy": "background" } },
        spec: poolerSpec(environment, config, type),
      },
      // A pooler cannot be turned to another Cluster: after a restore a new one takes its place and name.
      { parent: this, dependsOn: cluster, replaceOnChanges: ["spec.cluster.name"], deleteBeforeReplace: true },
    );
    if (config.poolers[type].instances < 2) return;
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: { ...this.metadata(name) },
        spec: oneAtATime(at.poolerPods(environment, type).labels),
      },
      { parent: this },
    );
  }

  private createSchedule(cluster: pulumi.Resource): void {
    const { config } = this.args;
    customResource<IScheduledBackup>(
      BACKUP_STORE,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata: { ...this.metadata(BACKUP_STORE) },
        spec: scheduleSpec(config),
      },
      { parent: this, dependsOn: cluster, replaceOnChanges: ["spec.cluster.name"], deleteBeforeReplace: true },
    );
  }

  private metadata(name: string) {
    return { name, namespace: this.namespace, labels: this.labels };
  }

  /** Data outlives a mistake in the program, and the stack itself. */
  private dataOptions(): pulumi.CustomResourceOptions {
    const { protectData } = this.args.environment;
    return { parent: this, protect: protectData, retainOnDelete: protectData };
  }
}
