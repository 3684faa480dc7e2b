import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { appliedBy } from "../../../components/foundation/field-manager";
import { recorded } from "../../helpers/record";

describe("the name under which objects are applied", () => {
  const ANNOTATION = "pulumi.com/patchFieldManager";

  test("stands on every object, beside its own annotations", async () => {
    const { object } = await recorded((opts) => {
      const transformations = [appliedBy("mes-test")];
      new k8s.core.v1.ConfigMap(
        "plain",
        { metadata: { name: "plain", annotations: { own: "1" } } },
        { provider: opts.providers[0], transformations },
      );
      const later = { name: "later", annotations: pulumi.output({ own: "2" }) };
      new k8s.core.v1.Service("later", { metadata: later }, { provider: opts.providers[0], transformations });
    });
    expect(object("ConfigMap", "plain").metadata.annotations).toEqual({ own: "1", [ANNOTATION]: "mes-test" });
    expect(object("Service", "later").metadata.annotations).toEqual({ own: "2", [ANNOTATION]: "mes-test" });
  });

  test("is nothing to a Helm release", async () => {
    const { resource } = await recorded((opts) => {
      const args = { name: "chart", namespace: "a", chart: "chart" };
      new k8s.helm.v3.Release("chart", args, { provider: opts.providers[0], transformations: [appliedBy("mes-test")] });
    });
    expect(resource("Release", "chart").inputs).not.toHaveProperty("metadata");
  });
});
