import { setTimeout as sleep } from "node:timers/promises";
import { repeat } from "./repeat";
import { until } from "./until";

it("goes on after a round that failed", async () => {
  let rounds = 0;
  const end = repeat(() => Promise.reject(new Error(`round ${++rounds}`)), 1);
  await until("it ran three times", () => rounds >= 3);
  await end();
});

it("ends after the round that is under way, and starts no other", async () => {
  let begun = 0;
  let ended = 0;
  const end = repeat(async () => {
    begun++;
    await sleep(20);
    ended++;
  }, 1);
  await until("a round is under way", () => begun > ended);
  await end();
  const rounds = ended;
  expect(begun).toBe(rounds);
  await sleep(20);
  expect(begun).toBe(rounds);
});
