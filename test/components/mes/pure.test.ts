import { podsWhileRolling, rolloutOf } from "../../../components/mes/pods";
import { factsOf, shutdownOf } from "../../../components/mes/shutdown";
import { brokerUsers, bucketUsers, databaseUsers, needCache } from "../../../components/mes/users";
import { environment } from "../../helpers/record";
import { role, roles, WHOLE } from "./fixture";

describe("how long a pod may take to stop", () => {
  it("has time for all messages that it has taken: prefetch times the time for one", () => {
    const consumer = role({ consumes: [{ queue: "q", prefetch: 20, handlingTime: "2s" }] });
    expect(shutdownOf(consumer)).toEqual({ preStop: 0, drain: 40, linger: 30, grace: 40 + 30 + 10 });
  });

  it("adds up several queues, because one thread may handle them all", () => {
    const consumer = role({
      consumes: [
        { queue: "a", prefetch: 20, handlingTime: "1s" },
        { queue: "b", prefetch: 1, handlingTime: "5m" },
      ],
    });
    expect(shutdownOf(consumer).drain).toBe(320);
    const { prefetch, handlingSeconds } = factsOf(consumer);
    expect(prefetch! * handlingSeconds!).toBeCloseTo(320);
  });

  it("waits for the gateway first and then for the longest request", () => {
    const server = role({ http: { requestTimeout: "30s" }, routes: [{ paths: ["/"], timeout: "2m" }] });
    expect(shutdownOf(server)).toEqual({ preStop: 10, drain: 120, linger: 30, grace: 10 + 120 + 30 + 10 });
  });

  it("takes the longest of messages, requests and what the role names itself", () => {
    const relay = role({ http: {}, consumes: [{ queue: "q", prefetch: 1 }], shutdown: { drain: "5m", margin: "20s" } });
    expect(shutdownOf(relay)).toMatchObject({ drain: 300, grace: 10 + 300 + 30 + 20 });
  });
});

describe("how many pods there are", () => {
  it.each([
    ["by load, with a quarter more while rolling", { scale: { min: 1, max: 10, cpu: 70 } }, 13],
    ["a fixed number", { replicas: 4 }, 5],
    ["two by default", {}, 3],
    ["one", { replicas: 1 }, 2],
    ["none, and none rolls", { replicas: 0 }, 0],
    ["a given surge", { replicas: 4, rollout: { maxSurge: 2, maxUnavailable: 0 } }, 6],
  ])("%s", (_, given, pods) => {
    expect(podsWhileRolling(role(given))).toBe(pods);
  });

  it("is never more with a GPU, which is seldom free", () => {
    const gpu = role({ gpu: {}, replicas: 3 });
    expect(rolloutOf(gpu)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(podsWhileRolling(gpu)).toBe(3);
  });
});

describe("users that the roles need", () => {
  const all = roles(WHOLE);

  it("have the access of their role and all of its pods", () => {
    expect(databaseUsers(all)).toEqual([
      { name: "order-intake", access: "readwrite", poolSize: 5, instances: 13 },
      { name: "order-api", access: "readwrite", poolSize: 8, instances: 10 },
      { name: "dashboard", access: "readonly", poolSize: 10, instances: 3 },
      { name: "outbox-relay", access: "relay", poolSize: 2, instances: 3 },
    ]);
    expect(brokerUsers(all)).toEqual([
      { name: "order-intake", consumes: ["orders.inbound"], publishes: [] },
      { name: "outbox-relay", consumes: [], publishes: ["orders"] },
    ]);
    expect(bucketUsers(all, environment()).map(({ name, buckets }) => [name, buckets])).toEqual([
      ["dashboard", { products: "read" }],
      ["pricing", { products: "read" }],
    ]);
    expect(needCache(all)).toBe(true);
  });

  it("are not there for a role that is switched off", () => {
    const off = roles({ a: { ...WHOLE.dashboard, enabled: false }, b: {} });
    expect(databaseUsers(off)).toEqual([]);
    expect(bucketUsers(off, environment())).toEqual([]);
    expect(needCache(off)).toBe(false);
  });
});
