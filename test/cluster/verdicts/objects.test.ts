import { inventory } from "../../../review/kubernetes/inventory";
import type { KubeObject } from "../../../review/kubernetes/objects";
import { schemaProblemsOf } from "../../../review/kubernetes/validation/schemas";
import type { Plan, Resource } from "../../../review/plan/plan";
import { objectsAccepted } from "../../../review/rules/objects-accepted";
import { stableSelectors } from "../../../review/rules/stable-selectors";
import { planned } from "../../helpers/plans";
import { Random } from "../../mutations/random";
import { ApiError } from "../api";
import { Applier } from "../apply";
import type { Cluster } from "../cluster";
import { lightCluster } from "../light";
import type { KubernetesObject } from "../resources";
import { mutantsOf, type Mutant } from "./mutants";

/** Slips tried of each kind of object. */
const OF_A_KIND = 40;
/** Parts of what the API server refuses that the rules find. */
const LEAST_FOUND = 0.98;

let cluster: Cluster;
let plan: Plan;
beforeAll(async () => {
  plan = await planned("prod");
  cluster = await lightCluster({ crds: true });
  const namespaces = inventory(plan).objects.filter(({ kind }) => kind === "Namespace");
  await new Applier(cluster.api).applyAll(namespaces.map(({ resource }) => asObject(resource.inputs)));
});
afterAll(() => cluster.stop());

test("what the API server refuses of any kind of object, the rules find; and the schemas blame nothing that it takes", async () => {
  const random = new Random(Number(process.env.SEED ?? 1));
  const applier = new Applier(cluster.api);
  const missed: string[] = [];
  const blamed: string[] = [];
  let refused = 0;
  for (const { kind, resource } of oneOfEachKind(plan)) {
    for (const mutant of random.some(OF_A_KIND, mutantsOf(resource.inputs))) {
      const refusal = await refusalOf(applier, mutant);
      const changed: Resource = { ...resource, inputs: mutant.object };
      const alone: Plan = { ...plan, resources: [changed] };
      const name = `${kind} ${mutant.name}`;
      if (refusal === undefined) {
        const problems = inventory(alone).objects.flatMap(schemaProblemsOf);
        blamed.push(...problems.map(({ message }) => `${name}: ${message}`));
        continue;
      }
      refused += 1;
      const found = [objectsAccepted, stableSelectors].flatMap((rule) => rule.check(alone));
      if (found.length === 0) missed.push(`${name}: ${refusal.slice(0, 200)}`);
    }
  }
  expect(blamed).toEqual([]);
  console.log(`${refused - missed.length} of ${refused} refusals of the API server are found`);
  if (missed.length / refused > 1 - LEAST_FOUND) expect(missed).toEqual([]);
  expect(refused).toBeGreaterThan(500);
});

/** The largest of each kind. */
function oneOfEachKind(of: Plan): KubeObject[] {
  const kinds = new Map<string, KubeObject>();
  const size = ({ resource }: KubeObject) => JSON.stringify(resource.inputs).length;
  for (const object of inventory(of).objects) {
    const own = `${object.apiVersion} ${object.kind}`;
    const known = kinds.get(own);
    if (known === undefined || size(object) > size(known)) kinds.set(own, object);
  }
  return [...kinds.values()];
}

/** What the API server says of an object that it refuses; nothing of one that it takes. */
async function refusalOf(applier: Applier, { object }: Mutant): Promise<string | undefined> {
  try {
    await applier.apply(asObject(object), { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

function asObject(inputs: Readonly<Record<string, unknown>>): KubernetesObject {
  return inputs as unknown as KubernetesObject;
}
