import { entryOf } from "./value";

/** Bytes as people say them: `12 GiB`, `1.5 GiB`, `512 MiB`. */
export function inWords(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Math.round(value * 10) / 10} ${units[unit] ?? ""}`;
}

/** Cores as people say them: `468`, `0.5`. */
export function coresInWords(cores: number): string {
  return String(Math.round(cores * 100) / 100);
}

const RABBITMQ_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
  t: 2 ** 40,
  tib: 2 ** 40,
  tb: 1e12,
};

/** Bytes as RabbitMQ reads them. Source: https://www.rabbitmq.com/docs/memory#configuring-absolute-threshold */
export function rabbitmqBytes(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? [];
  const factor = entryOf(RABBITMQ_UNITS, unit.toLowerCase());
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** Seconds as people say them: `40 s`, `5 min`, `1.5 h`, `7 d`. */
export function timeInWords(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
  ];
  const [size, unit] = units.find(([one]) => seconds >= 2 * one || seconds === one) ?? [1, "s"];
  return `${Math.round((seconds / size) * 10) / 10} ${unit}`;
}
