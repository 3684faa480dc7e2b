import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import { CA_FILE, CA_SECRET, caVolume } from "../certificates/trust";
import { Credentials } from "../credentials/credentials";
import { secretText } from "../credentials/secret-text";
import { serviceHost } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { fromSecret, type Binding } from "../workload/binding";
import { objectLabels } from "../objects/labels";
import type { ContainerArgs } from "../workload/pod";
import { Workload } from "../workload/workload";
import type { BucketAccess } from "./access";
import { objectStoreAlerts } from "./alerts";
import { bucketNames, type InClusterStorageConfig } from "./config";
import { accountsFile, gatewayFiles, HEALTH_CHECK, OBJECT_STORE, OBJECT_STORE_PORT, PATHS } from "./gateway";
import { bucketVariables, type ObjectStore } from "./store";
import type { BucketUser } from "./users";

export interface InClusterStorageArgs {
  readonly environment: Environment;
  readonly config: InClusterStorageConfig;
  readonly issuer: string;
  readonly users: readonly BucketUser[];
}

const CERTIFICATE_SECRET = `${OBJECT_STORE}-tls`;
const ACCOUNTS_SECRET = `${OBJECT_STORE}-accounts`;
const ROOT_SECRET = `${OBJECT_STORE}-root`;
/** Keys of the Secrets with a user's credentials. */
const ACCESS_KEY_ID = "accessKeyId";
const SECRET_ACCESS_KEY = "secretAccessKey";

const IMAGE = "versitygw";

/** Seconds that a running upload may take when the pod stops. */
const GRACE_SECONDS = 60;

/**
 * An object store in the cluster: one pod that serves a volume over S3 (Versity S3 Gateway). For clusters without Amazon;
 * its data is as safe as that one volume.
 */
export class InClusterStorage extends PlatformComponent implements ObjectStore {
  private readonly args: InClusterStorageArgs;
  private readonly names: Readonly<Record<string, string>>;
  private readonly workload: Workload;
  private readonly keys = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: InClusterStorageArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:storage:InClusterStorage", name, args, opts);
    this.args = args;
    const { environment, config, issuer, users } = args;
    const namespace = environment.namespaces.data;
    const child = { parent: this };
    this.names = bucketNames(config);

    const root = this.credentials("root", namespace, ROOT_SECRET);
    for (const user of users) this.keys.set(user.name, this.credentials(user.name, user.namespace, userSecret(user)).password);
    const accounts = new k8s.core.v1.Secret(
      "accounts",
      {
        metadata: { name: ACCOUNTS_SECRET, namespace, labels: objectLabels(ACCOUNTS_SECRET, "storage") },
        stringData: { "users.json": this.accounts() },
      },
      child,
    );
    const host = serviceHost(OBJECT_STORE, namespace);
    const certified = certificate(
      CERTIFICATE_SECRET,
      { issuer, namespace, secretName: CERTIFICATE_SECRET, dnsNames: [host, `${OBJECT_STORE}.${namespace}`, "localhost"] },
      child,
    );
    this.workload = new Workload(
      OBJECT_STORE,
      {
        environment,
        namespace,
        component: "storage",
        kind: "StatefulSet",
        replicas: 1,
        priorityClassName: environment.priorityClasses.data,
        terminationGracePeriodSeconds: GRACE_SECONDS,
        servicePorts: { s3: { port: OBJECT_STORE_PORT } },
        claims: [{ name: "data", size: config.storage, mountPath: PATHS.data }],
        files: gatewayFiles(config, users),
        rollOn: [root.password, ...this.keys.values()],
        volumes: [
          { name: "certificate", secret: { secretName: CERTIFICATE_SECRET, defaultMode: 0o440 } },
          { name: "accounts", secret: { secretName: ACCOUNTS_SECRET, defaultMode: 0o440 } },
        ],
        initContainers: [bucketMaker()],
        containers: [server(config)],
      },
      { parent: this, dependsOn: [accounts, certified] },
    );
    this.declare({ alerts: objectStoreAlerts(namespace) });
    this.registerOutputs({});
  }

  binding(user: BucketUser): Binding {
    const key = this.keys.get(user.name);
    return {
      endpoints: [this.workload.endpoint("s3")],
      env: {
        AWS_REGION: this.args.config.region,
        AWS_ENDPOINT_URL_S3: this.url(),
        AWS_ACCESS_KEY_ID: fromSecret(userSecret(user), ACCESS_KEY_ID),
        AWS_SECRET_ACCESS_KEY: fromSecret(userSecret(user), SECRET_ACCESS_KEY),
        AWS_CA_BUNDLE: CA_FILE,
        // A bucket is part of the path, not of the host name: there is one name in the DNS.
        S3_FORCE_PATH_STYLE: "true",
        ...bucketVariables(user, this.names),
      },
      volumes: caVolume.volumes,
      volumeMounts: caVolume.volumeMounts,
      ...(key === undefined ? {} : { rollOn: [key], secrets: { AWS_ACCESS_KEY_ID: user.name, AWS_SECRET_ACCESS_KEY: key } }),
    };
  }

  access(user: BucketUser, bucket: string): BucketAccess {
    return {
      bucket: this.names[bucket] ?? bucket,
      region: this.args.config.region,
      endpointUrl: this.url(),
      credentials: { secretName: userSecret(user), accessKeyIdKey: ACCESS_KEY_ID, secretAccessKeyKey: SECRET_ACCESS_KEY },
      endpoint: this.workload.endpoint("s3"),
      caSecretName: CA_SECRET,
    };
  }

  private url(): string {
    const { host, port } = this.workload.endpoint("s3");
    return `https://${host}:${port}`;
  }

  private credentials(username: string, namespace: string, secretName: string): Credentials {
    return new Credentials(
      username,
      {
        username,
        component: "storage",
        rotation: this.args.config.rotation,
        copies: [{ namespace, secretName, content: (name, secret) => ({ [ACCESS_KEY_ID]: name, [SECRET_ACCESS_KEY]: secret }) }],
      },
      { parent: this },
    );
  }

  private accounts(): pulumi.Output<string> {
    const names = [...this.keys.keys()];
    return secretText(
      (secrets) => accountsFile(names.map((name, i) => ({ name, secret: secrets[i] ?? "" }))),
      [...this.keys.values()],
    );
  }
}

/** Secret with a user's keys, in the user's namespace. */
function userSecret(user: Pick<BucketUser, "name">): string {
  return `${OBJECT_STORE}-${user.name}`;
}

/** Makes the buckets, before anybody asks for them. */
function bucketMaker(): ContainerArgs {
  return {
    name: "buckets",
    image: IMAGE,
    command: ["sh", `${PATHS.config}/prepare.sh`],
    resources: { cpu: "10m", memory: "16Mi" },
    volumeMounts: [
      { name: "data", mountPath: PATHS.data },
      { name: "config", mountPath: PATHS.config, readOnly: true },
    ],
  };
}

function server({ resources }: InClusterStorageConfig): ContainerArgs {
  return {
    name: "gateway",
    image: IMAGE,
    command: ["sh", `${PATHS.config}/run.sh`],
    env: {
      ROOT_ACCESS_KEY_ID: fromSecret(ROOT_SECRET, ACCESS_KEY_ID),
      ROOT_SECRET_ACCESS_KEY: fromSecret(ROOT_SECRET, SECRET_ACCESS_KEY),
    },
    ports: { s3: OBJECT_STORE_PORT },
    resources: resources,
    volumeMounts: [
      { name: "certificate", mountPath: PATHS.certificate, readOnly: true },
      { name: "accounts", mountPath: PATHS.accounts, readOnly: true },
    ],
    writable: ["/tmp"],
    startupProbe: { httpGet: HEALTH_CHECK, periodSeconds: 2, failureThreshold: 30 },
    readinessProbe: { httpGet: HEALTH_CHECK, periodSeconds: 5 },
    livenessProbe: { httpGet: HEALTH_CHECK, periodSeconds: 20, failureThreshold: 3 },
  };
}
