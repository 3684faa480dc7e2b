import { createHash } from "node:crypto";

/** First eight hexadecimal digits of a text's SHA-256, for names that change with a content. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
