import { namespacesConfig } from "../../../components/foundation/config";
import { Foundation } from "../../../components/foundation/foundation";
import { imagesConfig } from "../../../components/images/config";
import { Secret } from "../../../components/schema";
import { environment, recorded } from "../../helpers/record";

const quotas = namespacesConfig.parse({ quotas: { apps: { cpu: "20", memory: "40Gi", pods: 80 } } }).quotas;
const foundation = (overrides = {}) =>
  recorded((opts) => new Foundation("foundation", { environment: environment(overrides), quotas }, opts));

describe("the foundation", () => {
  it("admits only restricted pods, but for the namespace of the node agents", async () => {
    const { objects } = await foundation();
    const levels = Object.entries(objects("Namespace")).map(([name, o]) => [
      name,
      o.metadata.labels["pod-security.kubernetes.io/enforce"],
    ]);
    expect(levels).toEqual([
      ["mes", "restricted"],
      ["mes-data", "restricted"],
      ["mes-observability", "restricted"],
      ["mes-nodes", "privileged"],
      ["mes-operators", "restricted"],
    ]);
  });

  it("notes on each namespace which stack has made it", async () => {
    const { objects } = await foundation({ stack: "prod" });
    const owners = Object.values(objects("Namespace")).map(({ metadata }) => metadata.annotations["mes.platform/stack"]);
    expect(owners).toEqual(["prod", "prod", "prod", "prod", "prod"]);
  });

  it("bounds what a namespace may request, where the stack says so", async () => {
    const { objects } = await foundation();
    expect(Object.values(objects("ResourceQuota"))).toMatchObject([
      { metadata: { namespace: "mes" }, spec: { hard: { "requests.cpu": "20", "requests.memory": "40Gi", pods: "80" } } },
    ]);
  });

  it("has in a namespace what comes after it", async () => {
    const images = { ...imagesConfig.parse({}), pullCredentials: new Secret('{"auths":{}}') };
    const { plan, comesAfter } = await foundation({ images });
    for (const type of [":LimitRange", ":ResourceQuota", "v1:Secret"]) {
      const names = plan.resources.filter((r) => r.type.endsWith(type)).map(({ name }) => name);
      expect(names).not.toEqual([]);
      for (const name of names) expect(comesAfter(type, name)).toEqual([expect.stringMatching(/^Namespace /)]);
    }
  });

  it("puts data before orders, and orders before everything else", async () => {
    const { objects } = await foundation();
    const byValue = Object.values(objects("PriorityClass")).sort((a, b) => b.value - a.value);
    expect(byValue.map((c) => c.metadata.name)).toEqual(["mes-data", "mes-orders", "mes-platform", "mes-standard"]);
  });

  it("gives every namespace the credentials of the registry, without showing them", async () => {
    const images = { ...imagesConfig.parse({}), pullCredentials: new Secret('{"auths":{}}') };
    const { plan } = await foundation({ images });
    const secrets = plan.resources.filter((r) => r.type === "kubernetes:core/v1:Secret");
    expect(secrets).toHaveLength(5);
    expect(secrets[0]?.inputs).toMatchObject({ stringData: { ".dockerconfigjson": "[secret]" } });
    expect(JSON.stringify(plan)).not.toContain("auths");
  });
});
