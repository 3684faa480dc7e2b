import type { StateResource } from "../engine";
import type { Amazon, Answer } from "./amazon";

/** Names of what an account holds. */
export type Inventory = Readonly<Record<"buckets" | "roles" | "aliases", readonly string[]>>;

/** What is in the account. Not keys: no key is gone at once, and what counts is which one its alias names. */
export async function inventoryOf(amazon: Amazon): Promise<Inventory> {
  const { Buckets } = await amazon.call("s3", "list_buckets");
  const { Roles } = await amazon.call("iam", "list_roles");
  const { Aliases } = await amazon.call("kms", "list_aliases");
  return {
    buckets: sorted(Buckets, "Name"),
    roles: sorted(Roles, "RoleName"),
    // Every account has Amazon's own.
    aliases: sorted(Aliases, "AliasName").filter((name) => !name.startsWith("alias/aws/")),
  };
}

/** What should be in the account, by resources of an engine's state. */
export function inventoryFor(resources: readonly StateResource[]): Inventory {
  const of = (type: string, name: string) =>
    sorted(
      resources.filter((resource) => resource.type === type).map(({ inputs = {} }) => inputs),
      name,
    );
  return {
    buckets: of("aws:s3/bucket:Bucket", "bucket"),
    roles: of("aws:iam/role:Role", "name"),
    aliases: of("aws:kms/alias:Alias", "name"),
  };
}

export function isOfAmazon({ type }: StateResource): boolean {
  return type.startsWith("aws:");
}

function sorted(list: readonly Answer[], name: string): string[] {
  return list.map((item) => String(item[name])).sort();
}
