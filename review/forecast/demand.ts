import type { Channel, ForecastFacts } from "../plan/forecast-facts";
import { localTime, midnight, nextWeekday } from "./calendar";

/** Orders over a time. */
export interface Curve {
  /** What it is, for people: `the busiest day, Thursday 2026-11-26`. */
  readonly title: string;
  /** Seconds since 1970. */
  readonly begins: number;
  readonly seconds: number;
  /** Orders a second of a channel, so many seconds after the beginning; before it as at the beginning. */
  readonly rate: (channel: string, after: number) => number;
}

const HOUR = 3600;
const DAY = 86_400;
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Orders of a channel in an hour of a day of the week. */
function ordersInHour({ hours, days }: Channel, weekday: number, hour: number): number {
  return (hours[hour] ?? 0) * (days[weekday] ?? 1);
}

/** Orders a second: a peak at the beginning of the hour, and as much less in the rest of it. */
function rateAt(channel: Channel, weekday: number, second: number): number {
  const mean = ordersInHour(channel, weekday, Math.floor(second / HOUR)) / HOUR;
  const { peak } = channel;
  if (peak === undefined || peak.length >= HOUR) return mean;
  const share = Math.min(1, (peak.factor * peak.length) / HOUR);
  return second % HOUR < peak.length ? (mean * share * HOUR) / peak.length : (mean * (1 - share) * HOUR) / (HOUR - peak.length);
}

/** Day of the week (0 for Monday) with the most orders of all channels. */
export function busiestWeekday({ channels }: ForecastFacts): number {
  const totals = WEEKDAYS.map((_, weekday) => sum(channels.map(({ hours, days }) => sum(hours) * (days[weekday] ?? 1))));
  return totals.indexOf(Math.max(...totals));
}

export function ordersADay({ channels }: ForecastFacts, weekday: number): number {
  return sum(channels.map(({ hours, days }) => sum(hours) * (days[weekday] ?? 1)));
}

export function ordersAWeek(facts: ForecastFacts): number {
  return sum(WEEKDAYS.map((_, weekday) => ordersADay(facts, weekday)));
}

/** The forecast of the busiest day of the week, the next one from a date on. */
export function busiestDay(facts: ForecastFacts, today: string): Curve {
  const weekday = busiestWeekday(facts);
  const date = nextWeekday(today, weekday);
  const begins = midnight(date, facts.timezone);
  const channels = new Map(facts.channels.map((channel) => [channel.name, channel]));
  const first = localTime(facts.timezone, begins);
  return {
    title: `the busiest day, ${WEEKDAYS[weekday] ?? ""} ${date}`,
    begins,
    seconds: DAY,
    rate: (name, after) => {
      const channel = channels.get(name);
      // The clocks of this day: an hour that is left out, or comes twice, is none of the forecast's business.
      return channel === undefined ? 0 : rateAt(channel, first.weekday, Math.max(0, after) % DAY);
    },
  };
}

/** Pieces of work a second for a role. */
export interface Demand {
  /** In the mean of the busiest hour. */
  readonly hour: number;
  /** In its peak. */
  readonly peak: number;
  /** In the mean of a week. */
  readonly week: number;
}

/** What a role is asked for. Hours are those of the clocks: the busiest of all channels together. */
export function demandOf(facts: ForecastFacts, role: string): Demand {
  const { channels, readers } = facts;
  const readersRate = readers?.role === role ? (readers.people * readers.requestsPerMinute) / 60 : 0;
  const own = channels.map((channel) => ({
    channel,
    pieces: sum(channel.passes.flatMap((pass) => (pass.role === role ? pass.pieces : []))),
  }));
  const pieces = (rate: (channel: Channel) => number) => readersRate + sum(own.map((one) => one.pieces * rate(one.channel)));
  let [hour, peak, week] = [0, 0, 0];
  for (const [weekday] of WEEKDAYS.entries()) {
    for (let h = 0; h < 24; h += 1) {
      const mean = pieces((channel) => ordersInHour(channel, weekday, h) / HOUR);
      hour = Math.max(hour, mean);
      peak = Math.max(
        peak,
        pieces((channel) => rateAt(channel, weekday, h * HOUR)),
      );
      week += mean / (WEEKDAYS.length * 24);
    }
  }
  return { hour, peak, week };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
