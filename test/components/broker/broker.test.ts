import { additionalConfig } from "../../../components/broker/cluster";
import { broker, config, refusal, USERS } from "./fixture";

const external = {
  external: { hostname: "broker.example.com", annotations: { "cloud/scheme": "internal" } },
  externalClients: {
    crm: { consumes: ["orders.status"], publishes: ["orders"], cidrs: ["10.40.0.0/16"] },
    shop: { consumes: ["orders.public"], pods: { namespace: "shop", labels: { app: "shop" } } },
  },
};

describe("the broker's nodes", () => {
  it("get what they request, and talk over TLS only", async () => {
    const { object } = await broker();
    expect(object("RabbitmqCluster", "broker").spec).toMatchObject({
      replicas: 3,
      image: "docker.io/library/rabbitmq:4.3.7-management",
      resources: { requests: { cpu: "4", memory: "4Gi" }, limits: { cpu: "4", memory: "4Gi" } },
      persistence: { storage: "50Gi" },
      tls: { secretName: "broker-tls", disableNonTLSListeners: true },
      terminationGracePeriodSeconds: 604_800,
    });
    expect(object("RabbitmqCluster", "broker").spec.rabbitmq.advancedConfig).toContain("{tcp_config, []}");
    expect(object("Certificate", "broker-tls").spec.dnsNames).toContain("broker.mes-data.svc");
  });

  it("never share a host and are spread over the zones", async () => {
    const { object } = await broker();
    const { affinity, override } = object("RabbitmqCluster", "broker").spec;
    expect(affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      { labelSelector: { matchLabels: { "app.kubernetes.io/name": "broker" } }, topologyKey: "kubernetes.io/hostname" },
    ]);
    const pod = override.statefulSet.spec.template.spec;
    expect(pod).toMatchObject({
      priorityClassName: "mes-data",
      topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" }],
    });
  });

  it("need no spread where there is one of them", async () => {
    const { object } = await broker({ replicas: 1 }, { environment: { zones: ["local"] } });
    const { affinity, override } = object("RabbitmqCluster", "broker").spec;
    expect(affinity).toBeUndefined();
    expect(override.statefulSet.spec.template.spec).not.toHaveProperty("topologySpreadConstraints");
  });

  it("talk to each other over TLS, with a certificate that has the names of all nodes that may come", async () => {
    const { object, objects, resource } = await broker();
    const { rabbitmq, override } = object("RabbitmqCluster", "broker").spec;
    const [file] = Object.values(objects("ConfigMap"));
    for (const variable of ["SERVER_ADDITIONAL_ERL_ARGS", "RABBITMQ_CTL_ERL_ARGS"])
      expect(rabbitmq.envConfig).toMatch(
        new RegExp(`^${variable}=.*-proto_dist inet_tls -ssl_dist_optfile /etc/mes/broker-options/tls.config"$`, "m"),
      );
    expect(Object.values(file?.data ?? {})).toEqual([expect.stringContaining("{fail_if_no_peer_cert, true}")]);
    const [container] = override.statefulSet.spec.template.spec.containers;
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual([
      "/etc/mes/broker-options",
      "/etc/mes/broker-nodes",
    ]);
    const { dnsNames, usages } = object("Certificate", "broker-nodes-tls").spec;
    expect(usages).toEqual(["server auth", "client auth"]);
    expect(dnsNames).toHaveLength(7);
    expect(dnsNames[0]).toBe("broker-server-0.broker-nodes.mes-data");
    expect(resource("RabbitmqCluster", "broker").dependsOn.join(" ")).toContain("broker-nodes-tls");
  });

  it("talk without TLS where a stack file says so, for a broker that was made like that", async () => {
    const { object, objects } = await broker({ nodeTls: false });
    expect(object("RabbitmqCluster", "broker").spec.rabbitmq.envConfig).not.toContain("inet_tls");
    expect(object("RabbitmqCluster", "broker").spec.override.statefulSet.spec.template.spec).not.toHaveProperty("volumes");
    expect(objects("ConfigMap")).toEqual({});
  });

  it("leave one at a time", async () => {
    const { object } = await broker();
    expect(object("PodDisruptionBudget", "broker").spec).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { "app.kubernetes.io/name": "broker" } },
    });
  });

  it("stop publishers while there is still room for what is in memory", () => {
    const settings = additionalConfig(config({ resources: { cpu: "4", memory: "8Gi" }, memoryHighWatermark: 0.6 }));
    expect(settings).toContain("vm_memory_high_watermark.relative = 0.6\n");
    expect(settings).toContain(`disk_free_limit.absolute = ${8 * 2 ** 30}\n`);
    expect(settings).toContain(`raft.wal_max_size_bytes = ${2 ** 29}\n`);
    expect(settings).toContain("consumer_timeout = 1800000\n");
  });

  it("keep a small write-ahead log where memory is small", () => {
    expect(additionalConfig(config({ resources: { cpu: "1", memory: "512Mi" } }))).toContain(
      `raft.wal_max_size_bytes = ${64 * 2 ** 20}\n`,
    );
  });
});

describe("what is in the broker", () => {
  it("is quorum queues only, declared after the policies that protect them", async () => {
    const { objects, resource } = await broker();
    const queues = Object.values(objects("Queue"));
    expect(queues.map((queue) => queue.spec.name).sort()).toEqual([
      "orders.inbound",
      "orders.inbound.parked",
      "orders.public",
      "orders.public.parked",
      "orders.status",
      "orders.status.parked",
    ]);
    for (const { spec } of queues) expect(spec).toMatchObject({ type: "quorum", durable: true, vhost: "mes" });
    const dependsOn = resource("v1beta1:Queue", "orders.inbound").dependsOn.join(" ");
    expect(dependsOn).toContain("v1beta1:Policy::orders.inbound");
    expect(dependsOn).toContain("v1beta1:OperatorPolicy::never-drop");
  });

  it("is bound once both ends are there, and open to users once their passwords are", async () => {
    const { plan, comesAfter } = await broker();
    const bindings = plan.resources.filter(({ type }) => type.endsWith(":Binding")).map(({ name }) => name);
    expect(comesAfter(":Binding", bindings.find((name) => name.startsWith("orders.inbound-")) ?? "")).toEqual([
      "Exchange orders",
      "Queue orders.inbound",
    ]);
    expect(comesAfter(":User", "order-intake")).toEqual(
      expect.arrayContaining(["Secret mes-data-broker-user-order-intake", "Vhost mes"]),
    );
    expect(comesAfter(":Permission", "order-intake")).toEqual(["User order-intake"]);
    for (const kind of [":Exchange", ":Policy", ":OperatorPolicy"])
      for (const { type, name } of plan.resources.filter((resource) => resource.type.endsWith(kind)))
        expect(comesAfter(type, name)).toEqual(["Vhost mes"]);
  });

  it("comes after all of the broker's nodes are there: a queue has copies on those that it finds", async () => {
    const { object, resource } = await broker();
    expect(object("RabbitmqCluster", "broker").metadata.annotations).toMatchObject({
      "pulumi.com/waitFor": "condition=AllReplicasReady",
    });
    expect(resource("VirtualHost", "mes").dependsOn.join(" ")).toContain("RabbitmqCluster::broker");
  });

  it("outlives the stack where data is protected", async () => {
    const { objects, resource } = await broker();
    expect(resource("RabbitmqCluster", "broker")).toMatchObject({ protect: true, retainOnDelete: true });
    expect(resource("v1beta1:Queue", "orders.inbound")).toMatchObject({ protect: true });
    for (const { spec } of [...Object.values(objects("Queue")), ...Object.values(objects("Vhost"))])
      expect(spec.deletionPolicy).toBe("retain");
    const dev = await broker({}, { environment: { protectData: false } });
    expect(dev.resource("RabbitmqCluster", "broker").protect).toBeFalsy();
    expect(dev.object("Queue", "orders.inbound").spec.deletionPolicy).toBe("delete");
  });

  it("is there for users with the least rights, and no password stands in any object", async () => {
    const { object, plan } = await broker();
    expect(object("Permission", "order-intake").spec).toMatchObject({
      userReference: { name: "order-intake" },
      permissions: { configure: "^$", read: String.raw`^(orders\.inbound)$`, write: "^$" },
    });
    expect(object("User", "order-intake").spec.importCredentialsSecret).toEqual({ name: "broker-user-order-intake" });
    // Without this label the operator does not see the Secret, and says that it is not there.
    expect(object("Secret", "broker-user-order-intake").metadata.labels).toMatchObject({
      "rabbitmq.com/topology-operator": "true",
    });
    expect(object("User", "autoscaler").spec.tags).toEqual(["monitoring"]);
    expect(object("Permission", "autoscaler").spec.permissions).toEqual({ configure: "^$", read: "^$", write: "^$" });
    const secrets = plan.resources.filter(({ inputs }) => (inputs as any).kind === "Secret");
    const address = { host: "broker.mes-data.svc", port: "5671", vhost: "mes" };
    const of = (username: string) => ({
      [`mes-broker-${username}`]: { username, password: "[secret]" },
      [`mes-data-broker-user-${username}`]: { ...address, username, password: "[secret]" },
    });
    expect(Object.fromEntries(secrets.map(({ name, inputs }) => [name, inputs.stringData]))).toEqual({
      ...of("order-intake"),
      ...of("outbox-relay"),
      "mes-data-broker-user-autoscaler": { ...address, username: "autoscaler", password: "[secret]" },
      "mes-broker-scaling": { host: "https://autoscaler:[secret]@broker.mes-data.svc:15671/mes" },
    });
  });

  it.each([
    ["a queue that is not there", { name: "x", consumes: ["orders.inbund"], publishes: [] }, /did you mean orders.inbound/],
    ["an exchange that is not there", { name: "x", consumes: [], publishes: ["payments"] }, /there is no exchange payments/],
    ["a name that is taken", { name: "autoscaler", consumes: [], publishes: [] }, /the name is taken/],
  ])("refuses a user of %s", async (_, user, message) => {
    expect(await refusal([user])).toMatch(message);
  });
});

describe("what the broker hands out", () => {
  it.each([true, false])("is a binding without a password in it (preview: %s)", async (preview) => {
    const { broker: made } = await broker({}, { preview });
    expect(made.binding("order-intake").env).toEqual({
      AMQP_HOST: "broker.mes-data.svc",
      AMQP_PORT: "5671",
      AMQP_VHOST: "mes",
      AMQP_USERNAME: { secretKeyRef: { name: "broker-order-intake", key: "username" } },
      AMQP_PASSWORD: { secretKeyRef: { name: "broker-order-intake", key: "password" } },
      AMQP_CA_FILE: "/etc/mes/ca/ca.crt",
    });
    expect(() => made.binding("nobody")).toThrow(/no user nobody/);
  });

  it("is, for the autoscaler, the management API and a user that can only measure", async () => {
    const { broker: made, object } = await broker();
    expect(made.scaling).toMatchObject({
      secretName: "broker-scaling",
      key: "host",
      ca: { kind: "Secret", name: "mes-ca", key: "ca.crt" },
      vhost: "mes",
      endpoint: { host: "broker.mes-data.svc", port: 15_671 },
    });
    expect(object("Secret", "broker-scaling").metadata.namespace).toBe("mes");
  });

  it("is, for clients elsewhere, AMQP over TLS at a name of its own, open to their addresses only", async () => {
    const { broker: made, object } = await broker(external);
    expect(object("Service", "broker-external").spec).toMatchObject({
      type: "LoadBalancer",
      loadBalancerSourceRanges: ["10.40.0.0/16"],
      externalTrafficPolicy: "Local",
      ports: [{ port: 5671 }],
    });
    expect(object("Certificate", "broker-tls").spec.dnsNames).toContain("broker.example.com");
    expect(made.clientSecrets).toEqual({ crm: "mes-data/broker-user-crm", shop: "mes-data/broker-user-shop" });
    const { objects } = await broker();
    expect(objects("Service")).toEqual({});
  });

  it("is asked for its health from the subnets of the load balancer", async () => {
    const subnets = { external: { ...external.external, healthCheckCidrs: ["10.0.96.0/20"] } };
    const { broker: made } = await broker({ ...external, ...subnets });
    const asking = made.connections.filter(({ from }) => from.name === "load-balancer");
    expect(asking).toMatchObject([{ from: { cidrs: ["10.0.96.0/20"] }, to: { name: "broker:amqps", port: 5671 } }]);
    expect((await broker(external)).broker.connections.filter(({ from }) => from.name === "load-balancer")).toEqual([]);
  });

  it("is reached by whom it declares and by nobody else", async () => {
    const { broker: made } = await broker(external);
    const paths = made.connections.map(({ from, to }) => `${from.name} → ${to.name}`).sort();
    expect(paths).toEqual([
      "broker → api-server",
      "broker → broker:distribution",
      "broker → broker:epmd",
      "crm → broker:amqps",
      "rabbitmq-topology-operator → broker:management",
      "shop → broker:amqps",
    ]);
    expect(USERS.map(({ name }) => made.binding(name).endpoints.map((endpoint) => endpoint.port))).toEqual([[5671], [5671]]);
  });
});
