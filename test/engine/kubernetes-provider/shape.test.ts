import { differences } from "../provider/differences";
import { replacing } from "./replacement";
import { likeDeclared, normalized, quantity } from "./shape";

test.each([
  ["1000m", "1"],
  ["0.5", "500m"],
  ["1.5", "1500m"],
  ["1024Mi", "1Gi"],
  ["1.5Gi", "1536Mi"],
  ["0", "0"],
  [2, "2"],
  ["250m", "250m"],
  ["10%", "10%"],
  ["1000k", "1M"],
])("the API server writes the quantity %s as %s", (given, written) => {
  expect(quantity(given)).toBe(written);
});

test("an object is compared as the API server writes it; a custom resource as it is", () => {
  const pod = { metadata: { name: "a", annotations: {} }, spec: { volumes: [{ emptyDir: {} }], tolerations: [] } };
  expect(normalized({ apiVersion: "v1", kind: "Pod", ...pod })).toEqual({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a" },
    spec: { volumes: [{ emptyDir: {} }] },
  });
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, stringData: { key: "text" } };
  expect(normalized(secret)).toMatchObject({ data: { key: "dGV4dA==" } });
  const custom = {
    apiVersion: "rabbitmq.com/v1beta1",
    kind: "Queue",
    metadata: { name: "a" },
    requests: { cpu: "1000m" },
    list: [],
  };
  expect(normalized(custom)).toEqual(custom);
});

test("what others added to a live object is no difference, what they changed or took is", () => {
  const declared = { spec: { ports: [{ port: 1 }], size: 2 } };
  expect(likeDeclared({ spec: { ports: [{ port: 1, protocol: "TCP" }], size: 3 }, status: {} }, declared)).toEqual({
    spec: { ports: [{ port: 1 }], size: 3 },
  });
  expect(differences(likeDeclared({ spec: { ports: [] } }, declared), declared)).toEqual(["spec.ports", "spec.size"]);
});

describe("what needs a new object", () => {
  const immutable = { configMaps: false, secrets: true };
  const object = (apiVersion: string, kind: string, fields: object = {}) => ({
    apiVersion,
    kind,
    metadata: { name: "a" },
    ...fields,
  });

  test.each([
    [
      "apps/v1",
      "StatefulSet",
      ["spec.volumeClaimTemplates[0].spec.resources", "spec.replicas"],
      ["spec.volumeClaimTemplates[0].spec.resources"],
    ],
    ["apps/v1", "Deployment", ["spec.selector.matchLabels.app", "spec.template"], ["spec.selector.matchLabels.app"]],
    ["batch/v1", "Job", ["spec.template.spec.containers"], ["spec.template.spec.containers"]],
    ["v1", "ConfigMap", ["data.key"], ["data.key"]],
    ["v1", "Secret", ["data.key", "type"], ["type"]],
    ["v1", "Service", ["spec.selector.app", "metadata.namespace"], ["metadata.namespace"]],
    ["v1", "Pod", ["metadata.names"], []],
  ])("%s %s: of %j %j", (apiVersion, kind, changes, replaces) => {
    expect(replacing(object(apiVersion, kind), changes, immutable)).toEqual(replaces);
  });

  test("an immutable Secret, whatever the provider says", () => {
    expect(replacing(object("v1", "Secret", { immutable: true }), ["data.key"], immutable)).toEqual(["data.key"]);
  });
});
