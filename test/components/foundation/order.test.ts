import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { after } from "../../../components/foundation/order";
import { recorded } from "../../helpers/record";

describe("the order of creation", () => {
  const declare = (opts: { providers: k8s.Provider[] }) => {
    const provider = opts.providers[0];
    const namespace = new k8s.core.v1.Namespace("ns", { metadata: { name: "mes" } }, { provider });
    const priority = new k8s.scheduling.v1.PriorityClass("priority", { value: 1 }, { provider });
    const trust = new k8s.core.v1.Secret("trust", {}, { provider });
    const operator = new k8s.helm.v3.Release("operator", { chart: "operator" }, { provider });
    const transformations = [
      after({
        namespaces: new Map<string, pulumi.Resource>([["mes", namespace]]),
        pods: [priority],
        trusted: new Map<string, pulumi.Resource>([["mes", trust]]),
        apiGroups: new Map<string, pulumi.Resource>([["postgresql.cnpg.io", operator]]),
      }),
    ];
    const child = { provider, transformations };
    const metadata = { namespace: "mes" };
    new k8s.core.v1.ConfigMap("config", { metadata }, child);
    new k8s.apps.v1.Deployment("deployment", { metadata, spec: { selector: {}, template: {} } }, child);
    new k8s.apiextensions.CustomResource("cluster", { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata }, child);
    new k8s.helm.v3.Release("release", { chart: "x", namespace: "mes" }, child);
    new k8s.core.v1.ConfigMap("elsewhere", { metadata: { namespace: "other" } }, child);
  };

  it.each([
    ["an object comes after its namespace", "ConfigMap", "config", ["ns"]],
    [
      "pods come after their priority classes and the CA that they mount",
      "Deployment",
      "deployment",
      ["ns", "priority", "trust"],
    ],
    ["a custom resource comes after its operator", "Cluster", "cluster", ["operator", "ns"]],
    ["a release comes after its namespace", "Release", "release", ["ns", "priority", "trust"]],
    ["what is in a namespace of others waits for nothing", "ConfigMap", "elsewhere", []],
  ])("%s", async (_, type, name, expected) => {
    const { resource } = await recorded(declare);
    const names = resource(type, name).dependsOn.map((urn) => urn.split("::").at(-1));
    expect([...names].sort()).toEqual([...expected].sort());
  });
});
