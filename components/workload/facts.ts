/**
 * Facts about a program that only its configuration knows. They stand as annotations on its pods, for the people who look
 * at a pod and for the rules of `mes plan`, which check them against the rest of the platform.
 */
export const POD_FACTS = {
  /** Connections to the database that one pod holds at most. */
  databaseConnections: "mes.platform/database-connections",
  /** Messages that one pod has fetched from the broker and not yet acknowledged, at most. */
  prefetch: "mes.platform/prefetch",
  /** Seconds that handling one message takes at most. */
  handlingSeconds: "mes.platform/handling-seconds",
} as const;

export interface PodFacts {
  readonly databaseConnections?: number;
  readonly prefetch?: number;
  readonly handlingSeconds?: number;
}

/** The annotations that carry the facts. */
export function factAnnotations(facts: PodFacts): Record<string, string> {
  return Object.fromEntries(
    (Object.keys(POD_FACTS) as (keyof typeof POD_FACTS)[]).flatMap((fact) => {
      const value = facts[fact];
      return value === undefined ? [] : [[POD_FACTS[fact], String(value)]];
    }),
  );
}
