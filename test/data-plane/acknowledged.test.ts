import { acknowledged, missingOf } from "./acknowledged";

const LINES = ["ack 1 1000", "failed 2 1200 ConnectionError: gone", "ack 2 4500", "ack 3 4600", "psql: error: closed"];

test("what was acknowledged, and the longest time without an answer", () => {
  expect(acknowledged(LINES)).toEqual({ numbers: new Set([1, 2, 3]), longestPause: 3.5 });
});

test("a client that got no answer any more waited until its end", () => {
  expect(acknowledged([...LINES, "failed 4 5000", "end 9600"]).longestPause).toBe(5);
});

test("a number that was acknowledged and is not there is missing; one that is there unacknowledged is not", () => {
  expect(missingOf(acknowledged(LINES), [1, 3, 4])).toEqual([2]);
});
