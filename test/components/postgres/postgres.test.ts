import { AVAILABLE, BUCKET, MINIMAL, parse, postgres, refused, USERS } from "./fixtures";
import { environment } from "../../helpers/record";

describe("the database", () => {
  it("confirms a write only once a quorum has it, and never promotes an instance that may lack one", async () => {
    const { object } = await postgres();
    expect(object("Cluster", "postgres").spec).toMatchObject({
      instances: 3,
      postgresql: { synchronous: { method: "any", number: 1, dataDurability: "required", failoverQuorum: true } },
      walStorage: { size: "50Gi" },
      resources: { requests: { cpu: "4", memory: "16Gi" }, limits: { cpu: "4", memory: "16Gi" } },
      enablePDB: true,
      enableSuperuserAccess: false,
    });
  });

  it("keeps its instances on different hosts and in different zones", async () => {
    const { spec } = (await postgres()).object("Cluster", "postgres");
    expect(spec.affinity).toMatchObject({ podAntiAffinityType: "required", topologyKey: "kubernetes.io/hostname" });
    expect(spec.topologySpreadConstraints).toEqual([
      expect.objectContaining({ topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" }),
    ]);
  });

  it("fits one node: nothing to spread, and no budget that would block its drain", async () => {
    const { object, objects } = await postgres({ config: parse(MINIMAL), environment: environment({ zones: ["local"] }) });
    const { spec } = object("Cluster", "postgres");
    expect(spec).toMatchObject({ instances: 1, enablePDB: false, affinity: { enablePodAntiAffinity: false } });
    expect(spec).not.toHaveProperty("topologySpreadConstraints");
    expect(spec.postgresql).not.toHaveProperty("synchronous");
    expect(objects("PodDisruptionBudget")).toEqual({});
    // The Service of the replicas would have no address.
    expect(object("Pooler", "postgres-pooler-ro").spec.type).toBe("r");
  });

  it("takes no connection without TLS, and shows one certificate under all its names", async () => {
    const { object } = await postgres();
    expect(object("Cluster", "postgres").spec).toMatchObject({
      certificates: { serverTLSSecret: "postgres-tls", serverCASecret: "postgres-tls" },
      postgresql: { pg_hba: ["hostnossl all all all reject"] },
    });
    const { dnsNames, secretTemplate } = object("Certificate", "postgres-tls").spec;
    expect(dnsNames).toEqual(
      expect.arrayContaining([
        "postgres-rw",
        "postgres-rw.mes-data.svc",
        "postgres-pooler-rw.mes-data.svc",
        "postgres-pooler-ro.mes-data.svc",
      ]),
    );
    expect(secretTemplate.labels).toEqual({ "cnpg.io/reload": "" });
    expect(object("Pooler", "postgres-pooler-rw").spec.pgbouncer.parameters.client_tls_sslmode).toBe("require");
  });

  it("takes parameters of the stack file before those derived from the resources", async () => {
    const config = parse({ ...AVAILABLE, parameters: { jit: "on", deadlock_timeout: "2s" } });
    const { parameters } = (await postgres({ config })).object("Cluster", "postgres").spec.postgresql;
    expect(parameters).toMatchObject({ jit: "on", deadlock_timeout: "2s", shared_buffers: "4096MB" });
  });

  it.each([true, false])("protects everything that is data, where the stack protects data: %s", async (protectData) => {
    const { resource } = await postgres({ environment: environment({ protectData }) });
    for (const [type, name] of [
      ["Cluster", "postgres"],
      ["Database", "postgres-mes"],
      ["ObjectStore", "postgres-backups"],
    ] as const) {
      expect(resource(type, name)).toMatchObject({ protect: protectData, retainOnDelete: protectData });
    }
  });

  it.each([true, false])("is the same in a preview and in a real run (preview: %s)", async (preview) => {
    const { object } = await postgres({}, { preview });
    expect(object("Cluster", "postgres").spec.bootstrap.initdb).toMatchObject({ database: "mes", owner: "mes_owner" });
  });
});

describe("its users", () => {
  it("are members of groups that hold the rights, groups first", async () => {
    const { roles } = (await postgres()).object("Cluster", "postgres").spec.managed;
    expect(roles.map((role: any) => role.name)).toEqual([
      "mes_read",
      "mes_write",
      "mes_relay",
      "order_intake",
      "dashboard",
      "outbox_relay",
    ]);
    expect(roles.filter((role: any) => role.login)).toEqual([
      expect.objectContaining({ name: "order_intake", inRoles: ["mes_read", "mes_write"] }),
      expect.objectContaining({ name: "dashboard", inRoles: ["mes_read"] }),
      expect.objectContaining({ name: "outbox_relay", inRoles: ["mes_relay"] }),
    ]);
    for (const role of roles) expect(role).not.toHaveProperty("superuser");
  });

  it("have a password in the namespace of the database for the operator, and in that of the programs for their pods", async () => {
    const { plan } = await postgres();
    const secrets = plan.resources
      .map((resource) => resource.inputs as { readonly kind?: string; readonly metadata?: { readonly name?: string } })
      .filter(({ kind, metadata }) => kind === "Secret" && metadata?.name === "postgres-user-dashboard");
    expect(secrets).toEqual([
      expect.objectContaining({
        type: "kubernetes.io/basic-auth",
        metadata: expect.objectContaining({
          namespace: "mes-data",
          labels: expect.objectContaining({ "cnpg.io/reload": "true" }),
        }),
      }),
      expect.objectContaining({ metadata: expect.objectContaining({ namespace: "mes" }) }),
    ]);
    // The owner's is nowhere near the programs.
    expect(
      plan.resources.filter(
        ({ inputs }: any) => inputs.metadata?.name === "postgres-owner" && inputs.metadata.namespace === "mes",
      ),
    ).toEqual([]);
  });

  it.each([
    ["order-intake", "postgres-pooler-rw.mes-data.svc", "order_intake"],
    ["outbox-relay", "postgres-pooler-rw.mes-data.svc", "outbox_relay"],
    ["dashboard", "postgres-pooler-ro.mes-data.svc", "dashboard"],
  ])("reach it by a pooler: %s at %s", async (program, host, user) => {
    const { component } = await postgres();
    const { env, endpoints, volumeMounts } = component.binding(program);
    expect(env).toEqual({
      PGHOST: host,
      PGPORT: "5432",
      PGDATABASE: "mes",
      PGUSER: user,
      PGPASSWORD: { secretKeyRef: { name: `postgres-user-${program}`, key: "password" } },
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/etc/mes/ca/ca.crt",
    });
    expect(endpoints.map((endpoint) => endpoint.host)).toEqual([host]);
    expect(volumeMounts).toEqual([expect.objectContaining({ mountPath: "/etc/mes/ca" })]);
  });

  it("must be declared, and must not take the name of another's role", async () => {
    const { component } = await postgres();
    expect(() => component.binding("order-intak")).toThrow(/did you mean order-intake/);
    expect(await refused({ users: [{ ...USERS[0]!, name: "postgres" }] })).toMatch(/postgres is reserved: rename the program/);
  });
});

describe("its poolers", () => {
  it("work by transaction, with sizes that can be read from the plan", async () => {
    const { object } = await postgres();
    const { spec } = object("Pooler", "postgres-pooler-rw");
    expect(spec).toMatchObject({
      cluster: { name: "postgres" },
      instances: 3,
      type: "rw",
      pgbouncer: {
        poolMode: "transaction",
        image: expect.stringContaining("pgbouncer"),
        parameters: { max_client_conn: "1000", default_pool_size: "20", max_db_connections: "60", query_wait_timeout: "30" },
      },
    });
    expect(object("Pooler", "postgres-pooler-ro").spec.type).toBe("ro");
    expect(object("PodDisruptionBudget", "postgres-pooler-rw").spec).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: { "cnpg.io/poolerName": "postgres-pooler-rw" } },
    });
  });
});

describe("the pods of a pooler", () => {
  const pooler = async () => (await postgres()).object("Pooler", "postgres-pooler-rw").spec;

  it("notice within half a minute that the primary is another one, and track statements that drivers prepare", async () => {
    const { parameters } = (await pooler()).pgbouncer;
    expect(parameters).toMatchObject({
      client_tls_sslmode: "require",
      max_prepared_statements: "200",
      server_connect_timeout: "5",
      server_login_retry: "1",
      server_check_delay: "10",
      tcp_keepalive: "1",
      tcp_user_timeout: "15000",
    });
    const { tcp_keepidle: idle, tcp_keepintvl: interval, tcp_keepcnt: count } = parameters;
    expect(Number(idle) + Number(interval) * Number(count)).toBe(25);
  });

  it("roll without one missing, finish their transactions, and are spread over zones by revision", async () => {
    const { deploymentStrategy, template } = await pooler();
    expect(deploymentStrategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    const labels = { "cnpg.io/poolerName": "postgres-pooler-rw" };
    expect(template.metadata.labels).toMatchObject(labels);
    expect(template.spec).toMatchObject({ priorityClassName: "mes-data", terminationGracePeriodSeconds: 60 });
    expect(template.spec.topologySpreadConstraints).toEqual(
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) =>
        expect.objectContaining({
          topologyKey,
          labelSelector: { matchLabels: expect.objectContaining(labels) },
          matchLabelKeys: ["pod-template-hash"],
        }),
      ),
    );
  });

  it("have what they need and no more: they are evicted last and never throttled", async () => {
    const [container] = (await pooler()).template.spec.containers;
    expect(container).toMatchObject({ name: "pgbouncer", imagePullPolicy: "IfNotPresent" });
    expect(Object.keys(container.resources.limits)).toEqual(["cpu", "memory"]);
    expect(container.resources.limits).toEqual(container.resources.requests);
  });
});

describe("its backups", () => {
  it("are of the Cluster, by the plug-in, and outlive their schedule", async () => {
    expect((await postgres()).object("ScheduledBackup", "postgres-backups").spec).toMatchObject({
      cluster: { name: "postgres" },
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
      backupOwnerReference: "none",
    });
  });

  it("are compressed by two processes, beside a server whose memory they cannot take", async () => {
    const { spec } = (await postgres()).object("ObjectStore", "postgres-backups");
    expect(spec.configuration.data).toEqual({ compression: "gzip", jobs: 2 });
    const { requests, limits } = spec.instanceSidecarConfiguration.resources;
    expect(Object.keys(requests)).toEqual(["cpu", "memory"]);
    expect(limits).toEqual({ memory: requests.memory });
  });

  it.each<[string, string | undefined, string[]]>([
    ["Amazon", undefined, ["AWS_DEFAULT_REGION=eu-central-1"]],
    [
      "a store that does not know the newer checksums",
      "https://s3.example.com",
      [
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required",
      ],
    ],
  ])("go to %s", async (_, endpointUrl, env) => {
    const { spec } = (await postgres({ backups: { ...BUCKET, endpointUrl } })).object("ObjectStore", "postgres-backups");
    expect(spec.instanceSidecarConfiguration.env.map(({ name, value }: any) => `${name}=${value}`)).toEqual(env);
    expect(spec.configuration).not.toHaveProperty("endpointCA");
  });

  it("archive the WAL and take a base backup every night, from a replica", async () => {
    const { object } = await postgres();
    expect(object("Cluster", "postgres").spec.plugins).toEqual([
      {
        name: "barman-cloud.cloudnative-pg.io",
        isWALArchiver: true,
        parameters: { barmanObjectName: "postgres-backups", serverName: "postgres" },
      },
    ]);
    expect(object("ObjectStore", "postgres-backups").spec).toMatchObject({
      retentionPolicy: "30d",
      configuration: { destinationPath: "s3://factory-backups/", s3Credentials: { inheritFromIAMRole: true } },
    });
    expect(object("ScheduledBackup", "postgres-backups").spec).toMatchObject({
      schedule: "0 0 2 * * *",
      method: "plugin",
      target: "prefer-standby",
      immediate: true,
    });
    expect(object("Cluster", "postgres").spec.serviceAccountTemplate.metadata.annotations).toEqual({
      "eks.amazonaws.com/role-arn": BUCKET.roleArn,
    });
  });

  it.each([
    ["100m", 1],
    ["2", 2],
    ["16", 4],
  ])("move as many segments of the WAL at once as there are cores, and no more than four: %s", async (cpu, maxParallel) => {
    const config = parse({ ...AVAILABLE, resources: { cpu, memory: "16Gi" } });
    const { object } = await postgres({ config });
    expect(object("ObjectStore", "postgres-backups").spec.configuration.wal).toEqual({ compression: "gzip", maxParallel });
  });

  it("use keys and the platform's CA with a store inside of the cluster", async () => {
    const backups = {
      ...BUCKET,
      roleArn: undefined,
      endpointUrl: "https://storage.mes-data.svc:9000",
      caSecretName: "mes-ca",
      credentials: { secretName: "storage-postgres", accessKeyIdKey: "id", secretAccessKeyKey: "key" },
    };
    const { object } = await postgres({ backups });
    expect(object("ObjectStore", "postgres-backups").spec).toMatchObject({
      configuration: {
        endpointURL: "https://storage.mes-data.svc:9000",
        endpointCA: { name: "mes-ca", key: "ca.crt" },
        s3Credentials: {
          accessKeyId: { name: "storage-postgres", key: "id" },
          secretAccessKey: { name: "storage-postgres", key: "key" },
        },
      },
      instanceSidecarConfiguration: {
        env: expect.arrayContaining([{ name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" }]),
      },
    });
    expect(object("Cluster", "postgres").spec).not.toHaveProperty("serviceAccountTemplate");
  });

  it("are off without a bucket, and nobody is told that they are old", async () => {
    const { object, objects, component } = await postgres({ backups: undefined });
    expect(object("Cluster", "postgres").spec).not.toHaveProperty("plugins");
    expect(objects("ObjectStore")).toEqual({});
    expect(objects("ScheduledBackup")).toEqual({});
    expect(component.alerts.map((group) => group.name)).not.toContain("postgres-backup");
  });

  it("are restored into a Cluster of another name, to a moment, and archived apart", async () => {
    const restore = { from: { serverName: "postgres" }, targetTime: "2026-11-20T08:15:00Z" };
    const { object, resource, component } = await postgres({ config: parse({ ...AVAILABLE, name: "postgres-2", restore }) });
    const { spec } = object("Cluster", "postgres-2");
    expect(spec.bootstrap).toEqual({
      recovery: {
        source: "origin",
        database: "mes",
        owner: "mes_owner",
        secret: { name: "postgres-owner" },
        recoveryTarget: { targetTime: "2026-11-20T08:15:00Z" },
      },
    });
    expect(spec.externalClusters).toEqual([
      {
        name: "origin",
        plugin: {
          name: "barman-cloud.cloudnative-pg.io",
          parameters: { barmanObjectName: "postgres-backups", serverName: "postgres" },
        },
      },
    ]);
    expect(spec.plugins[0].parameters.serverName).toBe("postgres-2");
    expect(object("Pooler", "postgres-pooler-rw").spec.cluster).toEqual({ name: "postgres-2" });
    expect(resource("Pooler", "postgres-pooler-rw").replaceOnChanges).toEqual(["spec.cluster.name"]);
    expect(object("Pooler", "postgres-pooler-rw").metadata.annotations).toEqual({
      "pulumi.com/deletionPropagationPolicy": "background",
    });
    // Programs do not notice: they know the pooler only.
    expect(component.binding("dashboard").env.PGHOST).toBe("postgres-pooler-ro.mes-data.svc");
    expect(component.owner.binding.env.PGHOST).toBe("postgres-2-rw.mes-data.svc");
  });

  it("can be read from another bucket for a restore, and never written to it", async () => {
    const restore = { from: { serverName: "postgres", bucket: "prod-backups" } };
    const { object } = await postgres({ config: parse({ ...AVAILABLE, restore }) });
    expect(object("ObjectStore", "postgres-origin").spec.configuration.destinationPath).toBe("s3://prod-backups/");
    const { spec } = object("Cluster", "postgres");
    expect(spec.externalClusters[0].plugin.parameters.barmanObjectName).toBe("postgres-origin");
    expect(spec.plugins[0].parameters.barmanObjectName).toBe("postgres-backups");
  });

  it("are needed for a restore", async () => {
    const config = parse({ ...AVAILABLE, restore: { from: { serverName: "old" } } });
    expect(await refused({ config, backups: undefined })).toMatch(/needs access to the bucket/);
  });
});

describe("its connections", () => {
  it("name every path and no more", async () => {
    const { component } = await postgres();
    const paths = component.connections.map(({ from, to }) => `${from.name} -> ${to.name}:${to.podPort ?? to.port}`);
    expect(paths).toEqual([
      "postgres -> postgres-rw:5432",
      "postgres -> postgres-status:8000",
      "postgres -> api-server:6443",
      "cloudnative-pg -> postgres-rw:5432",
      "cloudnative-pg -> postgres-status:8000",
      "postgres-pooler-rw -> postgres-rw:5432",
      "postgres-pooler-rw -> api-server:6443",
      "postgres-pooler-ro -> postgres-rw:5432",
      "postgres-pooler-ro -> api-server:6443",
      "postgres -> s3:443",
    ]);
  });

  it("select the jobs that make instances too, by a label that the poolers do not have", async () => {
    const { component, object } = await postgres();
    const { labels } = object("Cluster", "postgres").spec.inheritedMetadata;
    expect(component.scrapeTargets[0]?.pods.labels).toEqual(labels);
    expect(object("Pooler", "postgres-pooler-rw").spec.template.metadata.labels).not.toMatchObject(labels);
  });
});
