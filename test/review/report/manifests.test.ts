import { parse } from "yaml";
import { manifestsOf } from "../../../review/report/manifests";
import { object, planOf } from "../fixtures";

describe("the manifests of a plan", () => {
  it("have what a patch applies too: kubectl makes a volume claim and grows it, as Pulumi does", () => {
    const claim = object("v1", "PersistentVolumeClaim", "data-loki-0", {
      metadata: { annotations: { "pulumi.com/patchForce": "true" } },
      spec: { resources: { requests: { storage: "5Gi" } } },
    });
    const { manifests, left } = manifestsOf(planOf([{ ...claim, type: `${claim.type}Patch` }]));
    expect(left).toBe(0);
    expect(manifests.map(({ file }) => file)).toEqual(["mes/persistentvolumeclaim-data-loki-0.yaml"]);
    expect(parse(manifests[0]?.text ?? "")).toMatchObject({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data-loki-0", namespace: "mes" },
      spec: { resources: { requests: { storage: "5Gi" } } },
    });
  });
});
