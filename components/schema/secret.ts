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

let decrypted = false;

/** Runs a parse of values that the engine has decrypted: there a secret is a plain string, in a stack file it never is. */
export function parsingDecrypted<T>(parse: () => T): T {
  decrypted = true;
  try {
    return parse();
  } finally {
    decrypted = false;
  }
}

const PLAIN_TEXT = "is a secret and must not be here in plain text: set it with `pulumi config set --secret --path`";

const EMPTY = "is a secret and is empty: set it with `pulumi config set --secret --path`";

/** How a secret is written in a stack file. */
const encrypted = z.strictObject({ secure: z.string().min(1, EMPTY) }).describe("set with `pulumi config set --secret --path`");

/** A value that is stored encrypted: `{secure: "v1:…"}` in the stack file. */
export const secret = z
  .union([encrypted, z.string().min(1, EMPTY)], "expected an encrypted value: set it with `pulumi config set --secret --path`")
  .superRefine((value, context) => {
    if (typeof value === "string" && !decrypted) context.addIssue({ code: "custom", message: PLAIN_TEXT });
  })
  .transform((value) => (typeof value === "string" ? new Secret(value) : new Secret()));

/** Whether a schema is the one that a secret of a stack file is held against: a branch of `secret`. */
export function isSecretSchema(schema: unknown): boolean {
  return schema === encrypted;
}
