import { podsSurvive } from "../../../review/rules/pods-survive";
import { container, deployment, found } from "../fixtures";

const gpus = {
  resources: { requests: { "nvidia.com/gpu": "1", cpu: "1", memory: "1Gi" }, limits: { "nvidia.com/gpu": "1", memory: "1Gi" } },
};
const pods = (tolerations: readonly object[], resources: object = gpus) =>
  found(podsSurvive, [
    deployment("pricing", { pod: { tolerations, containers: [container(resources as Record<string, unknown>)] } }),
  ]).filter((message) => message.includes("taint"));

describe("nodes with GPUs", () => {
  it("are closed to pods that tolerate nothing, or something else", () => {
    const closed = [expect.stringContaining("asks for nvidia.com/gpu, and tolerates no taint")];
    expect(pods([])).toEqual(closed);
    expect(pods([{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoExecute" }])).toEqual(closed);
    expect(pods([{ key: "node.kubernetes.io/unreachable", operator: "Exists" }])).toEqual(closed);
  });

  it("are open to those that tolerate their taint, or any", () => {
    expect(pods([{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }])).toEqual([]);
    expect(pods([{ key: "dedicated", operator: "Exists" }])).toEqual([]);
    expect(pods([{ operator: "Exists" }])).toEqual([]);
    expect(pods([], {})).toEqual([]);
  });
});
