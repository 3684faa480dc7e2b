import { setTimeout as sleep } from "node:timers/promises";
import { OBJECT_STORE } from "../../components/storage/gateway";
import { topologyOf } from "../../components/broker/topology";
import { parseBytes } from "../../components/schema";
import { readMigrations } from "../../components/outbox/migrations";
import type { Cluster } from "../cluster/cluster";
import { peakMemoryOfPod } from "../cluster/memory";
import { messageOf } from "../cluster/message";
import { until } from "../cluster/until";
import { figure, note, noteComponent, type ProofLevel } from "../engine/figures";
import { byComponent } from "../engine/inventory";
import { scarceMemory, type MemoryUse } from "../engine/memory";
import { changesOf, named } from "../engine/planned";
import { acknowledged, missingOf } from "./acknowledged";
import { brokerPod, definitionsOf, queuesOf } from "./broker";
import { CLIENT_LABEL, runAs } from "./clients";
import { unfinished } from "./conditions";
import { postgresStatus, sqlAtPrimary } from "./database";
import { documentedCommands } from "./documented";
import { explained, told, warningsIn } from "./problems";
import { emptyDataPlane, type DataPlane } from "./running";
import { ORDERED } from "./stack";

const SUBJECT = "data plane";

/** How far this suite proves the components. */
const LEVELS: Readonly<Record<string, ProofLevel>> = {
  Operators: "run",
  Certificates: "reconciled",
  Postgres: "run",
  Outbox: "run",
  Broker: "run",
  Cache: "run",
  Storage: "run",
};

/** What is said of every pod that starts on a busy machine, whatever is declared. */
const PASSING = [
  // A probe asks before the program listens.
  /: Unhealthy/,
  // What is new is not in the caches of scheduler, kubelet and node authorizer yet.
  /: FailedScheduling.*(persistentvolumeclaim .* not found|could not find v1\.PersistentVolumeClaim)/,
  /: FailedMount.*(failed to sync \w+ cache|failed to process volumes|no relationship found between node)/,
  // An operator's own cache may not know yet that the user is there, or what it wrote itself a moment ago; it tries again.
  /^Permission \S+: FailedDeclare/,
  // Two wrote at once, whoever they are; the later one tries again.
  /Operation cannot be fulfilled on .*: the object has been modified; please apply your changes to the latest version/,
  /^Certificate \S+: RequestFailed.*already exists/,
];

/** Commands of the docs for other clusters than this one. */
const NOT_HERE = [
  // Of a broker that grows from three nodes to five.
  /broker-server-3/,
  // Half of a sentence that says what comes after it.
  /rabbitmq-queues grow$/,
];

describe("the data plane as real pods, under the real operators", () => {
  let plane: DataPlane;
  let data: string;
  let apps: string;

  beforeAll(async () => {
    plane = await figure(SUBJECT, "a cluster of three nodes", emptyDataPlane);
    ({ data, apps } = plane.namespaces);
  });
  afterAll(async () => {
    await plane.stop();
  });

  let isUp = false;
  let isFirst = true;
  beforeEach(() => {
    if (!isUp && !isFirst) throw new Error("not tried: the stack did not come up");
    isFirst = false;
  });

  const settled = (): Promise<void> =>
    explained(plane.cluster, () =>
      until(
        "the operators have brought about all that is declared",
        async () => (await unfinished(plane.cluster.api)).join("\n") || true,
        {
          seconds: 300,
          everyMilliseconds: 1000,
        },
      ),
    );
  const query = (statement: string): Promise<string[]> => {
    const { name, database } = plane.config.postgres;
    return sqlAtPrimary(plane.cluster, data, name, database, statement);
  };

  test("`up` installs the operators, and they bring it about", async () => {
    await figure(SUBJECT, "up on an empty cluster", () => plane.up());
    await figure(SUBJECT, "until the operators are done after up", settled);
    isUp = true;
    expect(plane.provider.warnings).toEqual([]);
    const components = byComponent(await plane.engine.state());
    for (const [component, level] of Object.entries(LEVELS)) {
      noteComponent(SUBJECT, component, level, components.get(component) ?? []);
    }
  });

  test("nothing warned of what is declared", async () => {
    const warnings = (await warningsIn(plane.cluster, data)).map(told);
    expect(warnings.filter((warning) => !PASSING.some((one) => one.test(warning)))).toEqual([]);
  });

  test("the database has a primary and two replicas, one of them synchronous", async () => {
    const { name, instances } = plane.config.postgres;
    expect(await postgresStatus(plane.cluster, data, name)).toMatchObject({ readyInstances: instances });
    expect(await query("SELECT count(*), count(*) FILTER (WHERE sync_state = 'quorum') FROM pg_stat_replication")).toEqual([
      "2|2",
    ]);
    expect(await query("SHOW synchronous_standby_names")).toEqual([expect.stringMatching(/^ANY 1 \(/)]);
  });

  test("the migrations are applied", async () => {
    const applied = await query("SELECT name FROM platform.migrations ORDER BY version");
    expect(applied.map((name) => `${name}.sql`)).toEqual(Object.keys(readMigrations()));
  });

  test("the broker has what is declared, and nothing else", async () => {
    const { broker } = plane.config;
    const { vhost } = broker;
    const topology = topologyOf(broker);
    const said = await definitionsOf(plane.cluster, data);
    const here = <T extends { readonly vhost: string }>(all: readonly T[]): T[] => all.filter((one) => one.vhost === vhost);
    expect(said.vhosts.map(({ name }) => name)).toContain(vhost);
    expect(
      here(said.exchanges)
        .map(({ name, type, durable }) => `${name} ${type} ${durable}`)
        .sort(),
    ).toEqual(topology.exchanges.map(({ name, type }) => `${name} ${type} true`).sort());
    expect(
      here(said.queues)
        .map(({ name, durable, arguments: { "x-queue-type": type } }) => `${name} ${String(type)} ${durable}`)
        .sort(),
    ).toEqual(topology.queues.map(({ name }) => `${name} quorum true`).sort());
    expect(
      here(said.bindings)
        .map(({ source, routing_key: key, destination }) => `${source} ${key} ${destination}`)
        .sort(),
    ).toEqual(topology.bindings.map(({ exchange, routingKey, queue }) => `${exchange} ${routingKey} ${queue}`).sort());
    expect(Object.fromEntries(here(said.policies).map(({ name, definition }) => [name, definition]))).toEqual(
      Object.fromEntries(topology.queues.map(({ policy: { name, definition } }) => [name, definition])),
    );
    const users = here(said.permissions).map(({ user }) => user);
    expect(users).toEqual(expect.arrayContaining(["order-intake", "outbox-relay", "crm", "autoscaler"]));
  });

  test("each queue has a member on every node of the broker", async () => {
    const { vhost, replicas } = plane.config.broker;
    for (const { name, type, members, online } of await queuesOf(plane.cluster, data, vhost)) {
      expect({ name, type, members: members.length, online: online.length }).toEqual({
        name,
        type: "quorum",
        members: replicas,
        online: replicas,
      });
    }
  });

  describe("what the contract says of consumers", () => {
    const send = async (routingKey: string, body: string): Promise<void> => {
      const client = await runAs(plane.cluster, apps, "outbox-relay", "send.py", `sends-${body}`, ["orders", routingKey, body]);
      expect(await client.finish()).toEqual([`sent ${body}`]);
    };
    const consume = async (name: string, program: string, args: readonly string[]): Promise<string[]> =>
      (await runAs(plane.cluster, apps, "order-intake", program, name, args)).finish();
    const messagesIn = async (queue: string): Promise<number | undefined> =>
      (await queuesOf(plane.cluster, data, plane.config.broker.vhost)).find(({ name }) => name === queue)?.messages;

    test("a message that fails is tried again after a pause, as often as its limit says, and parked", async () => {
      await send("order.inbound.test", "failing");
      const attempts = attemptsOf(await consume("fails", "give_back.py", ["orders.inbound", "reject", "100", "10"]));
      const { deliveryLimit = 0 } = plane.config.broker.queues["orders.inbound"] ?? {};
      expect(attempts.map(({ failed }) => failed)).toEqual(Array.from({ length: deliveryLimit + 1 }, (_, i) => i));
      const pauses = attempts.slice(1).map(({ at }, i) => at - (attempts[i]?.at ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThan(900);
      expect(Math.min(...pauses.slice(1))).toBeGreaterThan(1900);
      expect(await messagesIn("orders.inbound.parked")).toBe(1);
    });

    test("a message that was not begun comes back at once, and as often as it likes", async () => {
      await send("order.inbound.test", "waiting");
      const attempts = attemptsOf(await consume("waits", "give_back.py", ["orders.inbound", "nack", "40", "10"]));
      expect(attempts.map(({ failed, acquired }) => [failed, acquired])).toEqual(Array.from({ length: 40 }, (_, i) => [0, i]));
      expect(await messagesIn("orders.inbound")).toBe(0);
    });

    test("a message that can never be handled is parked at once", async () => {
      await send("order.inbound.test", "hopeless");
      expect(attemptsOf(await consume("refuses", "give_back.py", ["orders.inbound", "refuse", "100", "5"]))).toHaveLength(1);
      expect(await messagesIn("orders.inbound.parked")).toBe(2);
    });

    test.each(["orders.inbound", ORDERED])("a consumer of %s that was cancelled goes on with a new channel", async (queue) => {
      const name = queue.replace(".", "-");
      await send(queue === ORDERED ? ORDERED : "order.inbound.test", name);
      expect(await consume(`hangs-${name}`, "hang.py", [queue, "10"])).toEqual([
        `declared ${queue}`,
        `holds ${name}`,
        "cancelled",
        // The broker's doing is no failure of the message.
        `again ${name} 0 1`,
        // Nothing may be asked of what one has no right on.
        "refused 403",
      ]);
      expect(await messagesIn(queue)).toBe(0);
    });
  });

  describe("what the runbooks run in pods", () => {
    const commands = documentedCommands().filter(({ command }) => !NOT_HERE.some((one) => one.test(command)));

    test("does what it says", async () => {
      const failed: string[] = [];
      for (const { page, command } of commands) {
        const problem = await plane.shell(command).then(
          () => undefined,
          (error: unknown) => messageOf(error),
        );
        if (problem !== undefined) failed.push(`${page}: ${problem}`);
      }
      expect(failed).toEqual([]);
    });

    test("moves parked messages back into their queue", async () => {
      const { vhost } = plane.config.broker;
      await until("the shovel has moved them", async () => {
        const queues = await queuesOf(plane.cluster, data, vhost);
        const held = (name: string) => queues.find((queue) => queue.name === name)?.messages;
        return (
          (held("orders.inbound.parked") === 0 && held("orders.inbound") === 2) ||
          `${held("orders.inbound.parked") ?? "?"} parked, ${held("orders.inbound") ?? "?"} in the queue`
        );
      });
      const again = await runAs(plane.cluster, apps, "order-intake", "consume.py", "unparked", ["orders.inbound"]);
      expect((await again.finish()).sort()).toEqual(["failing", "hopeless"]);
    });
  });

  test("the nodes of the broker talk to each other over TLS, and to nobody without a certificate", async () => {
    // TLS 1.3 refuses a client after its handshake: the client has to stay until it is told.
    const said = await plane.shell(
      `kubectl -n ${data} exec ${brokerPod(0)} -c rabbitmq -- sh -c 'sleep 5 | openssl s_client -connect ` +
        `${brokerPod(1)}.broker-nodes.${data}:25672 -verify_return_error -CAfile /etc/mes/broker-nodes/ca.crt 2>&1 || true'`,
    );
    expect(said).toContain("Verification: OK");
    expect(said).toContain("alert certificate required");
  });

  test("the cache answers over TLS, to those with a password, and lets them do what they may", async () => {
    const client = await runAs(plane.cluster, apps, "dashboard", "cache.py", "cache-client");
    expect(await client.finish()).toEqual(["-NOAUTH", "+OK", "+OK", "value", "-NOPERM", "without TLS: closed"]);
  });

  test.each([
    ["cluster.postgresql.cnpg.io/postgres", { postgresql: { synchronous: { number: 9 } } }, "Invalid synchronous configuration"],
    ["queue.rabbitmq.com/orders.inbound", { durable: false }, 'admission webhook "vqueue.kb.io" denied'],
    ["clusterissuer/mes-ca", { selfSigned: {} }, 'admission webhook "webhook.cert-manager.io" denied'],
  ])("the webhook of %s refuses what is wrong", async (object, spec, reason) => {
    const patch = ["patch", object, "--type=merge", `--patch=${JSON.stringify({ spec })}`, "--dry-run=server"];
    await expect(plane.cluster.kubectl("-n", data, ...patch)).rejects.toThrow(reason);
  });

  test("a second `up` changes nothing", async () => {
    expect(named(changesOf(await plane.up()))).toEqual([]);
  });

  describe("when the primary is killed while a role writes", () => {
    test("writes go on within 60 s, and no acknowledged row is missing", async () => {
      const writer = await runAs(plane.cluster, apps, "order-intake", "write.sh", "writer");
      await until("the role writes", async () => acknowledged(await writer.lines()).numbers.size > 20);
      const { name } = plane.config.postgres;
      const { currentPrimary = "" } = await postgresStatus(plane.cluster, data, name);
      const before = acknowledged(await writer.lines()).numbers.size;
      await plane.cluster.kubectl("-n", data, "delete", "pod", currentPrimary, "--grace-period=0", "--force");
      await explained(plane.cluster, () =>
        until(
          "another instance is the primary and takes writes",
          async () => {
            const status = await postgresStatus(plane.cluster, data, name);
            const written = acknowledged(await writer.lines()).numbers.size;
            return (
              (status.currentPrimary !== currentPrimary && written > before + 20) ||
              `primary ${status.currentPrimary ?? ""}, ${written} written`
            );
          },
          { seconds: 120, everyMilliseconds: 500 },
        ),
      );
      const seen = acknowledged(await writer.finish());
      note(SUBJECT, "pause of writes while the primary was replaced", { seconds: seen.longestPause });
      expect(seen.longestPause).toBeLessThan(60);
      const rows = await query("SELECT aggregate_id FROM messaging.outbox");
      expect(missingOf(seen, rows.map(Number))).toEqual([]);
      await settled();
    });
  });

  describe("when a node of the broker is killed while a role publishes", () => {
    test("publishing goes on, and no confirmed message is missing", async () => {
      const publisher = await runAs(plane.cluster, apps, "outbox-relay", "publish.py", "publisher");
      await until("the role publishes", async () => acknowledged(await publisher.lines()).numbers.size > 100);
      const before = acknowledged(await publisher.lines()).numbers.size;
      await plane.cluster.kubectl("-n", data, "delete", "pod", brokerPod(1), "--grace-period=0", "--force");
      await explained(plane.cluster, () =>
        until(
          "messages are confirmed again",
          async () => {
            const confirmed = acknowledged(await publisher.lines()).numbers.size;
            return confirmed > before + 200 || `${confirmed} confirmed`;
          },
          { seconds: 120, everyMilliseconds: 500 },
        ),
      );
      await settled();
      const seen = acknowledged(await publisher.finish());
      note(SUBJECT, "pause of confirms while a node of the broker was away", { seconds: seen.longestPause });
      const consumer = await runAs(plane.cluster, apps, "order-intake", "consume.py", "consumer", ["orders.inbound"]);
      expect(missingOf(seen, (await consumer.finish()).map(Number))).toEqual([]);
    });
  });

  describe("when a node is drained", () => {
    test("it is not blocked, and neither database nor broker stops", async () => {
      const { name } = plane.config.postgres;
      const { currentPrimary = "" } = await postgresStatus(plane.cluster, data, name);
      const [primaryNode, storeNode] = [
        await nodeOf(plane, data, currentPrimary),
        await nodeOf(plane, data, `${OBJECT_STORE}-0`),
      ];
      // Not the node of the one store: a primary that cannot archive takes a minute to hand over, and S3 is not drained either.
      const node = (primaryNode === storeNode ? plane.cluster.nodes.find((one) => one !== storeNode) : primaryNode) ?? "";
      const writer = await runAs(plane.cluster, apps, "order-intake", "write.sh", "writer-in-drain");
      const publisher = await runAs(plane.cluster, apps, "outbox-relay", "publish.py", "publisher-in-drain");
      try {
        await explained(plane.cluster, () => figure(SUBJECT, "drain of a node", () => drain(plane, node)));
      } finally {
        await plane.cluster.kubectl("uncordon", node);
      }
      const wrote = acknowledged(await writer.finish());
      const published = acknowledged(await publisher.finish());
      note(SUBJECT, "pause of writes in a drain", { seconds: wrote.longestPause });
      note(SUBJECT, "pause of confirms in a drain", { seconds: published.longestPause });
      expect(wrote.longestPause).toBeLessThan(60);
      expect(published.longestPause).toBeLessThan(30);
      await settled();
    });
  });

  describe("when a setting is changed", () => {
    test("what reads it is rolled, once, and nothing else", async () => {
      const before = await podsOf(plane, data);
      const steps = await plane.up((config) => ({ ...config, cache: { ...config.cache, maxClients: 500 } }));
      expect(named(changesOf(steps)).filter((change) => !change.includes("ConfigMap"))).toEqual(["change Deployment cache"]);
      // Long enough for a second round, if anything asked for one.
      await sleep(5000);
      const after = await podsOf(plane, data);
      expect([...after].filter((pod) => !before.has(pod))).toEqual([expect.stringMatching(/^cache-/)]);
      expect([...before].filter((pod) => !after.has(pod))).toEqual([expect.stringMatching(/^cache-/)]);
    });
  });

  describe("when rows are lost", () => {
    test("a restore to the moment before brings them back", async () => {
      const { cluster } = plane;
      const { name } = plane.config.postgres;
      await explained(cluster, () =>
        until(
          "there is a base backup",
          async () => (await firstBackup(cluster, data)) === "completed" || firstBackup(cluster, data),
          {
            seconds: 180,
            everyMilliseconds: 1000,
          },
        ),
      );
      const kept = await query("SELECT count(*) FROM messaging.outbox");
      const [moment = ""] = await query(`SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
      await query("DELETE FROM messaging.outbox");
      const [segment = ""] = await query("SELECT pg_walfile_name(pg_switch_wal())");
      await explained(cluster, () =>
        until(
          "what tells of the loss is archived too",
          async () => {
            const [archived = ""] = await query("SELECT last_archived_wal FROM pg_stat_archiver");
            return archived >= segment || `${archived} is, ${segment} is not`;
          },
          { everyMilliseconds: 500 },
        ),
      );
      const restore = { from: { serverName: name }, targetTime: moment };
      await figure(SUBJECT, "up that restores the database", () =>
        // One instance: there is no room on the nodes for three more.
        plane.up((config) => ({
          ...config,
          postgres: { ...config.postgres, name: `${name}-restored`, restore, instances: 1, synchronousReplicas: 0 },
        })),
      );
      expect(await query("SELECT count(*) FROM messaging.outbox")).toEqual(kept);
      await settled();
    });
  });

  test("no operator has needed much of its memory", async () => {
    expect(scarceMemory(SUBJECT, await memoryOf(plane, plane.namespaces.operators))).toEqual([]);
  });
});

/** What each pod of a namespace has had at most, and may have. */
async function memoryOf({ cluster }: DataPlane, namespace: string): Promise<MemoryUse[]> {
  interface Pod {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly spec: {
      readonly containers: readonly { readonly resources?: { readonly limits?: { readonly memory?: string } } }[];
    };
    readonly status: { readonly phase: string };
  }
  const { items } = await cluster.api.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
  return items
    .filter(({ status }) => status.phase === "Running")
    .map(({ metadata, spec }) => ({
      name: metadata.name.replace(/-[0-9a-f]+-[0-9a-z]{5}$/, ""),
      peak: peakMemoryOfPod(metadata.uid),
      limit: spec.containers.reduce((sum, { resources }) => sum + parseBytes(resources?.limits?.memory ?? "0"), 0),
    }));
}

/** What give_back.py prints of a delivery: milliseconds, and the broker's counts of failed and of all attempts before it. */
function attemptsOf(lines: readonly string[]): { at: number; failed: number; acquired: number }[] {
  return lines.map((line) => {
    const [, at, failed, acquired] = /^delivery (\d+) \S+ (\d+) (\d+)$/.exec(line) ?? [];
    if (at === undefined) throw new Error(`not a delivery: ${line}`);
    return { at: Number(at), failed: Number(failed), acquired: Number(acquired) };
  });
}

/** How far the first base backup is. */
async function firstBackup({ api }: Cluster, namespace: string): Promise<string> {
  const { items } = await api.get<{ items: { status?: { phase?: string; error?: string } }[] }>(
    `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/backups`,
  );
  const [status] = items.map((backup) => backup.status);
  return [status?.phase ?? "not begun", ...(status?.error === undefined ? [] : [status.error])].join(": ");
}

/** Longer than the Cluster's `stopDelay`: an instance that hangs while it stops is killed then. */
const DRAIN_SECONDS = 360;

/** Empties a node of all but the clients. @throws Error when somebody blocks it */
async function drain({ cluster }: DataPlane, node: string): Promise<string> {
  const options = ["--ignore-daemonsets", "--delete-emptydir-data", `--pod-selector=!${CLIENT_LABEL}`];
  return cluster.kubectl("drain", node, ...options, `--timeout=${DRAIN_SECONDS}s`);
}

async function nodeOf({ cluster }: DataPlane, namespace: string, pod: string): Promise<string> {
  const { spec } = await cluster.api.get<{ spec: { nodeName: string } }>(`/api/v1/namespaces/${namespace}/pods/${pod}`);
  return spec.nodeName;
}

/** Names and identities of the pods that run. */
async function podsOf({ cluster }: DataPlane, namespace: string): Promise<Set<string>> {
  const { items } = await cluster.api.get<{ items: { metadata: { name: string; uid: string }; status: { phase: string } }[] }>(
    `/api/v1/namespaces/${namespace}/pods`,
  );
  return new Set(items.filter(({ status }) => status.phase === "Running").map(({ metadata: { name, uid } }) => `${name} ${uid}`));
}
