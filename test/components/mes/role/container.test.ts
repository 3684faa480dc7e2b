import { placement, roleContainer } from "../../../../components/mes/role/container";
import { patience } from "../../../helpers/probes";
import { role } from "../fixture";

describe("the container of a role", () => {
  it("runs what the role says, with the devices that it names", () => {
    const given = { command: ["/mes"], args: ["serve"], extendedResources: { "example.com/fpga": "1" }, scratch: ["/work"] };
    expect(roleContainer(role({ ...given, gpu: { count: 2 } }))).toMatchObject({
      command: ["/mes"],
      args: ["serve"],
      extendedResources: { "example.com/fpga": "1", "nvidia.com/gpu": "2" },
      writable: ["/work"],
    });
  });

  it("is asked as the role says", () => {
    const pace = { period: "7s", timeout: "3s", failures: 5 };
    const probes = { readiness: { ...pace, path: "/up" }, liveness: { ...pace, failures: 9 } };
    const container = roleContainer(role({ probes, startupTimeout: "25s" }));
    expect(container.readinessProbe).toEqual({
      httpGet: { path: "/up", port: "metrics" },
      periodSeconds: 7,
      timeoutSeconds: 3,
      failureThreshold: 5,
    });
    expect(container.startupProbe).toMatchObject({ periodSeconds: 2, timeoutSeconds: 3 });
    // A part of a period is a whole one.
    expect(patience(container as any)).toEqual({ start: 26, ready: 35, live: 63 });
  });

  it("waits at its end for the gateway only where it serves requests", () => {
    expect(roleContainer(role({ http: {} })).lifecycle).toEqual({ preStop: { sleep: { seconds: 10 } } });
    expect(roleContainer(role({})).lifecycle).toBeUndefined();
  });
});

describe("where the pods of a role run", () => {
  it("is anywhere, unless the role says otherwise", () => {
    expect(placement(role({}))).toEqual({});
  });

  it("is where it says, beside the taint of its GPUs", () => {
    const given = { nodeSelector: { pool: "orders" }, tolerations: [{ key: "pool", value: "orders" }], gpu: {} };
    expect(placement(role(given))).toEqual({
      nodeSelector: { pool: "orders" },
      tolerations: [
        { key: "pool", operator: "Equal", value: "orders" },
        { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
      ],
    });
  });
});
