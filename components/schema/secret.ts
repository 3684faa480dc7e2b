import { inspect } from "node:util";
import { z } from "zod";

/**
 * A secret of the stack configuration. The offline plan reads the encrypted file and never knows the value; a real run
 * gets it decrypted from the engine. Neither ever prints it.
 */
export class Secret {
  static readonly PLACEHOLDER = "[secret]";
  readonly #value: string | undefined;

  /** @param value the cleartext; absent when only the real run can decrypt it */
  constructor(value?: string) {
    this.#value = value;
  }

  /** The cleartext in a real run, a placeholder in the offline plan. Only ever hand it to `pulumi.secret`. */
  reveal(): string {
    return this.#value ?? Secret.PLACEHOLDER;
  }

  toJSON(): string {
    return Secret.PLACEHOLDER;
  }

  toString(): string {
    return Secret.PLACEHOLDER;
  }

  [inspect.custom](): string {
    return Secret.PLACEHOLDER;
  }
}

const EMPTY = "is a secret and is empty";

/** How a secret is written in a stack file. */
const encrypted = z.strictObject({ secure: z.string().min(1, EMPTY) }).describe("set with `pulumi config set --secret --path`");

/** A value that is stored encrypted: `{secure: "v1:…"}` in the stack file, a `Secret` where the engine has decrypted it. */
export const secret = z
  .union([encrypted, z.instanceof(Secret)], { error: ({ input }) => whyNone(input) })
  .transform((value) => (value instanceof Secret ? value : new Secret()));

function whyNone(input: unknown): string {
  if (typeof input !== "string") return "expected an encrypted value";
  return input === "" ? EMPTY : "is a secret and must not be here in plain text";
}

/** Whether a schema is the one that a secret of a stack file is held against: a branch of `secret`. */
export function isSecretSchema(schema: unknown): boolean {
  return schema === encrypted;
}
