import * as fs from "node:fs";
import * as path from "node:path";
import { imagesConfig } from "../../../components/images/config";
import { OPERATORS } from "../../../components/operators/catalogue/catalogue";
import { operatorsConfig } from "../../../components/operators/config";
import { operatorPods } from "../../../components/operators/endpoints";
import { OPERATOR_NAMES } from "../../../components/operators/names";
import { Operators } from "../../../components/operators/operators";
import type { Environment } from "../../../components/platform";
import { environment, PROJECT_DIRECTORY, recorded } from "../../helpers/record";

const operators = (input: object, images = {}, surroundings: Partial<Environment> = {}) => {
  const config = operatorsConfig.parse(input);
  const args = {
    environment: environment({ operators: config, images: imagesConfig.parse(images), ...surroundings }),
    config,
    names: OPERATOR_NAMES,
  };
  return recorded((opts) => new Operators("operators", args, opts));
};

const connectionsOf = async (surroundings: Partial<Environment>) => (await operators({}, {}, surroundings)).made.connections;

describe("the operators", () => {
  it("are pinned Helm releases, all in one namespace", async () => {
    const { plan } = await operators({});
    const releases = plan.resources.filter((r) => r.type.endsWith(":Release"));
    expect(releases.map((r) => r.name).sort()).toEqual([...OPERATOR_NAMES, "prometheus-operator-crds"].sort());
    for (const { inputs } of releases)
      expect(inputs).toMatchObject({ namespace: "mes-operators", version: expect.stringMatching(/^v?\d/) });
  });

  it("come after those whose custom resources they use", async () => {
    const { resource } = await operators({});
    const names = resource("Release", "barman-cloud").dependsOn.map((urn) => urn.split("::").at(-1));
    expect(names).toEqual(["cert-manager", "cloudnative-pg"]);
  });

  it("can be there already, each for itself, in a namespace of its own", async () => {
    const there = { install: false, namespace: "databases" };
    const input = { keda: { install: false }, "cloudnative-pg": there, "barman-cloud": there };
    const { plan } = await operators(input);
    const names = plan.resources.map((r) => r.name);
    expect(names).not.toContain("keda");
    expect(names).toContain("cert-manager");
    const surroundings = environment({ operators: operatorsConfig.parse(input) });
    expect(operatorPods(surroundings, "keda-operator").namespace).toBe("keda");
    expect(operatorPods(surroundings, "cloudnative-pg").namespace).toBe("databases");
    expect(operatorPods(surroundings, "cert-manager").namespace).toBe("mes-operators");
  });

  it("come from a mirror, chart and images, where the stack names one", async () => {
    const { resource } = await operators(
      { "cloudnative-pg": { repository: "oci://mirror.local/charts/cloudnative-pg" } },
      { registry: "mirror.local/hub" },
    );
    expect(resource("Release", "cloudnative-pg").inputs).toMatchObject({
      chart: "oci://mirror.local/charts/cloudnative-pg",
      values: { image: { repository: "mirror.local/hub/cloudnative-pg/cloudnative-pg" } },
    });
    expect(resource("Release", "cloudnative-pg").inputs).not.toHaveProperty("repositoryOpts");
  });

  it("have no policies of their charts: those would open what the platform's keep closed", async () => {
    const { resource } = await operators({});
    const values = resource("Release", "rabbitmq").inputs.values;
    const off = { networkPolicy: { enabled: false } };
    expect(values).toMatchObject({ clusterOperator: off, msgTopologyOperator: off });
  });

  it("ask the cluster's DNS server alone, as all pods", async () => {
    const { resource } = await operators({});
    expect(resource("Release", "cert-manager").inputs).toMatchObject({ values: { dns01RecursiveNameserversOnly: true } });
  });

  it("reach the API server, and so do the jobs of their charts", async () => {
    const connections = await connectionsOf({});
    for (const name of ["prometheus-operator", "prometheus-operator-admission-create", "prometheus-operator-admission-patch"])
      expect(connections.filter(({ from }) => from.name === name).map(({ to }) => to.name)).toEqual(["api-server"]);
  });

  it("reach each other and the kubelets, without which nothing is scaled", async () => {
    const connections = await connectionsOf({ nodes: { cidrs: ["10.0.0.0/16"], signedKubelets: true } });
    const paths = connections.map(({ from, to }) => [from.name, to.name, to.port]);
    expect(paths).toContainEqual(["keda-metrics-apiserver", "keda-operator:9666", 9666]);
    expect(paths).toContainEqual(["cloudnative-pg", "plugin-barman-cloud:9090", 9090]);
    expect(connections.find(({ to }) => to.name === "nodes")).toMatchObject({
      from: { name: "metrics-server" },
      to: { port: 10_250, target: { cidrs: ["10.0.0.0/16"] } },
    });
  });

  it("read from kubelets that have signed their certificates themselves, where the cluster has such", async () => {
    const valuesWith = async (signedKubelets: boolean) =>
      (await operators({}, {}, { nodes: { cidrs: ["0.0.0.0/0"], signedKubelets } })).resource("Release", "metrics-server").inputs
        .values;
    expect(await valuesWith(false)).toMatchObject({ args: ["--kubelet-insecure-tls"] });
    expect(await valuesWith(true)).not.toHaveProperty("args");
  });

  it("are called on the ports that the page on clusters names, for the firewalls between", () => {
    const ports = Object.values(OPERATORS).flatMap(({ pods }) => pods.flatMap(({ webhookPort }) => webhookPort ?? []));
    const page = fs.readFileSync(path.join(PROJECT_DIRECTORY, "docs", "clusters.md"), "utf8");
    const [, named = ""] = /a firewall between API server and pods.* that lets in ([\d, and]+)\|/.exec(page) ?? [];
    expect(named.match(/\d+/g)?.map(Number)).toEqual([...new Set(ports)].sort((a, b) => a - b));
  });

  it("are called by the API server, and by its tunnel where it has one", async () => {
    const tunnel = { name: "api-server-tunnel", namespace: "kube-system", labels: { app: "konnectivity-agent" } };
    const apiServer = { cidrs: ["0.0.0.0/0"], port: 443 };
    const callers = async (surroundings: Partial<Environment>) =>
      (await connectionsOf(surroundings))
        .filter(({ to }) => to.name === "cert-manager-webhook:webhook")
        .map(({ from }) => from.name);
    expect(await callers({ apiServer })).toEqual(["api-server"]);
    expect(await callers({ apiServer: { ...apiServer, tunnel } })).toEqual(["api-server", "api-server-tunnel"]);
  });
});

describe("an update of an operator brings its custom resource definitions, and none is ever deleted:", () => {
  /** What has each chart render its definitions, with the annotation that keeps them; CloudNativePG's charts always write it. */
  const RENDERED: Readonly<Record<string, object>> = {
    "cert-manager": { crds: { enabled: true, keep: true } },
    "cloudnative-pg": { crds: { create: true } },
    "barman-cloud": { crds: { create: true } },
    rabbitmq: { extraDeploy: [expect.stringContaining("helm.sh/resource-policy: keep")] },
    keda: { crds: { install: true, additionalAnnotations: { "helm.sh/resource-policy": "keep" } } },
    // Here by the release of the definitions.
    "prometheus-operator": { crds: { enabled: false } },
  };
  const defining = OPERATOR_NAMES.filter((name) => OPERATORS[name].apiGroups.length > 0);

  it.each(defining)("%s", async (name) => {
    const { resource } = await operators({});
    expect(OPERATORS[name].definitions.in).not.toBe("nowhere");
    expect(resource("Release", name).inputs.values).toMatchObject(RENDERED[name] ?? {});
  });

  it("Helm takes over what it made once from the folder crds/, and nothing else", async () => {
    const { plan, resource } = await operators({});
    const releases = plan.resources.filter((r) => r.type.endsWith(":Release"));
    const taking = releases.filter(({ inputs }) => inputs.takeOwnership === true).map(({ name }) => name);
    expect(taking.sort()).toEqual(["prometheus-operator-crds", "rabbitmq"]);
    expect(resource("Release", "rabbitmq").inputs).toMatchObject({ skipCrds: true });
  });

  it("a chart of definitions comes before its operator, from the same place", async () => {
    const { resource } = await operators({});
    const names = resource("Release", "prometheus-operator").dependsOn.map((urn) => urn.split("::").at(-1));
    expect(names).toContain("prometheus-operator-crds");
    const { inputs } = resource("Release", "prometheus-operator-crds");
    expect(inputs).toMatchObject({
      repositoryOpts: resource("Release", "prometheus-operator").inputs.repositoryOpts,
      values: { crds: { annotations: { "helm.sh/resource-policy": "keep" } } },
    });
    const mirrored = await operators({
      "prometheus-operator": { repository: "oci://mirror.local/charts/kube-prometheus-stack" },
    });
    expect(mirrored.resource("Release", "prometheus-operator-crds").inputs).toMatchObject({
      chart: "oci://mirror.local/charts/prometheus-operator-crds",
    });
  });

  it("a chart of definitions is made for the operator that is installed", () => {
    const { definitions, appVersions } = OPERATORS["prometheus-operator"];
    expect(definitions).toMatchObject({ appVersion: appVersions.programs["prometheus-operator"] });
  });

  it("another version of the one chart needs another version of the other", () => {
    expect(problems({ "prometheus-operator": { version: "90.0.0" } })).toEqual([
      ["prometheus-operator.version", expect.stringContaining("needs definitionsVersion beside it")],
    ]);
    expect(problems({ keda: { definitionsVersion: "1.0.0" } })).toEqual([
      ["keda.definitionsVersion", expect.stringContaining("is not needed")],
    ]);
    const both = { version: "90.0.0", definitionsVersion: "32.0.0" };
    expect(problems({ "prometheus-operator": both })).toEqual([]);
  });
});

describe("pods of an operator", () => {
  it.each(["barman-cloud", "prometheus-operator"])("%s has one alone, and more are refused", (name) => {
    const more = { [name]: { replicas: 2 } };
    expect(problems(more)).toEqual([[`${name}.replicas`, expect.stringContaining("cannot be above 1: ")]]);
  });

  it.each(OPERATOR_NAMES.filter((name) => OPERATORS[name].alone === undefined))("%s can have more", async (name) => {
    expect(problems({ [name]: { replicas: 3 } })).toEqual([]);
    const { resource } = await operators({ [name]: { replicas: 3 } });
    const text = JSON.stringify(resource("Release", name).inputs.values);
    expect(text).toMatch(/"replica(s|Count)":3/);
    expect(text).not.toMatch(/"replica(s|Count)":1/);
  });

  it("have the memory of the stack's choice, with a limit above the request", async () => {
    const resources = { cpu: "1", cpuLimit: "2", memory: "1Gi", memoryLimit: "2Gi" };
    const { resource } = await operators({ "cloudnative-pg": { resources } });
    expect(resource("Release", "cloudnative-pg").inputs.values).toMatchObject({
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } },
    });
    expect(problems({ keda: { resources: { cpu: "1", memory: "1Gi", memoryLimit: "512Mi" } } })).toEqual([
      ["keda.resources.memoryLimit", "is below the request (1Gi)"],
    ]);
  });
});

function problems(input: object): [string, unknown][] {
  return (operatorsConfig.safeParse(input).error?.issues ?? []).map(({ path, message }) => [path.join("."), message]);
}
