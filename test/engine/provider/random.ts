import { randomInt } from "node:crypto";
import { differences } from "./differences";
import { revealed, secret, type Properties } from "./properties";
import type { TestProvider } from "./serve";

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A test provider that stands for the plug-in `random`: passwords that are random, and stay as they are until an input changes. */
export function randomProvider(): TestProvider {
  return {
    configure: () => undefined,
    check: (_, { type }) => (type.endsWith(":RandomPassword") ? [] : [`the test provider makes no ${type}`]),
    diff: (old, inputs) => {
      const changes = differences(revealed(old.inputs), revealed(inputs));
      return { changes, replaces: changes, deleteBeforeReplace: false };
    },
    create: (inputs, { preview }) =>
      Promise.resolve(
        preview ? { id: "", outputs: inputs } : { id: "none", outputs: { ...inputs, result: secret(password(inputs)) } },
      ),
    update: (old) => Promise.resolve(old.outputs),
    read: (old) => Promise.resolve(old),
    delete: () => Promise.resolve(),
  };
}

function password({ length }: Properties): string {
  return Array.from({ length: Number(length) }, () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]).join("");
}
