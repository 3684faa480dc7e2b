import { violationsOf, type Level } from "../../../review/kubernetes/pod-security-standards";
import { ApiError } from "../api";
import type { Cluster } from "../cluster";
import { ACCEPTANCE_CLUSTER, untilPodsCanBeJudged } from "../acceptance";
import { lightCluster } from "../light";
import { podSecurityCases, type PodCase } from "./pod-security";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await lightCluster({ ...ACCEPTANCE_CLUSTER, crds: false });
});
afterAll(() => cluster.stop());

describe.each<Level>(["baseline", "restricted"])("the API server and the rule agree on %s", (level) => {
  test("for every control in every place", async () => {
    const metadata = { name: level, labels: { "pod-security.kubernetes.io/enforce": level } };
    await cluster.api.request("POST", "/api/v1/namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata } });
    await untilPodsCanBeJudged(cluster.api, [{ file: "", object: podOf(level, podSecurityCases()[0]!) }]);
    const different: string[] = [];
    let refused = 0;
    for (const one of podSecurityCases()) {
      const server = await verdictOf(level, one);
      const levels: Level[] = level === "restricted" ? ["baseline", "restricted"] : ["baseline"];
      const rule = levels.flatMap((each) => violationsOf(each, one.spec, one.annotations)).map(({ message }) => message);
      if (server !== undefined) refused += 1;
      if ((server !== undefined) !== rule.length > 0)
        different.push(`${one.name}: ${server ?? "taken"}, the rule: ${rule.join()}`);
    }
    expect(different).toEqual([]);
    expect(refused).toBeGreaterThan(40);
  });
});

function podOf(namespace: string, { spec, annotations }: PodCase) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "case", namespace, annotations }, spec };
}

/** Why Pod Security refuses a pod; undefined if it is taken. Another refusal is a mistake of the case. */
async function verdictOf(namespace: string, one: PodCase): Promise<string | undefined> {
  try {
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
    await cluster.api.request("POST", path, { body: podOf(namespace, one) });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.message.includes("violates PodSecurity")) return error.message;
    throw new Error(`${one.name}: ${String(error)}`, { cause: error });
  }
}
