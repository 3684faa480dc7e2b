import { nearest } from "../schema/did-you-mean";
import { FIXED_PARAMETERS } from "./fixed-parameters";
import { PARAMETER_TABLE } from "./parameter-table";

interface Parameter {
  readonly name: string;
  readonly type: string;
  /** Of a number: what it counts where its value has no unit, e.g. `8kB` or `ms`. */
  readonly unit?: string;
  readonly least?: number;
  readonly greatest?: number;
  /** Of an `enum`. */
  readonly words?: readonly string[];
}

/** Parameters of before that the server still takes. Source: map_old_guc_names in src/backend/utils/misc/guc.c */
const OLD_NAMES: Readonly<Record<string, string>> = {
  sort_mem: "work_mem",
  vacuum_mem: "maintenance_work_mem",
  ssl_ecdh_curve: "ssl_groups",
};

let table: ReadonlyMap<string, Parameter> | undefined;

/** The table, read when it is needed first. */
function parameters(): ReadonlyMap<string, Parameter> {
  table ??= new Map(PARAMETER_TABLE.trim().split("\n").map(parsed));
  return table;
}

function parsed(line: string): [string, Parameter] {
  const [name = "", type = "", ...rest] = line.split(" ");
  if (type === "enum") return [name.toLowerCase(), { name, type, words: (rest[0] ?? "").replaceAll("_", " ").split("|") }];
  if (type !== "int" && type !== "real") return [name.toLowerCase(), { name, type }];
  const [unit, least, greatest] = rest;
  const known = unit === "-" ? {} : { unit };
  return [name.toLowerCase(), { name, type, ...known, least: Number(least), greatest: Number(greatest) }];
}

/** Binary, as Postgres reads them, and case matters. Source: https://www.postgresql.org/docs/18/config-setting.html */
const BYTES: Readonly<Record<string, number>> = { B: 1, kB: 2 ** 10, "8kB": 2 ** 13, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1e3, min: 6e4, h: 3.6e6, d: 8.64e7 };

/**
 * Why the server or its operator refuses a parameter; undefined if both take it. The instance does not start with an unknown parameter or an
 * impossible value.
 */
export function parameterProblem(name: string, value: string): string | undefined {
  if (FIXED_PARAMETERS.has(name)) return "is set by the operator and cannot be changed here";
  // Those of extensions are not known here.
  if (name.includes(".")) return undefined;
  const known = parameters();
  const parameter = known.get((OLD_NAMES[name] ?? name).toLowerCase());
  if (parameter === undefined) {
    const meant = nearest(
      name,
      [...known.values()].map((one) => one.name),
    );
    return `is no parameter of PostgreSQL 18${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  }
  return valueProblem(parameter, value.trim());
}

/** `true`, `yes`, `on` and `1`, their opposites, and what begins like one of them alone. */
const BOOLEAN = /^(?:t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)$/i;

function valueProblem(parameter: Parameter, value: string): string | undefined {
  const { type, words, unit, least, greatest } = parameter;
  if (type === "fixed") return "can be read, and not set";
  if (type === "bool") return BOOLEAN.test(value) ? undefined : `is ${shown(value)}; expected on or off`;
  if (type === "enum") {
    const taken = words?.some((word) => word.toLowerCase() === value.toLowerCase()) === true;
    // Where `on` is one of the words, so are its other spellings.
    if (taken || (words?.includes("on") === true && /^(?:true|false|yes|no|1|0)$/i.test(value))) return undefined;
    return `is ${shown(value)}; expected ${words?.filter((word) => word !== "").join(", ") ?? ""}`;
  }
  if (type !== "int" && type !== "real") return undefined;
  const number = amount(value, unit);
  if (number === undefined) {
    const example = unit === undefined ? "a number" : unit in BYTES ? "a size, as 64MB" : "a time, as 30s";
    return `is ${shown(value)}; expected ${example}`;
  }
  // Numbers without a fraction are rounded before they are held against their range.
  const rounded = type === "int" ? Math.round(number) : number;
  if (rounded >= (least ?? rounded) && rounded <= (greatest ?? rounded)) return undefined;
  return `is ${value}, outside of ${least ?? ""} to ${greatest ?? ""}${unit === undefined ? "" : ` (in ${unit})`}`;
}

function shown(value: string): string {
  return value === "" ? "empty" : value;
}

/** A value in the unit of its parameter; undefined if it is not one. */
function amount(value: string, unit: string | undefined): number | undefined {
  const [, digits, given = ""] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x[\da-f]+)\s*([A-Za-z]*)$/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const number = /^0x/i.test(digits) ? Number.parseInt(digits, 16) : Number(digits);
  if (given === "") return number;
  const units = unit !== undefined && unit in BYTES ? BYTES : MILLISECONDS;
  const factor = units[given];
  const own = units[unit ?? ""];
  return factor === undefined || own === undefined || given === "8kB" ? undefined : (number * factor) / own;
}

/** Bytes of a parameter that is a size, as the server reads them: `"4096MB"`, or `"1000"` in the parameter's own unit. */
export function bytesOfParameter(name: string, value: string): number | undefined {
  const unit = parameters().get(name.toLowerCase())?.unit;
  const factor = unit === undefined ? undefined : BYTES[unit];
  const number = amount(value.trim(), unit);
  return factor === undefined || number === undefined ? undefined : number * factor;
}

/** Milliseconds of a parameter that is a time, as the server reads them: `"30s"`, or `"1000"` in the parameter's own unit. */
export function millisecondsOfParameter(name: string, value: string): number | undefined {
  const unit = parameters().get(name.toLowerCase())?.unit;
  const factor = unit === undefined ? undefined : MILLISECONDS[unit];
  const number = amount(value.trim(), unit);
  return factor === undefined || number === undefined ? undefined : number * factor;
}
