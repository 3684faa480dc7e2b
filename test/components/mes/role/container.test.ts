import { initContainers, placement, roleContainer } from "../../../../components/mes/role/container";
import { patience } from "../../../helpers/probes";
import { role } from "../fixture";

describe("the container of a role", () => {
  it("runs what the role says, with the devices that it names", () => {
    const given = { command: ["/mes"], args: ["serve"], extendedResources: { "example.com/fpga": "1" }, scratch: ["/drafts"] };
    expect(roleContainer(role({ ...given, gpu: { count: 2 } }))).toMatchObject({
      command: ["/mes"],
      args: ["serve"],
      extendedResources: { "example.com/fpga": "1", "nvidia.com/gpu": "2" },
      writable: ["/drafts"],
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

  it("is asked in the ways that its image knows", () => {
    const asked = (given: object) => {
      const { startupProbe, readinessProbe, livenessProbe } = roleContainer(role(given));
      const how = (probe: any) => probe && (probe.httpGet ?? probe.tcpSocket ?? probe.exec);
      return [how(startupProbe), how(readinessProbe), how(livenessProbe)];
    };
    const tcp = { port: "http" };
    expect(asked({ http: {}, management: false })).toEqual([tcp, tcp, tcp]);
    expect(asked({ management: false })).toEqual([undefined, undefined, undefined]);
    expect(asked({ http: {}, management: false, probes: { readiness: { path: "/login" }, liveness: false } })).toEqual([
      tcp,
      { path: "/login", port: "http" },
      undefined,
    ]);
    expect(asked({ management: false, probes: { readiness: { command: ["/ready"] } } })).toEqual([
      undefined,
      { command: ["/ready"] },
      undefined,
    ]);
    expect(asked({ http: { port: 8080 }, management: { port: 8080 } })[1]).toEqual({ path: "/health/ready", port: "http" });
    expect(asked({ ports: { admin: 9000 }, probes: { liveness: { tcp: true, port: "admin" } } })[2]).toEqual({ port: "admin" });
  });

  it("has the ports, the user and the file system that its image needs", () => {
    const given = {
      http: { port: 8069 },
      ports: { longpolling: 8072 },
      management: false,
      image: { tag: "1.2", readOnly: false },
    };
    expect(roleContainer(role(given))).toMatchObject({
      ports: { http: 8069, longpolling: 8072 },
      imageOverride: { tag: "1.2" },
      securityContext: { readOnlyRootFilesystem: false },
    });
    expect(roleContainer(role({ http: { port: 3000 }, management: { port: 3000 } })).ports).toEqual({ http: 3000 });
  });

  it("runs what its image wants before it starts and before it stops", () => {
    const container = roleContainer(role({ lifecycle: { afterStart: ["warm"], beforeStop: ["drain"] } }));
    expect(container.lifecycle).toEqual({
      postStart: { exec: { command: ["warm"] } },
      preStop: { exec: { command: ["drain"] } },
    });
    expect(initContainers(role({ init: [{ name: "migrate", args: ["migrate"] }] }))).toMatchObject([
      { name: "migrate", image: "mes", args: ["migrate"] },
    ]);
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
