/**
 * For a Service whose pods are waited for elsewhere. Pulumi waits until a Service leads to a pod: it would time out where the
 * pods wait for a database that takes longer, and Services that wait take the places of the very Deployments they wait for.
 */
export const NOT_AWAITED: Readonly<Record<string, string>> = { "pulumi.com/skipAwait": "true" };
