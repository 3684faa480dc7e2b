import { podTolerations, toleration } from "../../../components/schema";

const said = (given: object) =>
  toleration.safeParse(given).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a toleration", () => {
  it.each([
    ["a taint, whatever its value", { key: "pool" }, { key: "pool", operator: "Exists" }],
    ["a taint with a value", { key: "pool", value: "database" }, { key: "pool", operator: "Equal", value: "database" }],
    ["every taint of an effect", { effect: "NoExecute" }, { operator: "Exists", effect: "NoExecute" }],
    ["what it says itself", { key: "a", operator: "Equal", value: "b" }, { key: "a", operator: "Equal", value: "b" }],
  ])("is of %s", (_, given, ofPod) => {
    expect(podTolerations([toleration.parse(given)])).toEqual([ofPod]);
  });

  // As the API server refuses them: ValidateTolerations of Kubernetes.
  it.each<[string, object, string[]]>([
    ["no value for Equal", { key: "a", operator: "Equal" }, ["value: missing; Equal compares it"]],
    ["a value for Exists", { key: "a", operator: "Exists", value: "b" }, ["value: has no meaning with Exists"]],
    ["a value of no key", { value: "b" }, ["key: missing; every taint is tolerated with Exists only"]],
    ["Equal without a key", { operator: "Equal", value: "b" }, ["key: missing; every taint is tolerated with Exists only"]],
  ])("has not %s", (_, given, messages) => {
    expect(said(given)).toEqual(messages);
  });
});
