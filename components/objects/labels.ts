/**
 * The recommended labels of Kubernetes.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export const PART_OF = "mes";

/** Labels that select pods. They can never change, so no version and no image may be among them. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": PART_OF };
}

/** Labels of an object. */
export function objectLabels(name: string, component: string): Record<string, string> {
  return { ...selectorLabels(name), "app.kubernetes.io/component": component, "app.kubernetes.io/managed-by": "pulumi" };
}
