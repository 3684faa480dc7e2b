import { curveOf } from "../../../review/forecast/curve";
import { UsageError } from "../../../review/errors";
import { channel, model, role } from "./models";

const { facts } = model([role("intake")], {
  timezone: "Europe/Berlin",
  channels: [channel("crm", ["intake"]), channel("partners", ["intake"])],
});
const read = (...lines: string[]) => curveOf("day.csv", lines.join("\n"), facts, "2026-11-26");

function mistakes(...lines: string[]): string {
  try {
    read(...lines);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "none";
}

test("orders of each line come evenly until the next; the last lasts as long as the one before it", () => {
  const curve = read("time,crm,partners", "2026-11-26T08:00,120,30", "2026-11-26T08:15,90,0", "");
  expect(new Date(curve.begins * 1000).toISOString()).toBe("2026-11-26T07:00:00.000Z");
  expect(curve.seconds).toBe(1800);
  expect([0, 899, 900, 1799, 1800].map((at) => curve.rate("crm", at) * 900)).toEqual([120, 120, 90, 90, 0]);
  expect([0, 900].map((at) => curve.rate("partners", at) * 900)).toEqual([30, 0]);
});

test("before the curve it is as at its beginning, a channel that it does not name has no orders", () => {
  const curve = read("time,crm", "08:00,60", "08:01,0");
  expect([-3600, 0].map((at) => curve.rate("crm", at))).toEqual([1, 1]);
  expect(curve.rate("partners", 0)).toBe(0);
});

test("spaces, a byte order mark and line ends of Windows are no mistakes", () => {
  expect(mistakes("\uFEFFtime, crm\r", "08:00 , 60\r", "08:01,0\r")).toBe("none");
});

test.each<[string, string[], string]>([
  ["nothing", [""], "day.csv:1:1: expected a line of names first, as time,crm,partners"],
  ["no names", ["08:00,1", "08:15,2"], "day.csv:1:1: expected a line of names first, as time,crm,partners"],
  [
    "semicolons",
    ["time;crm", "08:00;1"],
    "day.csv:1:1: expected a line of names first, as time,crm,partners; values are separated by commas",
  ],
  ["another channel", ["time,crn", "08:00,1", "08:15,2"], 'day.csv:1:6: mes:forecast has no channel "crn"; did you mean crm?'],
  ["a channel twice", ["time,crm,crm", "08:00,1,1", "08:15,2,1"], 'day.csv:1:10: "crm" is there twice'],
  [
    "no time",
    ["time,crm", "8 o'clock,1", "08:15,2"],
    'day.csv:2:1: "8 o\'clock" is no time; write it as 08:15 or 2026-11-26T08:15',
  ],
  [
    "no such day",
    ["time,crm", "2026-02-30T08:00,1", "2026-03-01T08:15,2"],
    'day.csv:2:1: "2026-02-30T08:00" is no time; write it as 08:15 or 2026-11-26T08:15',
  ],
  ["no number", ["time,crm", "08:00,1", "08:15, many"], 'day.csv:3:8: "many" is no number of orders; write it as 120'],
  ["less than nothing", ["time,crm", "08:00,-1", "08:15,2"], 'day.csv:2:7: "-1" is no number of orders; write it as 120'],
  ["too many values", ["time,crm", "08:00,1,2", "08:15,2"], "day.csv:2:1: has 3 values; the first line names 2"],
  ["one line", ["time,crm", "08:00,1"], "day.csv:2:1: a curve needs two lines of orders, or more"],
])("%s", (_, lines, expected) => {
  expect(mistakes(...lines)).toContain(expected);
});

test("times that do not follow each other", () => {
  const told = mistakes("time,crm", "23:45,1", "00:00,2");
  expect(told).toBe(
    'day.csv:3:1: "00:00" does not come after the line before it; sort the lines, and give times of several days their date',
  );
});

test("all mistakes at once, and no thousand of them", () => {
  const told = mistakes("time,crm", ...Array.from({ length: 100 }, () => "x,y")).split("\n");
  expect(told).toHaveLength(21);
  expect(told.at(-1)).toBe("and 180 more mistakes");
});
