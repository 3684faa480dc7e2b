/** What there is to do for one role. */
interface RoleLoad {
  /** CPU that its pods use together, in cores. */
  readonly cpu?: number;
  /** HTTP requests a second. */
  readonly requests?: number;
  /** GPU use, summed over its pods, in percent. */
  readonly gpu?: number;
}

interface QueueLoad {
  /** Messages in it, unacknowledged ones counted. */
  readonly messages: number;
  /** Messages a second that come in. */
  readonly rate: number;
}

/** The load of a platform, by role and by queue; what is not named has none. */
export interface Load {
  readonly roles: Readonly<Record<string, RoleLoad>>;
  readonly queues: Readonly<Record<string, QueueLoad>>;
}

export const IDLE: Load = { roles: {}, queues: {} };
