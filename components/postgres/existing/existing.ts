import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Credentials } from "../../credentials/credentials";
import type { Endpoint } from "../../network/connection";
import { objectLabels } from "../../objects/labels";
import { PlatformComponent, type Environment } from "../../platform";
import type { Binding } from "../../workload/binding";
import { POSTGRES_JOB } from "../alerts";
import { databaseBinding, type DatabaseLogin, type ServerTrust } from "../binding";
import type { MonitoringQueries } from "../queries";
import { onlyReads, OWNER_SECRET, userSecretName } from "../names";
import { databaseUserName, groupsOf, OWNER } from "../roles";
import { declaredUser, type Database, type DatabaseOwner, type DatabaseUser } from "../users";
import type { ExistingPostgresConfig } from "./config";
import { EXPORTER } from "./promises";
import { Provision, type ProvisionedUser } from "./provision";
import { primaryServer, readingServer } from "./servers";
import { caConfigMaps, serverTrust } from "./trust";
import { existingPostgresAlerts, existingPostgresDashboard, READERS_JOB } from "./watching";
import { DatabaseExporter } from "./exporter";
import { serverQueries } from "./queries";

export interface ExistingPostgresArgs {
  readonly environment: Environment;
  readonly config: ExistingPostgresConfig;
  readonly users: readonly DatabaseUser[];
  /** Further queries for the exporter of the primary. @default none */
  readonly monitoringQueries?: MonitoringQueries;
}

const ADMINISTRATOR_SECRET = "postgres-administrator";

/** A database that is there already: its users and their rights, and what watches it. */
export class ExistingPostgres extends PlatformComponent implements Database {
  readonly owner: DatabaseOwner;
  private readonly args: ExistingPostgresArgs;
  private readonly trust: ServerTrust;
  private readonly passwords = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: ExistingPostgresArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:postgres:ExistingPostgres", name, args, opts);
    this.args = args;
    const { environment, config } = args;
    const { apps, data } = environment.namespaces;
    const { existing } = config;
    this.trust = serverTrust(existing);
    const authorities = caConfigMaps(existing.tls.ca, [apps, data], { parent: this });
    const made = existing.administrator === undefined ? [] : this.createUsers();
    const provision = this.provision([...authorities, ...made]);
    this.owner = {
      database: config.database,
      statementTimeout: config.statementTimeout,
      binding: this.bindingOf(primaryServer(existing), OWNER, OWNER_SECRET),
      ready: [...authorities, ...provision],
    };
    this.watch();
    this.registerOutputs({});
  }

  /** What a program needs to use the database as the user of its own name. */
  binding(user: string): Binding {
    const { config, users } = this.args;
    const declared = declaredUser(user, users);
    const server = onlyReads(declared) ? readingServer(config.existing) : primaryServer(config.existing);
    return this.bindingOf(server, databaseUserName(user), userSecretName(user));
  }

  private bindingOf(endpoint: Endpoint, user: string, secretName: string): Binding {
    return databaseBinding(this.login(endpoint, user, secretName));
  }

  private login(endpoint: Endpoint, user: string, secretName: string): DatabaseLogin {
    const { database } = this.args.config;
    return { endpoint, database, user, secretName, password: this.passwords.get(secretName), trust: this.trust };
  }

  /** Passwords that the Job gives to the users, and their programs' copies. */
  private createUsers(): Credentials[] {
    const { environment, config, users } = this.args;
    const { apps, data } = environment.namespaces;
    const create = (secretName: string, username: string, namespaces: readonly string[]) => {
      const copies = namespaces.map((namespace) => ({ namespace, secretName }));
      const args = { username, component: "postgres", rotation: config.rotation, copies };
      const credentials = new Credentials(secretName, args, { parent: this });
      this.passwords.set(secretName, credentials.password);
      return credentials;
    };
    return [
      create(OWNER_SECRET, OWNER, [data]),
      create(EXPORTER.secretName, EXPORTER.user, [data]),
      ...users.map(({ name }) => create(userSecretName(name), databaseUserName(name), [data, apps])),
    ];
  }

  /** The Job that makes users and database, where there is an administrator to run it as. */
  private provision(dependsOn: readonly pulumi.Resource[]): pulumi.Resource[] {
    const { environment, config, users } = this.args;
    const { administrator } = config.existing;
    if (administrator === undefined) return [];
    const own = administrator.password === undefined ? [] : [this.administratorSecret(administrator.password.reveal())];
    const binding = databaseBinding({
      endpoint: primaryServer(config.existing),
      database: administrator.database,
      user: administrator.username,
      secretName: administrator.secret ?? ADMINISTRATOR_SECRET,
      trust: this.trust,
    });
    const provisioned: ProvisionedUser[] = [
      { name: OWNER, groups: [], secretName: OWNER_SECRET },
      { name: EXPORTER.user, groups: ["pg_monitor"], secretName: EXPORTER.secretName },
      ...users.map((user) => ({
        name: databaseUserName(user.name),
        groups: groupsOf(user),
        secretName: userSecretName(user.name),
      })),
    ];
    const { database, rotation } = config;
    const { done } = new Provision(
      "users",
      { environment, binding, database, users: provisioned, rotation },
      { parent: this, dependsOn: [...dependsOn, ...own] },
    );
    return [done];
  }

  private administratorSecret(password: string): pulumi.Resource {
    const namespace = this.args.environment.namespaces.data;
    return new k8s.core.v1.Secret(
      ADMINISTRATOR_SECRET,
      {
        metadata: { name: ADMINISTRATOR_SECRET, namespace, labels: objectLabels(ADMINISTRATOR_SECRET, "postgres") },
        stringData: { password: pulumi.secret(password) },
      },
      { parent: this },
    );
  }

  private watch(): void {
    const { environment, config, monitoringQueries } = this.args;
    const { existing } = config;
    const exporter = (name: string, job: string, endpoint: Endpoint, queries: MonitoringQueries) => {
      const login = this.login(endpoint, EXPORTER.user, EXPORTER.secretName);
      const args = { environment, job, login, queries, resources: existing.exporter.resources };
      return new DatabaseExporter(name, args, { parent: this, dependsOn: [...this.owner.ready] });
    };
    exporter("postgres-exporter", POSTGRES_JOB, primaryServer(existing), { ...serverQueries, ...monitoringQueries });
    if (existing.readers !== undefined) exporter("postgres-exporter-ro", READERS_JOB, readingServer(existing), serverQueries);
    this.declare({ alerts: existingPostgresAlerts(existing) });
    this.declare({ dashboards: [existingPostgresDashboard(existing)] });
  }
}
