/** Names of the platform's priority classes. They are cluster-wide, so they carry the stack's prefix. */
export interface PriorityClasses {
  readonly data: string;
  readonly orders: string;
  readonly platform: string;
  readonly standard: string;
}

export function priorityClassNames(prefix: string): PriorityClasses {
  return { data: `${prefix}-data`, orders: `${prefix}-orders`, platform: `${prefix}-platform`, standard: `${prefix}-standard` };
}
