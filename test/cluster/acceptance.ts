/**
 * Would a real API server take these manifests? node --require ./tools/register.js test/cluster/acceptance.ts FOLDER
 */
import path from "node:path";
import { type ApiClient, ApiError } from "./api";
import { Applier } from "./apply";
import { waitUntilServed } from "./crds";
import { lightCluster, type LightClusterOptions } from "./light";
import { type Manifest, readManifests } from "./manifests";
import { messageOf } from "./message";
import { podOf } from "./pods";
import type { KubernetesObject } from "./resources";
import { until } from "./until";

export interface Problem {
  /** `refused`: the object; `pod refused`: it was taken, but none of its pods will be; `warning`: of either. */
  readonly kind: "refused" | "pod refused" | "warning";
  readonly manifest: Manifest;
  readonly message: string;
}

/**
 * A cluster for `findProblems`: the controllers without which no pod is admitted, and none that would create the pods, so that
 * each is judged as if it were the first.
 */
export const ACCEPTANCE_CLUSTER: LightClusterOptions = {
  crds: true,
  controllers: ["serviceaccount-controller", "resourcequota-controller", "root-ca-certificate-publisher-controller"],
};

/**
 * Applies all manifests, each strictly, and tells what the API server has against them. The pods of workloads are created by a
 * dry run, which passes Pod Security, quotas, limits, priorities and service accounts as they will.
 */
export async function findProblems(api: ApiClient, manifests: readonly Manifest[]): Promise<Problem[]> {
  const applier = new Applier(api);
  const problems: Problem[] = [];
  const taken: Manifest[] = [];
  for (const stage of inStages(manifests)) {
    // One after the other: the server's answers do not depend on luck then.
    for (const manifest of stage) {
      const found = await judge(manifest, (object) => applier.apply(object));
      problems.push(...found);
      if (!found.some(({ kind }) => kind === "refused")) taken.push(manifest);
    }
    await waitUntilServed(api, taken.map(({ object }) => object).filter(isCrd));
  }
  await untilPodsCanBeJudged(api, taken);
  for (const manifest of taken) problems.push(...(await judgePod(applier, manifest)));
  return problems;
}

const FIRST_KINDS: readonly (readonly string[])[] = [
  ["Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass", "RuntimeClass"],
  ["ServiceAccount", "ResourceQuota", "LimitRange", "ConfigMap", "Secret"],
];

/** In the order in which one needs the other. */
export function inStages(manifests: readonly Manifest[]): Manifest[][] {
  const stageOf = ({ object }: Manifest): number => {
    const stage = FIRST_KINDS.findIndex((kinds) => kinds.includes(object.kind));
    return stage === -1 ? FIRST_KINDS.length : stage;
  };
  return [...FIRST_KINDS.keys(), FIRST_KINDS.length].map((stage) => manifests.filter((manifest) => stageOf(manifest) === stage));
}

async function judge(
  manifest: Manifest,
  apply: (object: KubernetesObject) => Promise<{ readonly warnings: readonly string[] }>,
): Promise<Problem[]> {
  try {
    const { warnings } = await apply(manifest.object);
    return warnings.map((message) => ({ kind: "warning", manifest, message }));
  } catch (error) {
    const warnings = error instanceof ApiError ? error.warnings : [];
    return [
      { kind: "refused", manifest, message: messageOf(error) },
      ...warnings.map((message) => ({ kind: "warning" as const, manifest, message })),
    ];
  }
}

async function judgePod(applier: Applier, manifest: Manifest): Promise<Problem[]> {
  const pod = podOf(manifest.object);
  if (pod === undefined) return [];
  const problems = await judge({ ...manifest, object: pod }, (object) => applier.apply(object, { dryRun: true }));
  return problems.map(({ kind, message }) => ({
    kind: kind === "refused" ? "pod refused" : kind,
    manifest,
    message,
  }));
}

interface Quotas {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly status?: { readonly hard?: unknown } }[];
}

/** A pod is refused as long as its namespace has no default service account, or a quota that nobody has counted yet. */
export async function untilPodsCanBeJudged(api: ApiClient, manifests: readonly Manifest[]): Promise<void> {
  const pods = manifests.flatMap(({ object }) => podOf(object) ?? []);
  for (const namespace of new Set(pods.map(({ metadata }) => metadata.namespace ?? "default"))) {
    const path = `/api/v1/namespaces/${namespace}`;
    await until(`namespace ${namespace} can have pods`, async () => {
      await api.get(`${path}/serviceaccounts/default`);
      const { items } = await api.get<Quotas>(`${path}/resourcequotas`);
      const uncounted = items.filter(({ status }) => status?.hard === undefined);
      return uncounted.length === 0 || `quota ${uncounted[0]?.metadata.name} is not counted yet`;
    });
  }
}

function isCrd(object: KubernetesObject): boolean {
  return object.kind === "CustomResourceDefinition";
}

/** A list for people, object by object. */
export function describeProblems(problems: readonly Problem[], folder: string): string {
  const byManifest = new Map<Manifest, Set<string>>();
  for (const { kind, manifest, message } of problems) {
    // Pod Security warns of a workload, and once more of its pod.
    const lines = byManifest.get(manifest) ?? new Set<string>();
    byManifest.set(manifest, lines.add(`  ${kind}: ${message}`));
  }
  return [...byManifest]
    .map(([{ object, file }, lines]) => [`${nameOf(object)} (${path.relative(folder, file)})`, ...lines].join("\n"))
    .join("\n\n");
}

function nameOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined) throw new Error("name the folder of the manifests, as `mes plan --format manifests --out` writes it");
  const manifests = await readManifests(folder);
  if (manifests.length === 0) throw new Error(`there is no YAML file in ${folder}`);
  const cluster = await lightCluster(ACCEPTANCE_CLUSTER);
  try {
    const problems = await findProblems(cluster.api, manifests);
    if (problems.length > 0) process.stdout.write(`${describeProblems(problems, folder)}\n\n`);
    const refused = new Set(problems.filter(({ kind }) => kind !== "warning").map(({ manifest }) => manifest)).size;
    const warned = problems.filter(({ kind }) => kind === "warning").length;
    process.stdout.write(`${manifests.length} objects, ${refused} refused, ${warned} warnings\n`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

if (require.main === module) {
  main(process.argv[2]).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  });
}
