import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type ApiClient } from "./api";
import { reconcile, type Stored } from "./reconcile";
import { until } from "./until";

interface Counter extends Stored {
  readonly value: number;
}

/** An API server that tells of a change whenever the test says so. */
function changing(): { api: ApiClient; change: (name: string, value: number) => void } {
  const told: ((event: { type: string; object: Counter }) => void)[] = [];
  const follow: ApiClient["follow"] = (_path, signal, seen) => {
    told.push(seen as (event: object) => void);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  };
  const change = (name: string, value: number): void => {
    const object = { apiVersion: "v1", kind: "Counter", metadata: { name, uid: name }, value };
    for (const tell of told) tell({ type: "MODIFIED", object });
  };
  return { api: { follow } as unknown as ApiClient, change };
}

/** An act that takes a while, and on which values it has begun and ended. */
function slow() {
  const [begun, ended]: [number[], number[]] = [[], []];
  const act = async ({ value }: Counter): Promise<void> => {
    begun.push(value);
    await sleep(20);
    ended.push(value);
  };
  return { begun, ended, act };
}

it("does one thing at a time on an object, and the next with what it is by then", async () => {
  const { api, change } = changing();
  const { begun, ended, act } = slow();
  const end = reconcile<Counter>(api, "/counters", act);
  for (const value of [1, 2, 3]) change("one", value);
  await until("both are done", () => ended.length === 2);
  expect(begun).toEqual([1, 3]);
  await end();
});

it("tries again what failed", async () => {
  const { api, change } = changing();
  let tries = 0;
  const end = reconcile<Counter>(api, "/counters", () => Promise.reject(new Error(`${++tries}`)));
  change("one", 1);
  await until("it was tried three times", () => tries >= 3);
  await end();
});

it("does no more for an object that is gone", async () => {
  const { api, change } = changing();
  let tries = 0;
  const end = reconcile<Counter>(api, "/counters", () => {
    tries++;
    return Promise.reject(new ApiError(404, "NotFound", "gone", []));
  });
  change("one", 1);
  await sleep(250);
  await end();
  expect(tries).toBe(1);
});

it("ends after the act that is under way, and begins no other", async () => {
  const { api, change } = changing();
  const { begun, ended, act } = slow();
  const end = reconcile<Counter>(api, "/counters", act);
  change("one", 1);
  change("one", 2);
  await end();
  expect({ begun, ended }).toEqual({ begun: [1], ended: [1] });
  await sleep(50);
  expect(begun).toEqual([1]);
});
