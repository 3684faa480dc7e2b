import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { BrokerScaling } from "../autoscaling/sources";
import { certificate } from "../certificates/certificates";
import { authorityObject } from "../certificates/authority";
import { Credentials, type SecretCopy } from "../credentials/credentials";
import { secretText } from "../credentials/secret-text";
import { apiServerEndpoint } from "../network/api-server";
import { connect, type Outside, type PodSet } from "../network/connection";
import { operatorPods } from "../operators/endpoints";
import { PlatformComponent, type Environment } from "../platform";
import { didYouMean } from "../schema";
import { fromSecret, type Binding } from "../workload/binding";
import { ConfigFiles } from "../workload/config-files";
import { customResource } from "../objects/custom-resource";
import { oneAtATime } from "../workload/disruption";
import { excepted } from "../objects/kube-score";
import { objectLabels } from "../objects/labels";
import { brokerAlerts } from "./alerts";
import { CERTIFICATE_SECRET, clusterSpec, EXTERNAL_PORTS } from "./cluster";
import type { BrokerConfig } from "./config";
import { brokerDashboard } from "./dashboard";
import { BROKER, brokerPods, certificateNames, clusterEndpoints, EXTERNAL_SERVICE } from "./endpoints";
import type { ExistingBroker } from "./existing-config";
import { RABBITMQ_API, type IRabbitmqCluster } from "./kinds";
import { brokerScrapeTargets } from "./metrics";
import { METRICS_SECRET, OutsideMetrics, type PrometheusOfStack } from "./outside-metrics";
import { CONNECTION_SECRET, existingPlace, ownPlace, type BrokerPlace } from "./place";
import { distributionOptions, NODES_CERTIFICATE_SECRET, nodeNames, OPTIONS_FILE } from "./node-tls";
import { VirtualHost } from "./virtual-host";
import { SCALER, type BrokerUser } from "./users";

export interface BrokerArgs {
  readonly environment: Environment;
  readonly config: BrokerConfig;
  /** ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  /** Programs of the platform that use the broker. */
  readonly users: readonly BrokerUser[];
  /** Who reads the metrics of a broker that is not the platform's. */
  readonly prometheus: PrometheusOfStack;
}

/** Secret of the user that measures queues for autoscaling. */
const SCALING_SECRET = `${BROKER}-scaling`;

/**
 * The topology operator reads no Secret without this label, not even one that a User names.
 * Source: https://github.com/rabbitmq/messaging-topology-operator/blob/v1.20.1/cmd/main.go
 */
const IMPORTED = { "rabbitmq.com/topology-operator": "true" };

/** Begins the names of what is declared in a broker that is there already. */
const EXISTING = "existing-";

/** The message broker: a RabbitMQ cluster, or one that was there before, with all of its exchanges, queues, policies and users. */
export class Broker extends PlatformComponent {
  readonly scaling: BrokerScaling;
  /** Secrets with the credentials of the clients outside of the platform, by the client's name: `namespace/name`. */
  readonly clientSecrets: Readonly<Record<string, string>>;
  private readonly args: BrokerArgs;
  private readonly place: BrokerPlace;
  private readonly passwords = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: BrokerArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:broker:Broker", name, args, opts);
    this.args = args;
    const { environment, config } = args;
    checkUsers(args.users, config);

    this.place = config.existing === undefined ? ownPlace(environment) : existingPlace(config.existing);

    const reached = config.existing === undefined ? this.createCluster() : this.createConnection(config.existing);
    const vhost = new VirtualHost(
      config.vhost,
      {
        namespace: environment.namespaces.data,
        config,
        reference: this.place.reference,
        prefix: config.existing === undefined ? "" : EXISTING,
        retainData: environment.protectData,
      },
      { parent: this, dependsOn: reached },
    );
    for (const user of args.users) {
      vhost.addUser(user, userSecret(user.name), this.credentials(user.name, this.bindingCopy(user.name)));
    }
    const clients = Object.entries(config.externalClients);
    for (const [name, { consumes, publishes }] of clients) {
      vhost.addUser({ name, consumes, publishes }, userSecret(name), this.credentials(name));
    }
    // The tag lets it read the lengths of queues and nothing that is in them.
    const scaler = { name: SCALER, consumes: [], publishes: [] };
    const copies = [this.scalingCopy(), ...(config.existing?.metrics?.login === true ? [this.metricsCopy()] : [])];
    vhost.addUser(scaler, userSecret(SCALER), this.credentials(SCALER, ...copies), ["monitoring"]);

    this.clientSecrets = Object.fromEntries(
      clients.map(([client]) => [client, `${environment.namespaces.data}/${userSecret(client)}`]),
    );
    this.scaling = {
      secretName: SCALING_SECRET,
      key: "host",
      ...(this.place.scalingCa === undefined ? {} : { ca: this.place.scalingCa }),
      endpoint: this.place.management,
      vhost: config.vhost,
    };
    if (config.external !== undefined) this.createLoadBalancer(config.external, reached);
    this.declareConnections();
    if (config.existing === undefined) this.declare({ scrapeTargets: brokerScrapeTargets(environment, config.vhost) });
    if (config.existing === undefined || config.existing.metrics !== undefined) {
      this.declare({ alerts: brokerAlerts(config) });
      this.declare({ dashboards: [brokerDashboard(config.replicas)] });
    }
    this.registerOutputs({});
  }

  /** How a user of the platform connects to the broker. */
  binding(userName: string): Binding {
    const { config } = this.args;
    const { amqp, caFile, volumes, volumeMounts } = this.place;
    const password = this.passwords.get(userName);
    if (password === undefined || !this.args.users.some(({ name }) => name === userName)) {
      throw new pulumi.InputPropertyError({ propertyPath: "users", reason: `the broker has no user ${userName}` });
    }
    const secret = bindingSecret(userName);
    return {
      endpoints: [amqp],
      env: {
        AMQP_HOST: amqp.host,
        AMQP_PORT: String(amqp.port),
        AMQP_VHOST: config.vhost,
        AMQP_USERNAME: fromSecret(secret, "username"),
        AMQP_PASSWORD: fromSecret(secret, "password"),
        ...(caFile === undefined ? {} : { AMQP_CA_FILE: caFile }),
      },
      secrets: { AMQP_USERNAME: userName, AMQP_PASSWORD: password },
      volumes,
      volumeMounts,
      rollOn: [password],
    };
  }

  /** What is needed to reach a broker that was there before: who declares in it, whom clients trust, and its metrics. */
  private createConnection(existing: ExistingBroker): pulumi.Resource[] {
    const { environment, config } = this.args;
    const { apps, data, observability } = environment.namespaces;
    const { ca, administrator, metrics } = existing;
    if (ca !== undefined)
      for (const namespace of metrics === undefined ? [apps] : [apps, observability])
        new k8s.core.v1.ConfigMap(`${namespace}-broker-ca`, authorityObject(BROKER, ca, namespace), { parent: this });
    if (metrics !== undefined) {
      const { vhost } = config;
      new OutsideMetrics(
        "metrics",
        { environment, existing, metrics, vhost, prometheus: this.args.prometheus },
        { parent: this },
      );
    }
    const { username, password } = administrator;
    if (username === undefined || password === undefined) return [];
    const connection = new k8s.core.v1.Secret(
      CONNECTION_SECRET,
      {
        metadata: {
          name: CONNECTION_SECRET,
          namespace: data,
          labels: { ...objectLabels(CONNECTION_SECRET, "broker"), ...IMPORTED },
        },
        type: "Opaque",
        stringData: {
          uri: secretText(() => this.place.managementUrl),
          username: secretText(() => username),
          password: pulumi.secret(password.reveal()),
        },
      },
      { parent: this },
    );
    return [connection];
  }

  private createCluster(): pulumi.Resource[] {
    const { environment, config, issuer } = this.args;
    const namespace = environment.namespaces.data;
    const labels = objectLabels(BROKER, "broker");
    const certified = certificate(
      CERTIFICATE_SECRET,
      { issuer, namespace, secretName: CERTIFICATE_SECRET, dnsNames: certificateNames(environment, config.external?.hostname) },
      { parent: this },
    );
    const nodeTls = config.nodeTls ? this.createNodeTls(labels) : undefined;
    const cluster = customResource<IRabbitmqCluster>(
      BROKER,
      {
        apiVersion: RABBITMQ_API,
        kind: "RabbitmqCluster",
        // What is declared in it comes after all of its nodes: a queue gets a copy on those that are there when it is declared.
        metadata: { name: BROKER, namespace, labels, annotations: { "pulumi.com/waitFor": "condition=AllReplicasReady" } },
        spec: clusterSpec(config, environment, nodeTls?.options),
      },
      {
        parent: this,
        dependsOn: nodeTls === undefined ? certified : [certified, nodeTls.certified],
        // Nodes start together and restart one by one, each after the queues have their majority without it.
        customTimeouts: { create: "30m", update: "2h" },
        protect: environment.protectData,
        retainOnDelete: environment.protectData,
      },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      BROKER,
      {
        metadata: { name: BROKER, namespace, labels },
        // The operator makes none. One node at a time: with one of three away, each queue still has its majority.
        spec: oneAtATime(brokerPods(environment).labels),
      },
      { parent: this },
    );
    return [cluster];
  }

  /** What the nodes need to talk to each other over TLS. */
  private createNodeTls(labels: Record<string, string>) {
    const { environment, issuer } = this.args;
    const namespace = environment.namespaces.data;
    const certified = certificate(
      NODES_CERTIFICATE_SECRET,
      {
        issuer,
        namespace,
        secretName: NODES_CERTIFICATE_SECRET,
        dnsNames: nodeNames(environment),
        usages: ["server auth", "client auth"],
      },
      { parent: this },
    );
    const files = { [OPTIONS_FILE]: distributionOptions() };
    return { certified, options: new ConfigFiles(`${BROKER}-options`, { namespace, labels, files }, { parent: this }) };
  }

  /** A user's password: for the operator that creates the user, and for those who use it. */
  private credentials(user: string, ...copies: SecretCopy[]): Credentials {
    const { environment, config } = this.args;
    const host = config.external?.hostname ?? this.place.amqp.host;
    const port = String(this.place.amqp.port);
    const credentials = new Credentials(
      user,
      {
        username: user,
        component: "broker",
        rotation: config.rotation,
        copies: [
          {
            namespace: environment.namespaces.data,
            secretName: userSecret(user),
            labels: IMPORTED,
            // The operator reads username and password; the rest is for people who hand the Secret to a client.
            content: (username, password) => ({ username, password, host, port, vhost: config.vhost }),
          },
          ...copies,
        ],
      },
      { parent: this },
    );
    this.passwords.set(user, credentials.password);
    return credentials;
  }

  private bindingCopy(user: string): SecretCopy {
    return { namespace: this.args.environment.namespaces.apps, secretName: bindingSecret(user) };
  }

  private scalingCopy(): SecretCopy {
    const { environment, config } = this.args;
    const [scheme = "", address = ""] = this.place.managementUrl.split("://");
    return {
      namespace: environment.namespaces.apps,
      secretName: SCALING_SECRET,
      content: (username, password) => ({
        host: secretText(([hidden]) => `${scheme}://${username}:${hidden ?? ""}@${address}/${config.vhost}`, [password]),
      }),
    };
  }

  /** For Prometheus, where the endpoint of the metrics asks who reads them. */
  private metricsCopy(): SecretCopy {
    return { namespace: this.args.environment.namespaces.observability, secretName: METRICS_SECRET };
  }

  /** AMQP over TLS for clients outside of the cluster. The operator's own Service would publish the management API too. */
  private createLoadBalancer(external: NonNullable<BrokerConfig["external"]>, cluster: pulumi.Input<pulumi.Resource>[]): void {
    const { environment, config } = this.args;
    const name = EXTERNAL_SERVICE;
    const cidrs = [...new Set(Object.values(config.externalClients).flatMap((client) => client.cidrs ?? []))].sort();
    new k8s.core.v1.Service(
      name,
      {
        metadata: {
          name,
          namespace: environment.namespaces.data,
          labels: objectLabels(name, "broker"),
          annotations: { ...external.annotations, ...excepted("service-targets-pod") },
        },
        spec: {
          type: "LoadBalancer",
          selector: { ...brokerPods(environment).labels },
          ports: EXTERNAL_PORTS,
          loadBalancerSourceRanges: cidrs,
          // Keeps the client's address, which the network policies look at.
          externalTrafficPolicy: "Local",
        },
      },
      // It is waited for until it has an address and leads to a pod.
      { parent: this, dependsOn: cluster },
    );
  }

  private declareConnections(): void {
    const { environment, config } = this.args;
    const { amqp, management } = this.place;
    const declares = connect(operatorPods(environment, "rabbitmq-topology-operator"), management);
    if (config.existing !== undefined) {
      this.declare({ connections: declares });
      return;
    }
    const pods = brokerPods(environment);
    const clients = Object.entries(config.externalClients).flatMap(([name, client]): (PodSet | Outside)[] => [
      ...(client.pods === undefined ? [] : [{ name, namespace: client.pods.namespace, labels: client.pods.labels }]),
      ...(client.cidrs === undefined ? [] : [{ name, cidrs: client.cidrs }]),
    ]);
    const balancer = { name: "load-balancer", cidrs: config.external?.healthCheckCidrs ?? [] };
    this.declare({
      connections: [
        ...connect(pods, ...clusterEndpoints(environment)),
        // Nodes find their peers through the API server.
        ...connect(pods, apiServerEndpoint(environment.apiServer)),
        ...declares,
        ...clients.flatMap((client) => connect(client, amqp)),
        ...(balancer.cidrs.length === 0 ? [] : connect(balancer, amqp)),
      ],
    });
  }
}

/** Secret of a user in the broker's own namespace. */
function userSecret(user: string): string {
  return `${BROKER}-user-${user}`;
}

/** Secret of a user in the namespace of the program that it is for. */
function bindingSecret(user: string): string {
  return `${BROKER}-${user}`;
}

/** @throws InputPropertyError where a user names something that is not there, or two have one name */
function checkUsers(users: readonly BrokerUser[], { queues, exchanges, externalClients }: BrokerConfig): void {
  const taken = new Set([SCALER, ...Object.keys(externalClients)]);
  for (const [i, { name, consumes, publishes }] of users.entries()) {
    const refuse = (what: string, reason: string) => {
      throw new pulumi.InputPropertyError({ propertyPath: `users[${i}].${what}`, reason: `user ${name}: ${reason}` });
    };
    if (taken.has(name)) refuse("name", "the name is taken");
    taken.add(name);
    const unknown = (names: readonly string[], known: readonly string[]) => names.find((one) => !known.includes(one));
    const queue = unknown(consumes, Object.keys(queues));
    if (queue !== undefined) refuse("consumes", `there is no queue ${queue}${didYouMean(queue, Object.keys(queues))}`);
    const exchange = unknown(publishes, Object.keys(exchanges));
    if (exchange !== undefined)
      refuse("publishes", `there is no exchange ${exchange}${didYouMean(exchange, Object.keys(exchanges))}`);
  }
}
