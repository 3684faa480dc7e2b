import { Certificates } from "../../../components/certificates/certificates";
import { environment, recorded } from "../../helpers/record";

describe("the platform's certificate authority", () => {
  it("signs itself once, then for the platform, and is trusted where the stack says", async () => {
    const { object, objects } = await recorded(
      (opts) =>
        new Certificates(
          "certificates",
          { environment: environment(), trustIn: ["mes", "mes-operators"], keysIn: "mes-operators" },
          opts,
        ),
    );
    expect(Object.keys(objects("Certificate"))).toEqual(["mes-root-ca", "mes-ca"]);
    expect(Object.keys(objects("ClusterIssuer"))).toEqual(["mes-bootstrap", "mes-ca"]);
    expect(object("ClusterIssuer", "mes-ca").spec).toEqual({ ca: { secretName: "mes-root-ca" } });
  });

  it("is made from the ground up: each signs the next once it is ready", async () => {
    const { comesAfter } = await recorded(
      (opts) => new Certificates("certificates", { environment: environment(), trustIn: ["mes"], keysIn: "mes-operators" }, opts),
    );
    expect(comesAfter("Certificate", "ca")).toEqual(["ClusterIssuer bootstrap"]);
    expect(comesAfter("ClusterIssuer", "issuer")).toEqual(["Certificate ca"]);
    expect(comesAfter("Certificate", "mes-trust")).toEqual(["ClusterIssuer issuer"]);
  });

  it("keeps its key where cert-manager looks for it", async () => {
    const { plan } = await recorded(
      (opts) => new Certificates("certificates", { environment: environment(), trustIn: [], keysIn: "mes-operators" }, opts),
    );
    const authority = plan.resources.find((r) => r.name === "ca");
    expect(authority?.inputs).toMatchObject({
      metadata: { namespace: "mes-operators" },
      spec: { isCA: true, secretName: "mes-root-ca" },
    });
  });
});
