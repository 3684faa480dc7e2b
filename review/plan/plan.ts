/** What a stack would create, as recorded from the program that Pulumi runs. */
export interface Plan {
  readonly version: 1;
  readonly stack: string;
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Resource {
  /** The URN that the engine gives it. */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; absent for the stack itself. */
  readonly parent?: string;
  /** False for components. */
  readonly custom: boolean;
  /** URN of the explicit provider. */
  readonly provider?: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** URNs, sorted. */
  readonly dependsOn: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly aliases: readonly string[];
  readonly customTimeouts: Readonly<Record<string, string>>;
  /** Inputs with every secret replaced by `SECRET` and every value not known before the real run by `UNKNOWN`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Line of the project's own code that declares it. */
  readonly source?: Source;
}

export interface Source {
  /** Relative to the project folder. */
  readonly file: string;
  readonly line: number;
}

export const SECRET = "[secret]";
export const UNKNOWN = "[known after apply]";
