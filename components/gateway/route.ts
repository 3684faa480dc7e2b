import type { Endpoint } from "../network/connection";

/** Paths of the gateway that lead to a Service: of a role, or of a page of the platform. */
export interface Route {
  /** Name of the HTTPRoute, unique in its namespace. */
  readonly name: string;
  /** Namespace of the Service; the HTTPRoute is created beside it. */
  readonly namespace: string;
  /** Name of the Service. */
  readonly service: string;
  /** What the gateway connects to. */
  readonly endpoint: Endpoint;
  /** Host names. @default the gateway's own host */
  readonly hosts?: readonly string[];
  /** Path prefixes. */
  readonly paths: readonly string[];
  /** Longest request, in seconds; 0 for no limit. @default the gateway implementation's own limit */
  readonly timeoutSeconds?: number;
}
