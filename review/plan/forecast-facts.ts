import { parseBytes, parseDuration } from "../../components/schema";
import type { StackConfig } from "../../stacks/config/schema";
import type { Facts } from "./plan";

/** What a stack file expects of the future. All times in seconds, all sizes in bytes. */
export interface ForecastFacts {
  readonly timezone: string;
  readonly lateAfter: number;
  /** An outage whose backlog has to be worked off. */
  readonly outage: number;
  readonly channels: readonly Channel[];
  readonly readers?: { readonly role: string; readonly people: number; readonly requestsPerMinute: number };
  readonly work: Readonly<Record<string, Work>>;
  /** File of prices, as the stack file names it. @default the project's own */
  readonly prices?: string;
}

/** Where orders come from. */
export interface Channel {
  readonly name: string;
  /** Orders of each hour of a day, from midnight on. */
  readonly hours: readonly number[];
  /** Times as many by day, from Monday on. */
  readonly days: readonly number[];
  /** At the beginning of each hour. */
  readonly peak?: { readonly factor: number; readonly length: number };
  readonly passes: readonly Pass[];
}

/** A role that an order passes. */
interface Pass {
  readonly role: string;
  /** Pieces of work that one order is for it. */
  readonly pieces: number;
}

/** What one piece of work takes. */
export interface Work {
  readonly seconds: number;
  /** Standard deviation of `seconds` divided by it. */
  readonly spread: number;
  /** Pieces that one pod works on at the same time. */
  readonly parallel: number;
  readonly cpuSeconds: number;
  readonly database?: {
    readonly calls: number;
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly walBytes?: number;
    readonly storedBytes?: number;
  };
  readonly messageBytes?: number;
  /** From the creation of a pod until it is ready. */
  readonly startup: number;
}

const HOURS = 24;

export function forecastFacts({ forecast }: Partial<StackConfig>): Pick<Facts, "forecast"> {
  if (forecast === undefined) return {};
  const { timezone, lateAfter, outage, channels, readers, work, prices } = forecast;
  return {
    forecast: {
      timezone,
      lateAfter: parseDuration(lateAfter),
      outage: parseDuration(outage),
      channels: Object.entries(channels).map(([name, { orders, week, peak, passes }]) => ({
        name,
        hours: typeof orders === "number" ? new Array<number>(HOURS).fill(orders) : orders,
        days: [week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun],
        ...(peak === undefined ? {} : { peak: { factor: peak.factor, length: parseDuration(peak.length) } }),
        passes,
      })),
      ...(readers === undefined ? {} : { readers }),
      work: Object.fromEntries(Object.entries(work).map(([role, one]) => [role, workOf(one)])),
      ...(prices === undefined ? {} : { prices }),
    },
  };
}

function workOf({ database, messageBytes, startup, ...rest }: NonNullable<StackConfig["forecast"]>["work"][string]): Work {
  const sized = <K extends string>(key: K, size: string | undefined) =>
    size === undefined ? {} : ({ [key]: parseBytes(size) } as Record<K, number>);
  return {
    ...rest,
    ...(database === undefined
      ? {}
      : {
          database: {
            calls: database.calls,
            seconds: database.seconds,
            cpuSeconds: database.cpuSeconds ?? database.seconds,
            ...sized("walBytes", database.walBytes),
            ...sized("storedBytes", database.storedBytes),
          },
        }),
    ...sized("messageBytes", messageBytes),
    startup: parseDuration(startup),
  };
}
