import type { Plan, Resource } from "../plan/plan";
import { listAt, numberAt, textAt } from "../kubernetes/value";

/* Buckets of Amazon S3, as a plan declares them. */

export const BUCKET = /^aws:s3\/bucket(?:V2)?:/;

/** The bucket of that name. */
export function bucketNamed(plan: Plan, bucket: string): Resource | undefined {
  return plan.resources.find(({ type, inputs }) => BUCKET.test(type) && textAt(inputs, "bucket") === bucket);
}

/** The part of a bucket that is a resource of its own, as its lifecycle or its versioning. */
export function bucketParts(plan: Plan, part: string, bucket: string): Resource[] {
  const type = new RegExp(`^aws:s3/${part}(?:V2)?:`);
  return plan.resources.filter((resource) => type.test(resource.type) && textAt(resource.inputs, "bucket") === bucket);
}

/** A rule of a lifecycle that takes objects away, or out of reach. */
export interface Expiry {
  readonly resource: Resource;
  readonly path: string;
  /** Age in days. */
  readonly days: number;
  /** Where they go, e.g. `GLACIER`; absent: they are deleted. */
  readonly to?: string;
}

/** Classes of storage that objects have to be brought back from before they can be read. */
const ARCHIVES = ["GLACIER", "DEEP_ARCHIVE"];

/** Rules that reach current objects below a prefix. */
export function expiries(plan: Plan, bucket: string, prefix: string): Expiry[] {
  return bucketParts(plan, "bucketLifecycleConfiguration", bucket).flatMap((resource) =>
    listAt(resource.inputs, "rules").flatMap((rule, i) => {
      if (textAt(rule, "status") === "Disabled") return [];
      const wanted = textAt(rule, "filter", "prefix") ?? textAt(rule, "filter", "and", "prefix") ?? textAt(rule, "prefix") ?? "";
      if (!prefix.startsWith(wanted) && !wanted.startsWith(prefix)) return [];
      const days = numberAt(rule, "expiration", "days");
      const moved = listAt(rule, "transitions").flatMap((transition, j) => {
        const to = textAt(transition, "storageClass");
        return to !== undefined && ARCHIVES.includes(to)
          ? [{ resource, path: `rules[${i}].transitions[${j}]`, days: numberAt(transition, "days") ?? 0, to }]
          : [];
      });
      return [...(days === undefined ? [] : [{ resource, path: `rules[${i}].expiration.days`, days }]), ...moved];
    }),
  );
}
