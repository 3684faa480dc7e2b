import { duration, parseDuration, positiveDuration } from "../../../components/schema";

describe("a duration", () => {
  it.each([
    ["30s", 30],
    ["5m", 300],
    ["1h30m", 5400],
    ["14d", 1_209_600],
    ["1d2h3m4s", 93_784],
    ["0s", 0],
    ["90m", 5400],
  ])("%s is %d seconds", (text, seconds) => {
    expect(duration.parse(text)).toBe(text);
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "30", "s", "1 h", "1w", "1m1h", "1.5h", "-1s", "2 days", "1H", "10ms", "1h 30m", 30, null, ["30s"]])(
    "is not %p",
    (value) => {
      expect(duration.safeParse(value).success).toBe(false);
      if (typeof value === "string") expect(() => parseDuration(value)).toThrow(RangeError);
    },
  );
});

describe("a duration of at least a second", () => {
  it.each(["1s", "10m", "1d0s"])("may be %s", (text) => {
    expect(positiveDuration.safeParse(text).success).toBe(true);
  });

  it.each(["0s", "0d0h0m0s", "00m", "", "soon"])("is not %p", (text) => {
    expect(positiveDuration.safeParse(text).success).toBe(false);
  });
});
