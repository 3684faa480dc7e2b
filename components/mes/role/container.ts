import { parseDuration, podTolerations } from "../../schema";
import type { ContainerArgs, PodSpec, Probe } from "../../workload/pod";
import type { RoleConfig } from "../config";
import { PATHS } from "../contract/contract";
import { CONTAINER } from "./container-name";
import { HTTP_PORT_NAME, managementPort, portNames, portsOf } from "./ports";
import { shutdownOf } from "./shutdown";

/** Seconds between two questions whether the program has started: what a start can be late by. */
const STARTUP_PERIOD = 2;

/** The container of a role, without what bindings add. */
export function roleContainer(role: RoleConfig): Omit<ContainerArgs, "env" | "volumeMounts"> {
  return {
    ...ofImage(role),
    name: CONTAINER,
    command: role.command,
    args: role.args,
    ports: portsOf(role),
    extendedResources: extendedResources(role),
    ...probes(role),
    lifecycle: lifecycleOf(role),
    writable: role.scratch,
  };
}

/** Containers that run before it, of the same image. */
export function initContainers(role: RoleConfig): Omit<ContainerArgs, "env" | "volumeMounts">[] {
  return role.init.map(({ name, command, args }) => ({ ...ofImage(role), name, command, args, writable: role.scratch }));
}

function ofImage({ image: { user: _, group: __, readOnly, ...imageOverride }, resources }: RoleConfig) {
  return {
    image: "mes" as const,
    imageOverride,
    resources,
    ...(readOnly ? {} : { securityContext: { readOnlyRootFilesystem: false } }),
  };
}

function lifecycleOf(role: RoleConfig): ContainerArgs["lifecycle"] {
  const { preStop } = shutdownOf(role);
  const { afterStart, beforeStop } = role.lifecycle;
  if (preStop === 0 && afterStart === undefined && beforeStop === undefined) return undefined;
  return {
    ...(afterStart === undefined ? {} : { postStart: { exec: { command: [...afterStart] } } }),
    ...(beforeStop === undefined
      ? // Kubernetes' own sleep: the image needs no shell.
        preStop === 0
        ? {}
        : { preStop: { sleep: { seconds: preStop } } }
      : { preStop: { exec: { command: [...beforeStop] } } }),
  };
}

function extendedResources({ extendedResources, gpu }: RoleConfig): Record<string, string> {
  return { ...extendedResources, ...(gpu === undefined ? {} : { [gpu.resource]: String(gpu.count) }) };
}

type Asked = Exclude<RoleConfig["probes"]["startup"], false>;
type Paced = Exclude<RoleConfig["probes"]["readiness"], false>;

/** Seconds for an answer where readiness, which has the same question, says nothing of it. */
const STARTUP_TIMEOUT = 2;

function probes(role: RoleConfig) {
  const { startup, readiness, liveness } = role.probes;
  const paced = (path: string, probe: Paced | false): Probe | undefined => {
    const ask = probe === false ? undefined : askedBy(role, path, probe);
    if (probe === false || ask === undefined) return undefined;
    const { period, timeout, failures } = probe;
    return { ...ask, periodSeconds: parseDuration(period), timeoutSeconds: parseDuration(timeout), failureThreshold: failures };
  };
  const started = startup === false ? undefined : askedBy(role, PATHS.startup, startup);
  return {
    startupProbe: started && {
      ...started,
      periodSeconds: STARTUP_PERIOD,
      timeoutSeconds: readiness === false ? STARTUP_TIMEOUT : parseDuration(readiness.timeout),
      failureThreshold: Math.max(1, Math.ceil(parseDuration(role.startupTimeout) / STARTUP_PERIOD)),
    },
    readinessProbe: paced(PATHS.readiness, readiness),
    livenessProbe: paced(PATHS.liveness, liveness),
  };
}

/**
 * How a probe asks. Where nothing is said: the path of the contract on the management port; where there is none, whether the port of
 * requests takes a connection; a role without any port is not asked.
 */
function askedBy(role: RoleConfig, contractPath: string, { path, tcp, command, port }: Asked): Probe | undefined {
  if (command !== undefined) return { exec: { command: [...command] } };
  const asked = port ?? (managementPort(role) === undefined ? HTTP_PORT_NAME : "management");
  const portName = portNames(role).get(asked);
  if (portName === undefined) return undefined;
  if (tcp || (path === undefined && asked !== "management")) return { tcpSocket: { port: portName } };
  return { httpGet: { path: path ?? contractPath, port: portName } };
}

/** Where the pods may run, and names that no DNS knows. A GPU's nodes carry a taint with the resource's name, to keep others away. */
export function placement({ nodeSelector, tolerations, gpu, hostAliases }: RoleConfig): Partial<PodSpec> {
  const tolerated = [
    ...podTolerations(tolerations),
    ...(gpu === undefined ? [] : [{ key: gpu.resource, operator: "Exists", effect: "NoSchedule" }]),
  ];
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerated.length === 0 ? {} : { tolerations: tolerated }),
    ...(Object.keys(hostAliases).length === 0
      ? {}
      : { hostAliases: Object.entries(hostAliases).map(([ip, hostnames]) => ({ ip, hostnames: [...hostnames] })) }),
  };
}
