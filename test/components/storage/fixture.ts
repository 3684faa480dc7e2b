import { storageConfig } from "../../../components/storage/config";
import { Storage, type StorageArgs } from "../../../components/storage/storage";
import type { Environment } from "../../../components/platform";
import { environment, recorded, refusalOf, type Recorded } from "../../helpers/record";

export const AWS = {
  kind: "aws",
  region: "eu-central-1",
  accountId: "123456789012",
  namePrefix: "acme-mes",
  access: {
    kind: "irsa",
    oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/X",
    issuerUrl: "https://oidc.eks.eu-central-1.amazonaws.com/id/X",
  },
};

export const USERS: StorageArgs["users"] = [
  { name: "pricing", namespace: "mes", serviceAccount: "pricing", buckets: { products: "read" } },
  { name: "loki", namespace: "mes-observability", serviceAccount: "loki", buckets: { logs: "readwrite" } },
];

/** An object store as the tests want it, and the plan of what it declares. */
export async function storage(
  values: object = { kind: "in-cluster" },
  overrides: { environment?: Partial<Environment>; users?: StorageArgs["users"]; preview?: boolean } = {},
): Promise<Recorded & { storage: Storage }> {
  const { preview } = overrides;
  const { made, ...recording } = await recorded((opts) => new Storage("storage", storageArgs(values, overrides), opts), {
    preview,
  });
  return { ...recording, storage: made };
}

/** What the object store says when it refuses its users. */
export function refusal(users: StorageArgs["users"]): Promise<string> {
  return refusalOf((opts) => new Storage("storage", storageArgs({ kind: "in-cluster" }, { users }), opts));
}

function storageArgs(
  values: object,
  overrides: { environment?: Partial<Environment>; users?: StorageArgs["users"] },
): StorageArgs {
  return {
    environment: environment(overrides.environment),
    config: storageConfig.parse(values),
    issuer: "mes-ca",
    users: overrides.users ?? USERS,
  };
}
