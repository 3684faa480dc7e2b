import { timeZones } from "../../../components/autoscaling/time-zones";
import { scaleConfig } from "../../../components/autoscaling/config";

const isRight = (timezone: string) =>
  scaleConfig.safeParse({ min: 1, max: 2, schedule: [{ start: "0 6 * * *", end: "0 8 * * *", timezone, replicas: 2 }] }).success;

describe("time zones of a schedule", () => {
  it("are all those that Node.js knows, which a user may have looked up", () => {
    for (const zone of Intl.supportedValuesOf("timeZone")) expect([zone, isRight(zone)]).toEqual([zone, true]);
  });

  it("are no others: Node.js, which does not look at upper and lower case, knows nearly all of them too", () => {
    const unknown = [...timeZones()].filter((zone) => {
      try {
        new Intl.DateTimeFormat("en", { timeZone: zone });
        return false;
      } catch {
        return true;
      }
    });
    // Zones that are newer than the oldest Node.js.
    expect(unknown.length).toBeLessThan(5);
    expect(timeZones().size).toBeGreaterThan(590);
  });

  it.each([
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Calcutta",
    "Etc/GMT+1",
    "US/Pacific",
    "EST5EDT",
    "America/Argentina/Buenos_Aires",
  ])("are right: %s", (zone) => {
    expect(isRight(zone)).toBe(true);
  });

  it.each([
    "",
    "utc",
    "europe/berlin",
    "EUROPE/BERLIN",
    "Europe/Berln",
    "MESZ",
    "+01:00",
    "GMT+1",
    "Local",
    "Factory",
    "posix/UTC",
    "../UTC",
  ])("are wrong: %j", (zone) => {
    expect(isRight(zone)).toBe(false);
  });
});
