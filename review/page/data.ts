/** What the page's script gets of its resources, by key; the lists themselves are HTML. */
export interface PageData {
  readonly stack: string;
  readonly resources: readonly ResourceData[];
}

export interface ResourceData {
  /** Its address within the page. */
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** As `["declared at", "components/mes/role.ts:12"]`. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Keys of resources, by what they are to this one: `depends on`, `is needed by`. */
  readonly links: readonly (readonly [label: string, keys: readonly string[]])[];
  /** As the plan shows them: secrets and what is not known yet are placeholders. */
  readonly inputs: unknown;
}
