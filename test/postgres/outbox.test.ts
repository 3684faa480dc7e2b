import { migrationFolder, prepareDatabase, runScript } from "./migrated";
import { startServer, type Server } from "./server";
import type { Session } from "./session";

let server: Server;
const as = (user: string, sql: string) => server.query(sql, user, "mes");
const asOwner = (sql: string) => as("mes_owner", sql);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeAll(async () => {
  server = await startServer();
  await prepareDatabase(server);
  const { code, output } = await runScript(server, migrationFolder(server));
  if (code !== 0) throw new Error(output);
  // What the broker has taken, in its order, written outside of the relay's transaction as a broker would.
  await asOwner("CREATE TABLE published (nr bigserial, id uuid, aggregate_id text, number int, by_worker text)");
  await asOwner("GRANT INSERT ON published TO mes_relay; GRANT USAGE ON published_nr_seq TO mes_relay");
});
beforeEach(() => asOwner("TRUNCATE messaging.outbox, messaging.inbox, published"));
afterEach(() => server.disconnect());
afterAll(() => server.stop());

const insert = (aggregate: string, number: number) =>
  `INSERT INTO messaging.outbox (aggregate_type, aggregate_id, event_type, exchange, routing_key, payload, headers)
   VALUES ('order', '${aggregate}', 'order.accepted', 'orders', 'accepted', '{"number": ${number}}', '{"traceparent": "00-1"}')`;

/** A relay as docs/operations/postgres.md describes it: claim, publish, confirm, mark, commit; until told to stop. */
async function relay(name: string, done: () => boolean, options: { dieAfterPublishing?: boolean } = {}): Promise<void> {
  const database = await server.session("outbox_relay", "mes");
  const broker = await server.session("outbox_relay", "mes");
  while (!done()) {
    await database.query("BEGIN");
    const claimed = await database.query("SELECT id, aggregate_id, payload ->> 'number' FROM messaging.claim(10)");
    const messages = claimed.map((row) => row.split("|"));
    for (const [id, aggregate, number] of messages) {
      await broker.query(
        `INSERT INTO published (id, aggregate_id, number, by_worker) VALUES ('${id}', '${aggregate}', ${number}, '${name}')`,
      );
    }
    if (options.dieAfterPublishing && messages.length > 0) break;
    if (messages.length > 0) {
      await database.query(`SELECT messaging.mark_sent(ARRAY[${messages.map(([id]) => `'${id}'`).join(",")}]::uuid[])`);
    }
    await database.query("COMMIT");
    if (messages.length === 0) await pause(10);
  }
  database.kill();
  broker.kill();
}

async function untilEmpty(): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if ((await asOwner("SELECT pending FROM messaging.outbox_state"))[0] === "0") return;
    await pause(50);
  }
  throw new Error("messages are left in the outbox");
}

describe("two relays and four writers", () => {
  it("send every message once, and those of an order in its order", async () => {
    const orders = ["a", "b", "c", "d", "e"];
    const each = 40;
    let stopped = false;
    const relays = ["one", "two"].map((name) => relay(name, () => stopped));
    // Writers of the same orders at the same time: the number within an order is given under the lock of its row, as the MES does.
    await asOwner("CREATE TABLE orders (id text PRIMARY KEY, number int NOT NULL DEFAULT 0)");
    await asOwner(`INSERT INTO orders (id) SELECT unnest(ARRAY['${orders.join("','")}'])`);
    const write = async (writer: Session) => {
      for (let i = 0; i < (orders.length * each) / 4; i++) {
        const order = orders[i % orders.length]!;
        await writer.query("BEGIN");
        const [number] = await writer.query(`UPDATE orders SET number = number + 1 WHERE id = '${order}' RETURNING number`);
        await writer.query(insert(order, Number(number)));
        // One in ten is rolled back: it must never be sent.
        await writer.query(i % 10 === 9 ? "ROLLBACK" : "COMMIT");
      }
      writer.kill();
    };
    const writers = [1, 2, 3, 4].map(async () => write(await server.session("order_intake", "mes")));
    await Promise.all(writers);
    await untilEmpty();
    stopped = true;
    await Promise.all(relays);

    const written = orders.length * each * 0.9;
    expect(await asOwner("SELECT count(*) FROM messaging.outbox")).toEqual([`${written}`]);
    expect(await asOwner("SELECT count(*), count(DISTINCT id) FROM published")).toEqual([`${written}|${written}`]);
    expect(
      await asOwner(
        "SELECT count(*) FROM (SELECT number - lag(number) OVER (PARTITION BY aggregate_id ORDER BY nr) AS step FROM published) s WHERE step <> 1",
      ),
    ).toEqual(["0"]);
    expect(await asOwner("SELECT count(DISTINCT by_worker) FROM published")).toEqual(["2"]);
  });
});

describe("a relay that dies between sending and marking", () => {
  it("sends the message again with the same id, and the inbox lets it through once", async () => {
    await as("order_intake", insert("a", 1));
    await relay("dying", () => false, { dieAfterPublishing: true });
    let stopped = false;
    const successor = relay("successor", () => stopped);
    await untilEmpty();
    stopped = true;
    await successor;

    const ids = await asOwner("SELECT id FROM published ORDER BY nr");
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
    const accepted = [];
    for (const id of ids)
      accepted.push(...(await as("order_intake", `SELECT messaging.accept('order-intake', '${id}', 'order.accepted')`)));
    expect(accepted).toEqual(["t", "f"]);
  });
});

describe("a message", () => {
  it("gets its place in the order of commits: a second writer for the same order waits for the first", async () => {
    const [first, second, other] = await Promise.all([1, 2, 3].map(() => server.session("order_intake", "mes")));
    await first!.query("BEGIN");
    await first!.query(insert("a", 1));
    let waited = true;
    const waiting = second!.query(insert("a", 2)).then(() => (waited = false));
    // Another order does not wait.
    await other!.query(insert("b", 1));
    await pause(200);
    expect(waited).toBe(true);
    await first!.query("COMMIT");
    await waiting;
    expect(await asOwner("SELECT payload ->> 'number' FROM messaging.outbox WHERE aggregate_id = 'a' ORDER BY position")).toEqual(
      ["1", "2"],
    );
    for (const session of [first, second, other]) session!.kill();
  });

  it("is not skipped when an earlier one of its order is held by another relay", async () => {
    for (const number of [1, 2]) await as("order_intake", insert("a", number));
    await as("order_intake", insert("b", 1));
    const [one, two] = await Promise.all([1, 2].map(() => server.session("outbox_relay", "mes")));
    const claim = "SELECT aggregate_id || (payload ->> 'number') FROM messaging.claim(1)";
    await one!.query("BEGIN");
    await two!.query("BEGIN");
    expect(await one!.query(claim)).toEqual(["a1"]);
    expect(await two!.query(claim)).toEqual(["b1"]);
    expect(await two!.query(claim.replace("claim(1)", "claim(10)"))).toEqual(["b1"]);
    one!.kill();
    two!.kill();
  });

  it("that cannot be sent is tried later and later, then given up, and holds back only its own order", async () => {
    for (const [aggregate, number] of [
      ["a", 1],
      ["a", 2],
      ["b", 1],
    ] as const)
      await as("order_intake", insert(aggregate, number));
    const [id] = await asOwner("SELECT id FROM messaging.outbox WHERE aggregate_id = 'a' ORDER BY position LIMIT 1");
    const claimable = () => as("outbox_relay", "SELECT aggregate_id FROM messaging.claim(10)");
    await as("outbox_relay", `SELECT messaging.mark_failed('${id}', 'no route', 2)`);
    expect(
      await asOwner(
        `SELECT attempts, last_error, available_at > now() + interval '1 second' FROM messaging.outbox WHERE id = '${id}'`,
      ),
    ).toEqual(["1|no route|t"]);
    expect(await claimable()).toEqual(["b"]);
    await as("outbox_relay", `SELECT messaging.mark_failed('${id}', 'no route', 2)`);
    expect(await claimable()).toEqual(["b"]);
    expect(await asOwner("SELECT pending, dead, blocked FROM messaging.outbox_state")).toEqual(["1|1|1"]);
    expect(await as("outbox_relay", `SELECT messaging.requeue('${id}')`)).toEqual(["1"]);
    expect(await claimable()).toEqual(["a", "b"]);
  });

  it("is handled once, when two deliveries come at the same time", async () => {
    const id = "7f1c0de0-0000-4000-8000-000000000003";
    const accept = `SELECT messaging.accept('order-intake', '${id}')`;
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => server.session("order_intake", "mes")));
    await one!.query("BEGIN");
    expect(await one!.query(accept)).toEqual(["t"]);
    const second = two!.query(accept);
    // The first handler fails: the second delivery is the first one then.
    await one!.query("ROLLBACK");
    expect(await second).toEqual(["t"]);
    expect(await three!.query(accept)).toEqual(["f"]);
    // Another consumer handles it for itself.
    expect(await three!.query(accept.replace("order-intake", "dashboard"))).toEqual(["t"]);
    for (const session of [one, two, three]) session!.kill();
  });

  it("is deleted when it need not be kept, and never before it was sent", async () => {
    for (const number of [1, 2, 3]) await as("order_intake", insert("a", number));
    await asOwner("UPDATE messaging.outbox SET sent_at = now() - interval '2 days' WHERE payload ->> 'number' = '1'");
    await asOwner("UPDATE messaging.outbox SET sent_at = now() - interval '2 hours' WHERE payload ->> 'number' = '2'");
    await asOwner(
      "INSERT INTO messaging.inbox (consumer, message_id, received_at, last_seen_at) SELECT 'x', gen_random_uuid(), now() - d, now() - d FROM unnest(ARRAY[interval '8 days', interval '1 day']) d",
    );
    const day = 86_400;
    const { code, output } = await runScript(server, migrationFolder(server), "purge.sh", {
      KEEP_OUTBOX: String(day),
      KEEP_INBOX: String(7 * day),
      BATCH: "1",
    });
    expect(output).toBe("deleted (outbox, inbox): 1 1\ndeleted (outbox, inbox): 0 0\n");
    expect(code).toBe(0);
    expect(await asOwner("SELECT count(*) FROM messaging.outbox")).toEqual(["2"]);
    expect(await asOwner("SELECT count(*) FROM messaging.inbox")).toEqual(["1"]);
  });
});
