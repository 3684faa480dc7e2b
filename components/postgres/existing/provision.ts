import * as fs from "node:fs";
import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { connect } from "../../network/connection";
import { excepted, POD_EXCEPTIONS } from "../../objects/kube-score";
import { objectLabels, selectorLabels } from "../../objects/labels";
import { shortHash } from "../../objects/short-hash";
import { PlatformComponent, type Environment } from "../../platform";
import type { Binding } from "../../workload/binding";
import { ConfigFiles } from "../../workload/config-files";
import { podSpec } from "../../workload/pod";
import { OWNER } from "../roles";

export interface ProvisionedUser {
  /** Its name in the database. */
  readonly name: string;
  readonly groups: readonly string[];
  /** Secret with its `password`, in the namespace of the data. */
  readonly secretName: string;
}

export interface ProvisionArgs {
  readonly environment: Environment;
  /** As the administrator, at the primary. */
  readonly binding: Binding;
  readonly database: string;
  readonly users: readonly ProvisionedUser[];
  /** Other passwords have another one: the Job runs again. */
  readonly rotation: string;
}

const NAME = "postgres-users";
const DIRECTORY = "/etc/postgres-users";
const PASSWORDS = `${DIRECTORY}-passwords`;
/** User of the image of Postgres. */
const POSTGRES_USER = 26;

/** The scripts of the Job, by file name. */
export function provisionScripts(directory: string = path.join(__dirname, "run")): Record<string, string> {
  const names = fs.readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(directory, name), "utf8")]));
}

/** The file that says which users there are, a line each. */
export function usersFile(users: readonly Pick<ProvisionedUser, "name" | "groups">[]): string {
  return users.map(({ name, groups }) => `${name} ${groups.join(",")}`.trim() + "\n").join("");
}

/**
 * Users, groups and the database on a server that is there already, by a Job that may run any number of times. What it runs is in its name: it
 * runs again when that changes.
 */
export class Provision extends PlatformComponent {
  readonly done: pulumi.Resource;

  constructor(name: string, args: ProvisionArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:postgres:Provision", name, args, opts);
    const { environment, binding } = args;
    const namespace = environment.namespaces.data;
    const content = { ...provisionScripts(), users: usersFile(args.users) };
    const labels = objectLabels(NAME, "postgres");
    const files = new ConfigFiles(
      NAME,
      {
        namespace,
        labels,
        files: Object.fromEntries(Object.entries(content).map(([file, text]) => [`${DIRECTORY}/${file}`, text])),
      },
      { parent: this },
    );
    const serviceAccount = new k8s.core.v1.ServiceAccount(
      NAME,
      { metadata: { name: NAME, namespace, labels }, automountServiceAccountToken: false },
      { parent: this },
    );
    this.declare({ connections: connect({ name: NAME, namespace, labels: selectorLabels(NAME) }, ...binding.endpoints) });
    const hash = shortHash(JSON.stringify({ content, rotation: args.rotation, env: binding.env, database: args.database }));
    this.done = new k8s.batch.v1.Job(
      NAME,
      {
        metadata: { name: `${NAME}-${hash}`, namespace, labels, annotations: excepted(...POD_EXCEPTIONS) },
        spec: {
          // No time to live: a Job that deletes itself would be made again by every update.
          backoffLimit: 6,
          activeDeadlineSeconds: 900,
          template: { metadata: { labels }, spec: podOf(args, files) },
        },
      },
      { parent: this, dependsOn: [serviceAccount, files.configMap], customTimeouts: { create: "20m", update: "20m" } },
    );
    this.registerOutputs({});
  }
}

function podOf({ environment, binding, database, users }: ProvisionArgs, files: ConfigFiles) {
  return podSpec(
    {
      serviceAccountName: NAME,
      selector: selectorLabels(NAME),
      priorityClassName: environment.priorityClasses.standard,
      user: POSTGRES_USER,
      volumes: [
        ...files.volumes,
        ...(binding.volumes ?? []),
        {
          name: "passwords",
          projected: {
            defaultMode: 0o440,
            sources: users.map((user) => ({
              secret: { name: user.secretName, items: [{ key: "password", path: user.name }] },
            })),
          },
        },
      ],
      containers: [
        {
          name: "psql",
          image: "postgres",
          command: ["/bin/sh", `${DIRECTORY}/provision.sh`],
          env: { ...binding.env, PGAPPNAME: NAME, OWNER, DATABASE: database, PASSWORDS },
          resources: { cpu: "20m", memory: "64Mi" },
          volumeMounts: [
            ...files.volumeMounts,
            ...(binding.volumeMounts ?? []),
            { name: "passwords", mountPath: PASSWORDS, readOnly: true },
          ],
        },
      ],
      overrides: { restartPolicy: "Never" },
    },
    environment,
  );
}
