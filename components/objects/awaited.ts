/**
 * For a custom resource whose operator says by the condition `Ready` that it has done what it asks for. Pulumi waits for it: `up` fails
 * where the operator refuses, and what depends on it does not begin too early.
 */
export const AWAITED_WHEN_READY: Readonly<Record<string, string>> = { "pulumi.com/waitFor": "condition=Ready" };
