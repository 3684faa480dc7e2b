import { parseDuration, podTolerations } from "../../schema";
import type { ContainerArgs, PodSpec, Probe } from "../../workload/pod";
import type { RoleConfig } from "../config";
import { MANAGEMENT_PORT_NAME, PATHS, PORTS } from "../contract/contract";
import { shutdownOf } from "./shutdown";

/** Name of the one container of a role's pods; autoscalers and dashboards measure it. */
export const CONTAINER = "mes";

/** Seconds between two questions whether the program has started: what a start can be late by. */
const STARTUP_PERIOD = 2;

/** The container of a role, without what bindings add. */
export function roleContainer(role: RoleConfig): Omit<ContainerArgs, "env" | "volumeMounts"> {
  const { preStop } = shutdownOf(role);
  return {
    name: CONTAINER,
    image: "mes",
    command: role.command,
    args: role.args,
    ports: {
      ...(role.http === undefined ? {} : { http: role.http.port }),
      [MANAGEMENT_PORT_NAME]: PORTS.management,
    },
    resources: role.resources,
    extendedResources: extendedResources(role),
    ...probes(role),
    // Kubernetes' own sleep: the image needs no shell.
    lifecycle: preStop === 0 ? undefined : { preStop: { sleep: { seconds: preStop } } },
    writable: role.scratch,
  };
}

function extendedResources({ extendedResources, gpu }: RoleConfig): Record<string, string> {
  return { ...extendedResources, ...(gpu === undefined ? {} : { [gpu.resource]: String(gpu.count) }) };
}

function probes({ probes: { startup, readiness, liveness }, startupTimeout }: RoleConfig) {
  const ask = (path: string): Probe => ({ httpGet: { path, port: MANAGEMENT_PORT_NAME } });
  const paced = (path: string, { period, timeout, failures }: typeof readiness): Probe => ({
    ...ask(path),
    periodSeconds: parseDuration(period),
    timeoutSeconds: parseDuration(timeout),
    failureThreshold: failures,
  });
  return {
    startupProbe: {
      ...ask(startup.path ?? PATHS.startup),
      periodSeconds: STARTUP_PERIOD,
      timeoutSeconds: parseDuration(readiness.timeout),
      failureThreshold: Math.max(1, Math.ceil(parseDuration(startupTimeout) / STARTUP_PERIOD)),
    },
    readinessProbe: paced(readiness.path ?? PATHS.readiness, readiness),
    livenessProbe: paced(liveness.path ?? PATHS.liveness, liveness),
  };
}

/** Where the pods may run. A GPU's nodes carry a taint with the resource's name, to keep others away. */
export function placement({ nodeSelector, tolerations, gpu }: RoleConfig): Partial<PodSpec> {
  const tolerated = [
    ...podTolerations(tolerations),
    ...(gpu === undefined ? [] : [{ key: gpu.resource, operator: "Exists", effect: "NoSchedule" }]),
  ];
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerated.length === 0 ? {} : { tolerations: tolerated }),
  };
}
