/** Annotation of each namespace with the name of the stack that has made it. */
export const STACK_ANNOTATION = "mes.platform/stack";

/** Namespaces of the platform, by what runs in them. */
export interface Namespaces {
  /** The roles of the MES. */
  readonly apps: string;
  /** Database, broker, cache, object store. */
  readonly data: string;
  /** Metrics, traces, logs and their pages. */
  readonly observability: string;
  /** Node-level agents, which Pod Security `restricted` would refuse. */
  readonly nodes: string;
  /** Operators that watch the others. */
  readonly operators: string;
}

export function namespaceNames(prefix: string): Namespaces {
  return {
    apps: prefix,
    data: `${prefix}-data`,
    observability: `${prefix}-observability`,
    nodes: `${prefix}-nodes`,
    operators: `${prefix}-operators`,
  };
}
