import { addressesOf } from "../../../review/kubernetes/addresses";
import { inventory } from "../../../review/kubernetes/inventory";
import type { Plan, Resource } from "../../../review/plan/plan";
import { connectionsOpen } from "../../../review/rules/connections-open";
import { networkPaths } from "../../../review/rules/network-paths";
import { planned } from "../../helpers/plans";
import { object, planOf } from "../fixtures";

const pods = (name: string, env: object[], ports: object[] = []) =>
  object("apps/v1", "Deployment", name, {
    spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", env, ports }] } } },
  });
const service = (name: string, port: number, targetPort: number | string) =>
  object("v1", "Service", name, { spec: { selector: { app: name }, ports: [{ port, targetPort }] } });
const policy = (name: string, spec: object) =>
  object("networking.k8s.io/v1", "NetworkPolicy", `allow-${name}`, {
    spec: { podSelector: { matchLabels: { app: name } }, ...spec },
  });
const peer = (app: string) => ({ podSelector: { matchLabels: { app } } });
const egress = (to: string, port: number) =>
  policy("api", { policyTypes: ["Egress"], egress: [{ to: [peer(to)], ports: [{ port }] }] });
const ingress = (to: string, port: number) =>
  policy(to, { policyTypes: ["Ingress"], ingress: [{ from: [peer("api")], ports: [{ port }] }] });
const said = (...objects: Resource[]) => connectionsOpen.check(planOf(objects)).map(({ message }) => message);

describe("a program that is told an address", () => {
  const url = [{ name: "PRICING_URL", value: "http://pricing.mes.svc" }];
  const pricing = pods("pricing", [], [{ containerPort: 8080, name: "http" }]);

  it("may connect where both policies let it, by the port of the pods", () => {
    expect(
      said(pods("api", url), pricing, service("pricing", 80, "http"), egress("pricing", 8080), ingress("pricing", 8080)),
    ).toEqual([]);
    expect(said(pods("api", url), pricing, service("pricing", 80, 8080))).toEqual([]);
  });

  it.each<[string, object[], Resource[], string]>([
    ["the egress is missing", url, [egress("other", 8080), ingress("pricing", 8080)], "allow the egress there"],
    [
      "the ingress is missing",
      url,
      [egress("pricing", 8080), ingress("pricing", 9090)],
      "allow the ingress to port 8080 of Deployment mes/pricing",
    ],
    [
      "both are of the Service's port",
      url,
      [egress("pricing", 80), ingress("pricing", 80)],
      "allow the egress there and the ingress to port 8080",
    ],
    [
      "both are for UDP",
      url,
      [policy("api", { policyTypes: ["Egress"], egress: [{ to: [peer("pricing")], ports: [{ port: 8080, protocol: "UDP" }] }] })],
      "allow the egress there",
    ],
    [
      "the port is another one",
      [{ name: "A", value: "http://pricing.mes.svc:8080/x" }],
      [],
      "is given pricing.mes.svc:8080, but the Service has the port 80; correct it",
    ],
    [
      "the port of a variable is another one",
      [
        { name: "A_HOST", value: "pricing.mes.svc" },
        { name: "A_PORT", value: "81" },
      ],
      [],
      "is given pricing.mes.svc:81, but",
    ],
  ])("is an error where %s", (_, env, policies, message) => {
    expect(said(pods("api", env), pricing, service("pricing", 80, "http"), ...policies)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it("verifies the name on the certificate", () => {
    const tls = (dnsNames: string[]) => [
      object("cert-manager.io/v1", "Certificate", "web", { spec: { secretName: "web-tls", dnsNames } }),
      object("apps/v1", "Deployment", "web", {
        spec: {
          template: {
            metadata: { labels: { app: "web" } },
            spec: {
              containers: [{ name: "c", ports: [{ containerPort: 443 }] }],
              volumes: [{ name: "tls", secret: { secretName: "web-tls" } }],
            },
          },
        },
      }),
      service("web", 443, 443),
      pods("api", [{ name: "URL", value: "https://web.mes.svc" }]),
    ];
    expect(said(...tls(["web", "web.mes.svc"]))).toEqual([]);
    expect(said(...tls(["*.mes.svc"]))).toEqual([]);
    expect(said(...tls(["web.other.svc"]))).toEqual([
      expect.stringContaining("the certificate of Deployment mes/web is for web.other.svc; add the name"),
    ]);
  });
});

describe("prod", () => {
  let prod: Plan;
  beforeAll(async () => {
    prod = await planned("prod");
  }, 60_000);

  const withChanged = (change: (resource: any) => void): Plan => ({
    ...prod,
    resources: prod.resources.map((one) => {
      const copy = structuredClone(one) as any;
      change(copy);
      return copy as Resource;
    }),
  });

  it("is an error with any pair of policies left out by which programs are told to talk", () => {
    const known = inventory(prod);
    const senders = known.pods.filter((group) => addressesOf(group, known).some(({ port }) => port !== undefined));
    expect(senders.length).toBeGreaterThan(10);
    const unnoticed = senders.flatMap((group) => {
      // Both sides, so that no side is left without the other.
      const name = group.object.name;
      const silent = withChanged(({ type, inputs }) => {
        if (!type.endsWith(":NetworkPolicy")) return;
        const about = (selector: any) => JSON.stringify(selector ?? {}).includes(`"${name.replace(/-[0-9a-f]{8}$/, "")}"`);
        if (about(inputs.spec.podSelector) && inputs.spec.egress) {
          inputs.spec.egress = inputs.spec.egress.filter(({ to = [] }: any) =>
            to.every((one: any) => one.podSelector === undefined),
          );
        }
        inputs.spec.ingress = inputs.spec.ingress
          ?.map((rule: any) => ({ ...rule, from: rule.from?.filter((one: any) => !about(one.podSelector)) }))
          .filter(({ from }: any) => from === undefined || from.length > 0);
      });
      return connectionsOpen.check(silent).some(({ message }) => message.includes("policies do not let it connect"))
        ? []
        : [name];
    });
    expect(unnoticed).toEqual([]);
  });

  it("is an error with the port of any Service changed that somebody is told of", () => {
    const changed = withChanged(({ type, inputs }) => {
      if (type.endsWith(":Service")) for (const port of inputs.spec.ports) port.port += 1000;
    });
    const told = new Set(connectionsOpen.check(changed).map(({ message }) => /is given ([\w-]+)/.exec(message)?.[1]));
    expect([...told].sort()).toEqual(expect.arrayContaining(["cache", "loki", "otel-agent", "otel-gateway", "pricing"]));
    expect(networkPaths.check(changed)).toEqual([]);
  });

  it("is an error with a certificate for another name", () => {
    const changed = withChanged(({ type, inputs }) => {
      if (type.endsWith(":Certificate") && inputs.spec.dnsNames) inputs.spec.dnsNames = ["other.example.com"];
    });
    const said = connectionsOpen.check(changed).map(({ message }) => /verifies ([\w-]+)/.exec(message)?.[1]);
    expect([...new Set(said)].sort()).toEqual(expect.arrayContaining(["broker", "loki", "postgres-rw"]));
  });
});
