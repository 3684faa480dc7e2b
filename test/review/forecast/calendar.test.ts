import { localTime, midnight, nextWeekday, openTimes } from "../../../review/forecast/calendar";

const at = (time: string) => Date.parse(time) / 1000;

test("clocks of a zone, in winter and in summer", () => {
  expect(localTime("Europe/Berlin", at("2026-11-26T23:30:00Z"))).toEqual({ weekday: 4, second: 1800 });
  expect(localTime("Europe/Berlin", at("2026-07-01T23:30:00Z"))).toEqual({ weekday: 3, second: 5400 });
  expect(localTime("Asia/Kathmandu", at("2026-11-26T00:00:00Z"))).toEqual({ weekday: 3, second: 20_700 });
});

test.each([
  ["2026-11-26", "Europe/Berlin", "2026-11-25T23:00:00Z"],
  ["2026-07-01", "Europe/Berlin", "2026-06-30T22:00:00Z"],
  // The nights in which the clocks change.
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z"],
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z"],
])("midnight of %s in %s", (date, zone, utc) => {
  expect(midnight(date, zone)).toBe(at(utc));
});

test("the next such day, today among them", () => {
  expect([3, 4, 0].map((weekday) => nextWeekday("2026-11-26", weekday))).toEqual(["2026-11-26", "2026-11-27", "2026-11-30"]);
});

describe("a window from 6:30 to 10:00 on working days", () => {
  const window = { start: "30 6 * * 1-5", end: "0 10 * * 1-5", timezone: "Europe/Berlin" };
  const isOpen = openTimes(window, at("2026-11-26T00:00:00Z"), 7 * 86_400);

  test.each([
    ["2026-11-26T05:29:00Z", false],
    ["2026-11-26T05:30:00Z", true],
    ["2026-11-26T08:59:59Z", true],
    ["2026-11-26T09:00:00Z", false],
    // Saturday
    ["2026-11-28T07:00:00Z", false],
    ["2026-11-30T07:00:00Z", true],
  ])("%s: %s", (time, open) => {
    expect(isOpen(at(time))).toBe(open);
  });
});

test("a window over midnight", () => {
  const isOpen = openTimes({ start: "0 22 * * *", end: "0 2 * * *", timezone: "UTC" }, at("2026-11-26T00:00:00Z"), 86_400);
  expect(["01:00", "03:00", "23:00"].map((time) => isOpen(at(`2026-11-26T${time}:00Z`)))).toEqual([true, false, true]);
});
