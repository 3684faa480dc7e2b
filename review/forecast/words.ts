import { timeInWords } from "../kubernetes/sizes";

/** `2.1 ×`, and at most `99 ×`: nobody plans for more. */
export function times(factor: number): string {
  return factor > 99 ? "99 ×" : `${decimal(factor)} ×`;
}

export function seconds(time: number): string {
  if (!Number.isFinite(time)) return "∞";
  return time < 1 ? `${Math.round(time * 1000)} ms` : time < 120 ? `${decimal(time)} s` : timeInWords(Math.round(time));
}

export function decimal(number: number): string {
  return number >= 100 ? whole(number) : String(Math.round(number * 10) / 10);
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

/** Orders that are late: `none`, `fewer than 1`, `1,234`. */
export function lateInWords(orders: number): string {
  if (orders === 0) return "none";
  return orders < 0.5 ? "fewer than 1" : whole(orders);
}
