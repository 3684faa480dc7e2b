import { podFacts, shutdownOf } from "../../../../components/mes/role/shutdown";
import { role } from "../fixture";

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
    const { prefetch, handlingSeconds } = podFacts(consumer);
    expect(prefetch! * handlingSeconds!).toBeCloseTo(320);
  });

  it("waits for the gateway first and then for the longest request", () => {
    const server = role({ http: { requestTimeout: "30s" }, routes: [{ paths: ["/"], timeout: "2m" }] });
    expect(shutdownOf(server)).toEqual({ preStop: 10, drain: 120, linger: 30, grace: 10 + 120 + 30 + 10 });
  });

  it("has time for a batch of the relay", () => {
    const relay = role({ database: { access: "relay", poolSize: 1 }, publishes: ["orders"] });
    expect(shutdownOf(relay).drain).toBe(30);
    expect(shutdownOf(role({ database: { access: "readwrite", poolSize: 1 } })).drain).toBe(0);
  });

  it("takes the longest of messages, requests and what the role names itself", () => {
    const relay = role({ http: {}, consumes: [{ queue: "q", prefetch: 1 }], shutdown: { drain: "5m", margin: "20s" } });
    expect(shutdownOf(relay)).toMatchObject({ drain: 300, grace: 10 + 300 + 30 + 20 });
  });
});

describe("what pods say of themselves", () => {
  it("is nothing, where they hold neither connections nor messages", () => {
    expect(podFacts(role({}))).toEqual({});
  });

  it("is how many connections and messages they hold, and the mean time for one", () => {
    const busy = role({
      database: { access: "readwrite", poolSize: 5 },
      consumes: [
        { queue: "a", prefetch: 3, handlingTime: "1s" },
        { queue: "b", prefetch: 1, handlingTime: "5s" },
      ],
    });
    expect(podFacts(busy)).toEqual({ databaseConnections: 5, prefetch: 4, handlingSeconds: 2 });
  });
});
