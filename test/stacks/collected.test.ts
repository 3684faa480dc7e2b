import type * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../../components/declarations";
import * as gateway from "../../components/gateway/gateway";
import { connect, type Connection } from "../../components/network/connection";
import * as network from "../../components/network/policies";
import { dashboard } from "../../components/observability/panels";
import { PlatformComponent, type Environment } from "../../components/platform";
import { record } from "../../review/plan/record";
import { readStackFile, stackFilePath, stackNames } from "../../stacks/config/load";
import { platform } from "../../stacks/platform";
import { lookUp, PROJECT_DIRECTORY, type Recorded } from "../helpers/record";

/** Plans a stack as it is checked in. */
async function planned(stack: string): Promise<Recorded> {
  const config = readStackFile(stackFilePath(PROJECT_DIRECTORY, stack)).config;
  return lookUp(await record(() => platform(stack, config), { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY }));
}

/** All that the components of a stack declare while it is planned, each part's for itself. */
async function declaredBy(plan: () => Promise<Recorded>): Promise<{ declared: Declared[]; recording: Recorded }> {
  const declared: Declared[] = [];
  const base = PlatformComponent.prototype as unknown as { declare: (its: Partial<Declared>) => void };
  const declare = base.declare;
  const spy = jest.spyOn(base, "declare").mockImplementation(function (this: PlatformComponent, its) {
    declared.push({ connections: [], scrapeTargets: [], alerts: [], dashboards: [], ...its });
    declare.call(this, its);
  });
  try {
    return { recording: await plan(), declared };
  } finally {
    spy.mockRestore();
  }
}

describe.each(stackNames(PROJECT_DIRECTORY))("whatever a component of %s declares is collected:", (stack) => {
  let declared: Declared[];
  let recording: Recorded;
  let allowed: readonly Connection[];
  beforeAll(async () => {
    const { NetworkPolicies } = network;
    const spy = jest.spyOn(network, "NetworkPolicies").mockImplementation((name, args, opts) => {
      allowed = args.connections;
      return new NetworkPolicies(name, args, opts);
    });
    ({ declared, recording } = await declaredBy(() => planned(stack)));
    spy.mockRestore();
  });

  it("scrape targets, alerts and dashboards become objects", () => {
    const { objects } = recording;
    const names = (kind: string) => Object.keys(objects(kind));
    const jobs = declared.flatMap(({ scrapeTargets }) => scrapeTargets.map(({ job }) => job));
    const groups = declared.flatMap(({ alerts }) => alerts.map(({ name }) => name));
    const uids = declared.flatMap(({ dashboards }) => dashboards.map(({ uid }) => uid));
    expect(jobs.length).toBeGreaterThan(20);
    expect(names("PodMonitor").sort()).toEqual([...jobs].sort());
    expect(names("PrometheusRule").sort()).toEqual([...groups].sort());
    const files = Object.values(objects("ConfigMap")).flatMap(({ data }) => Object.keys(data as object));
    expect(files).toEqual(expect.arrayContaining(uids.map((uid) => `${uid}.json`)));
  });

  it("connections become policies, each of them", () => {
    const connections = declared.flatMap((each) => each.connections);
    expect(connections.length).toBeGreaterThan(80);
    expect(new Set(allowed)).toEqual(new Set(connections));
  });
});

/** What somebody adds to the platform, who knows of nothing else. */
class Stranger extends PlatformComponent {
  constructor(name: string, args: { environment: Environment }, opts: pulumi.ComponentResourceOptions) {
    super("mes:test:Stranger", name, args, opts);
    const pods = { name: "stranger", namespace: args.environment.namespaces.apps, labels: { app: "stranger" } };
    this.declare({
      connections: connect(pods, { name: "there", host: "there", port: 4711, target: { cidrs: ["192.0.2.0/24"] } }),
      scrapeTargets: [{ job: "stranger", pods, port: "metrics", portNumber: 4712, metrics: ["stranger_*"] }],
      alerts: [
        {
          name: "stranger",
          alerts: [{ name: "TargetGone", expr: "up == 0", severity: "ticket", summary: "It is gone", description: "Look." }],
        },
      ],
      dashboards: [dashboard("mes-stranger", "Stranger", [])],
    });
    this.registerOutputs({});
  }
}

it("a component that the wiring does not name has its policies, scraping, alerts and dashboards by being made", async () => {
  const { Gateway } = gateway;
  const spy = jest.spyOn(gateway, "Gateway").mockImplementation((name, args, opts) => {
    new Stranger("stranger", args, opts);
    return new Gateway(name, args, opts);
  });
  try {
    const { object, objects } = await planned("prod");
    expect(object("PodMonitor", "stranger").spec.selector.matchLabels).toEqual({ app: "stranger" });
    expect(object("PrometheusRule", "stranger").spec.groups[0].rules).toHaveLength(1);
    expect(Object.keys(objects("ConfigMap"))).toContainEqual(expect.stringMatching(/^dashboard-mes-stranger-/));
    const { egress, ingress } = object("NetworkPolicy", "allow-stranger").spec;
    expect(egress).toEqual([{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ protocol: "TCP", port: 4711 }] }]);
    expect(ingress).toMatchObject([{ ports: [{ port: 4712 }] }]);
  } finally {
    spy.mockRestore();
  }
});
