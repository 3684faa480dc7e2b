import { podsWhileRolling, rolloutOf } from "../../../../components/mes/role/pods";
import { role } from "../fixture";

describe("how many pods there are", () => {
  it.each([
    ["by load, with a quarter more while rolling", { scale: { min: 1, max: 10, cpu: 70 } }, 13],
    ["a fixed number", { replicas: 4 }, 5],
    ["two by default", {}, 3],
    ["one", { replicas: 1 }, 2],
    ["none, and none rolls", { replicas: 0 }, 0],
    ["a given surge", { replicas: 4, rollout: { maxSurge: 2, maxUnavailable: 0 } }, 6],
  ])("%s", (_, given, pods) => {
    expect(podsWhileRolling(role(given))).toBe(pods);
  });

  it("is never more with a GPU, which is rarely free", () => {
    const gpu = role({ gpu: {}, replicas: 3 });
    expect(rolloutOf(gpu)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(podsWhileRolling(gpu)).toBe(3);
  });
});
