import { nearest } from "../../../components/schema/did-you-mean";
import { hidden } from "../../kubernetes/validation/problem";
import type { KubeObject } from "../../kubernetes/objects";
import { brokerSettings } from "../../kubernetes/systems";
import { reporter, type Finding } from "../rule";
import { BROKER_SETTINGS } from "./broker-table";

const { error } = reporter("settings-fit");

/** What a setting takes, by its key; empty where any text may be right. */
const TAKES: ReadonlyMap<string, readonly string[]> = new Map(
  BROKER_SETTINGS.trim()
    .split("\n")
    .map((line) => line.split(" "))
    .map(([key = "", takes = ""]) => [key, takes === "" ? [] : takes.split("|")]),
);

const PATTERNS = [...TAKES.keys()].filter((key) => key.includes("$")).map((key) => ({ key, parts: key.split(".") }));

/** The key of the table that a setting goes by. */
function known(key: string): string | undefined {
  if (TAKES.has(key)) return key;
  const parts = key.split(".");
  return PATTERNS.find(
    (one) => one.parts.length === parts.length && one.parts.every((part, i) => part.startsWith("$") || part === parts[i]),
  )?.key;
}

const WHOLE = /^-?\d+$/;
const NUMBERS: Readonly<Record<string, { readonly form: RegExp; readonly least: number; readonly what: string }>> = {
  int: { form: WHOLE, least: -Infinity, what: "a whole number" },
  int0: { form: WHOLE, least: 0, what: "a whole number from 0" },
  int1: { form: WHOLE, least: 1, what: "a whole number from 1" },
  num: { form: /^-?\d+(?:\.\d+)?$/, least: -Infinity, what: "a number" },
};

function isTaken(value: string, takes: readonly string[]): boolean {
  return takes.some((one) => {
    const number = Object.hasOwn(NUMBERS, one) ? NUMBERS[one] : undefined;
    return number === undefined ? one === value : number.form.test(value) && Number(value) >= number.least;
  });
}

/** Settings that RabbitMQ does not know, or of values that it does not take: it does not start with any of them. */
export function unknownSettings(broker: KubeObject): Finding[] {
  return [...brokerSettings(broker)].flatMap(([key, value]) => {
    const report = (message: string) => [
      error(broker.resource, "spec.rabbitmq.additionalConfig", `${message}: no node of the broker starts`),
    ];
    const own = known(key);
    if (own === undefined) {
      const near = nearest(key, [...TAKES.keys()]);
      return report(`RabbitMQ has no setting ${key}; ${near === undefined ? "remove it" : `use ${near}`}`);
    }
    const takes = TAKES.get(own) ?? [];
    if (takes.length === 0 || value === "" || hidden(value) || value.startsWith("$(") || isTaken(value, takes)) return [];
    const all = takes.map((one) => NUMBERS[one]?.what ?? one);
    return report(`${key} is ${value}, and takes ${all.join(" or ")}`);
  });
}
