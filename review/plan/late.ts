/**
 * A value that is made when somebody first looks at it: most Outputs of most resources are never read, and each is a dozen
 * promises that live until the program ends.
 */
export function late<T extends object>(make: () => T, isA: string): T {
  return new Proxy({ make, isA }, HANDLER) as T;
}

interface Target {
  readonly make: () => object;
  /** The member by which the SDK knows its own: asking for it is no look. */
  readonly isA: string;
  made?: object;
}

const real = (target: object): object => {
  const late = target as Target;
  return (late.made ??= late.make());
};

const HANDLER: ProxyHandler<object> = {
  get: (target, key) => (key === (target as Target).isA ? true : (Reflect.get(real(target), key) as unknown)),
  has: (target, key) => Reflect.has(real(target), key),
  ownKeys: (target) => Reflect.ownKeys(real(target)),
  getPrototypeOf: (target) => Reflect.getPrototypeOf(real(target)),
  getOwnPropertyDescriptor: (target, key) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(real(target), key);
    // A proxy may only show members that its own target could have.
    return descriptor && { ...descriptor, configurable: true };
  },
};
