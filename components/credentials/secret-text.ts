import * as pulumi from "@pulumi/pulumi";
import { Secret } from "../schema/secret";

/** How a plan keeps what may be seen of a text; nothing where no plan is made. Takes the text, returns what stands for it. */
type Keep = (shown: string) => string;

let keep: Keep | undefined;

/**
 * A text that is secret to Pulumi (since it is part of a Secret, or has a secret in it) and of which a plan shows all but the secrets:
 * `secretText(([password]) => "https://mes:" + password + "@broker", [password])`.
 * @param render makes the text; in a plan of placeholders, never of the secrets
 * @param secrets what must never be seen. @default none: the whole text may be seen
 */
export function secretText(
  render: (secrets: readonly string[]) => string,
  secrets: readonly pulumi.Input<string>[] = [],
): pulumi.Output<string> {
  const placeholder = keep?.(render(secrets.map(() => Secret.PLACEHOLDER)));
  if (secrets.length === 0) return pulumi.secret(placeholder ?? render([]));
  return pulumi.secret(pulumi.all([...secrets]).apply((values) => placeholder ?? render(values)));
}

/**
 * Hands on what may be seen of each text from now on.
 * @returns ends it
 */
export function showSecretTexts(how: Keep): () => void {
  const before = keep;
  keep = how;
  return () => {
    keep = before;
  };
}
