/** Names in the API that are not those of Pulumi with another first letter. */
const IRREGULAR: Readonly<Record<string, string>> = { id: "ID", kmsMasterKeyId: "KMSMasterKeyID", sseAlgorithm: "SSEAlgorithm" };
const REGULAR = Object.fromEntries(Object.entries(IRREGULAR).map(([pulumi, api]) => [api, pulumi]));

/** Inputs in the words of the API: `bucketKeyEnabled` → `BucketKeyEnabled`. */
export function toApi(inputs: unknown): any {
  return renamed(inputs, (key) => IRREGULAR[key] ?? key.charAt(0).toUpperCase() + key.slice(1));
}

/** What the API says in the words of inputs. */
export function fromApi(answer: unknown): any {
  return renamed(answer, (key) => REGULAR[key] ?? key.charAt(0).toLowerCase() + key.slice(1));
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renamed(item, rename)]));
}

/** `{ team: "mes" }` → `[{ Key: "team", Value: "mes" }]`; KMS calls them TagKey and TagValue. */
export function tagList(tags: Readonly<Record<string, string>>, prefix = ""): Record<string, string>[] {
  return Object.entries(tags).map(([key, value]) => ({ [`${prefix}Key`]: key, [`${prefix}Value`]: value }));
}

export function tagsOf(list: readonly Readonly<Record<string, string>>[] = [], prefix = ""): Record<string, string> {
  return Object.fromEntries(list.map((tag) => [tag[`${prefix}Key`] ?? "", tag[`${prefix}Value`] ?? ""]));
}
