import { chartValues } from "../../components/operators/values";
import { imagesConfig } from "../../components/images/config";
import type { OperatorName } from "../../components/operators/names";
import type { KubernetesObject } from "../cluster/resources";
import { makeTools } from "../cluster/tools";
import { installedOperators, objectsOf } from "./operators";

interface PodTemplate {
  readonly spec: {
    readonly containers: readonly { readonly image: string; readonly resources: object }[];
    readonly priorityClassName?: string;
  };
}

describe.each(installedOperators)("the manifests of %s", (name) => {
  const resources = { cpu: "11m", memory: "65Mi" };
  let objects: KubernetesObject[];
  beforeAll(async () => {
    await makeTools("manifests", "kubectl", "helm");
    const args = {
      images: imagesConfig.parse({}),
      replicas: 1,
      resources,
      priorityClassName: "mes-platform",
      signedKubelets: true,
    };
    const release = { name, namespace: "some-namespace", chart: name, version: "1" };
    objects = await objectsOf({ ...release, values: chartValues(name as OperatorName, args) });
  });

  test("are all for the namespace of the release, or of none", () => {
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
    namespaces.delete(undefined);
    // cert-manager elects its leaders there.
    namespaces.delete("kube-system");
    expect([...namespaces]).toEqual(["some-namespace"]);
  });

  test("run images of the tests, with the resources and the priority that the platform says", () => {
    const templates = objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ spec }) => (spec as { template: PodTemplate }).template);
    expect(templates.length).toBeGreaterThan(0);
    for (const { spec } of templates) {
      expect(spec.priorityClassName).toBe("mes-platform");
      for (const { image, resources: given } of spec.containers) {
        expect(image).toMatch(/^mes\.test\//);
        expect(given).toMatchObject({ requests: { cpu: "11m" } });
      }
    }
  });
});
