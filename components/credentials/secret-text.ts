import * as pulumi from "@pulumi/pulumi";
import { Secret } from "../schema/secret";

/** How a plan keeps what may be seen of a text; undefined if no plan is made. Takes the text, returns what stands for it. */
type Keep = (shown: string) => string;

let keep: Keep | undefined;

/** What stands for a text in a plan; undefined, and the text is not made, if there is no plan. */
const keptOf = (text: () => string) => (keep === undefined ? undefined : keep(text()));

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
  const placeholder = keptOf(() => render(secrets.map(() => Secret.PLACEHOLDER)));
  if (secrets.length === 0) return pulumi.secret(placeholder ?? render([]));
  return pulumi.secret(pulumi.all([...secrets]).apply((values) => placeholder ?? render(values)));
}

/** What a plan shows in the place of a value that only a run knows. */
const UNKNOWN = "[known after apply]";

/**
 * A text made of values that only a run knows, of which a plan shows all but these, so that rules and reviewers see the rest:
 * `partlyKnown(([arn]) => JSON.stringify(policyFor(arn)), [key.arn])`.
 * @param render makes the text; in a plan of placeholders
 */
export function partlyKnown(
  render: (values: readonly string[]) => string,
  values: readonly pulumi.Output<string>[],
): pulumi.Output<string> {
  const text = pulumi.all([...values]).apply(render);
  const token = keptOf(() => render(values.map(() => UNKNOWN)));
  return token === undefined ? text : inPlaceOf(text, token);
}

/** A known value with the dependencies of one that is not known. */
function inPlaceOf(output: pulumi.Output<string>, value: string): pulumi.Output<string> {
  const { allResources } = output as unknown as { allResources: () => Promise<Set<pulumi.Resource>> };
  const Known = pulumi.Output as unknown as new (
    resources: Set<pulumi.Resource>,
    value: Promise<string>,
    isKnown: Promise<boolean>,
    isSecret: Promise<boolean>,
    allResources: Promise<Set<pulumi.Resource>>,
  ) => pulumi.Output<string>;
  const resources = (output as unknown as { resources: () => Set<pulumi.Resource> }).resources();
  return new Known(resources, Promise.resolve(value), Promise.resolve(true), Promise.resolve(false), allResources.call(output));
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
