import { timeZones } from "../../../components/autoscaling/time-zones";
import type { KubeObject } from "../objects";
import { schedule } from "../schedules";
import { at, entriesAt, isRecord, listAt, numberAt, recordAt, textAt, type Json } from "../value";
import { isPortName } from "./pods";
import { byKind, hidden, repeated, shown, type Problem } from "./problem";

/** Source: the validation of each kind in Kubernetes 1.34. */
export const workloadProblems = byKind({
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "batch/CronJob": cronJob,
  "batch/Job": job,
  "/Service": service,
  "/PersistentVolumeClaim": ({ spec }) => claim(spec, ["spec"]),
  "monitoring.coreos.com/Prometheus": claimOfOperator(["storage", "volumeClaimTemplate", "spec"]),
  "monitoring.coreos.com/Alertmanager": claimOfOperator(["storage", "volumeClaimTemplate", "spec"]),
  "postgresql.cnpg.io/Cluster": (object) =>
    ["storage", "walStorage"].flatMap((volume) => claimOfOperator([volume, "pvcTemplate"])(object)),
  "policy/PodDisruptionBudget": budget,
  "scheduling.k8s.io/PriorityClass": priorityClass,
});

function deployment({ spec }: KubeObject): Problem[] {
  const problems: Problem[] = [];
  const rolling = recordAt(spec, "strategy", "rollingUpdate");
  if (isNone(rolling.maxSurge) && isNone(rolling.maxUnavailable)) {
    problems.push({
      path: ["spec", "strategy", "rollingUpdate"],
      message: "lets no pod more and none less, so that nothing can be replaced; allow one of them",
    });
  }
  if (textAt(spec, "strategy", "type") === "Recreate" && at(spec, "strategy", "rollingUpdate") !== undefined) {
    problems.push({ path: ["spec", "strategy", "rollingUpdate"], message: "is refused beside Recreate; remove it" });
  }
  const ready = numberAt(spec, "minReadySeconds") ?? 0;
  const deadline = numberAt(spec, "progressDeadlineSeconds") ?? 600;
  if (ready >= deadline) {
    const message = `${ready} s, and after ${deadline} s an update counts as failed; lower it`;
    problems.push({ path: ["spec", "minReadySeconds"], message });
  }
  for (const container of listAt(spec, "template", "spec", "containers")) {
    const startup = recordAt(container, "startupProbe");
    const window = (numberAt(startup, "periodSeconds") ?? 10) * (numberAt(startup, "failureThreshold") ?? 3);
    if (Object.keys(startup).length === 0 || window <= deadline) continue;
    const message = `is ${deadline} s, and ${textAt(container, "name") ?? "a container"} may take ${window} s to start: an update counts as failed before; raise it`;
    problems.push({ path: ["spec", "progressDeadlineSeconds"], message });
  }
  if (deadline < LEAST_DEADLINE) {
    const message = `is ${deadline} s, in which no image is pulled and no pod starts: every update counts as failed; remove it`;
    problems.push({ path: ["spec", "progressDeadlineSeconds"], message });
  }
  if (spec.paused === true) problems.push({ path: ["spec", "paused"], message: "no change of its pods is ever made; remove it" });
  return problems;
}

const LEAST_DEADLINE = 30;

function isNone(value: unknown): boolean {
  return value === 0 || value === "0" || value === "0%";
}

function statefulSet({ spec }: KubeObject): Problem[] {
  return listAt(spec, "volumeClaimTemplates").flatMap((template, i) =>
    claim(recordAt(template, "spec"), ["spec", "volumeClaimTemplates", i, "spec"]),
  );
}

/** The claim that a custom resource hands on; operators fill in what it does not say. */
function claimOfOperator(place: readonly string[]) {
  return ({ spec }: KubeObject): Problem[] => {
    const own = recordAt(spec, ...place);
    return own.accessModes === undefined ? [] : claim(own, ["spec", ...place]);
  };
}

const ACCESS = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

/**
 * Classes of disks of clouds, as their installations name them. A class of another name may be of a file system.
 * Sources: the pages of the CSI drivers of EBS, Persistent Disk, Azure Disk and DigitalOcean
 */
const BLOCKS =
  /^(?:(?:aws-)?ebs\b.*|.*-ebs|gp[23]\b.*|io[12]\b.*|sc1|st1|pd-(?:standard|balanced|ssd|extreme)|(?:standard|premium|enterprise)-rwo|managed-?(?:csi|premium|disk).*|do-block-storage.*)$/;

function claim(spec: unknown, path: readonly (string | number)[]): Problem[] {
  const modes = listAt(spec, "accessModes");
  if (modes.length === 0) return [{ path: [...path, "accessModes"], message: "a claim has one at least; use ReadWriteOnce" }];
  const storageClass = textAt(spec, "storageClassName") ?? "";
  // As a raw device some disks are on several nodes.
  if (modes.includes("ReadWriteMany") && BLOCKS.test(storageClass) && textAt(spec, "volumeMode") !== "Block") {
    const message = `is ReadWriteMany, and a disk of the class ${storageClass} is on one node at a time: the claim is never met; use ReadWriteOnce`;
    return [{ path: [...path, "accessModes"], message }];
  }
  return modes
    .filter((mode) => !ACCESS.includes(String(mode)))
    .map((mode) => ({ path: [...path, "accessModes"], message: `${shown(mode)} is none; use ReadWriteOnce` }));
}

function cronJob({ spec }: KubeObject): Problem[] {
  const problems: Problem[] = [];
  const text = textAt(spec, "schedule") ?? "";
  const { problem } = hidden(text) ? {} : schedule(text, 5);
  if (problem !== undefined) problems.push({ path: ["spec", "schedule"], message: `"${text}" ${problem}; correct it` });
  if (spec.suspend === true) problems.push({ path: ["spec", "suspend"], message: "it never runs; set it to false" });
  const zone = textAt(spec, "timeZone");
  if (zone !== undefined && !hidden(zone) && !isTimeZone(zone)) {
    problems.push({ path: ["spec", "timeZone"], message: `${zone} is no time zone; name it as Europe/Berlin` });
  }
  const deadline = numberAt(spec, "startingDeadlineSeconds");
  // The controller looks every ten seconds.
  if (deadline !== undefined && deadline < 10) {
    const message = `${deadline} s: the controller looks every 10 s, and may never start it; use more`;
    problems.push({ path: ["spec", "startingDeadlineSeconds"], message });
  }
  return [...problems, ...jobSpec(recordAt(spec, "jobTemplate", "spec"), ["spec", "jobTemplate", "spec"])];
}

function job({ spec }: KubeObject): Problem[] {
  return jobSpec(spec, ["spec"]);
}

function jobSpec(spec: unknown, path: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  if (at(spec, "suspend") === true) problems.push({ path: [...path, "suspend"], message: "it never runs; set it to false" });
  if (numberAt(spec, "parallelism") === 0)
    problems.push({ path: [...path, "parallelism"], message: "is 0: it never runs; use 1" });
  return problems;
}

/** Asking the platform costs more than all else here: it is asked of names that the table does not have, or has in another case. */
export function isTimeZone(name: string): boolean {
  if (timeZones().has(name)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function service({ spec }: KubeObject): Problem[] {
  const ports = listAt(spec, "ports").map((port, i) => ({ port, path: ["spec", "ports", i] as (string | number)[] }));
  const type = textAt(spec, "type") ?? "ClusterIP";
  const problems: Problem[] = [];
  if (ports.length === 0 && type !== "ExternalName" && spec.clusterIP !== "None") {
    problems.push({ path: ["spec", "ports"], message: "a Service has one port at least; add it" });
  }
  for (const { port, path } of ports) {
    for (const key of ["port", "targetPort", "nodePort"]) {
      const value = at(port, key);
      if (value === undefined || hidden(value) || (key === "nodePort" && value === 0)) continue;
      if (key === "targetPort" && typeof value === "string" && isPortName(value)) continue;
      if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535) continue;
      problems.push({ path: [...path, key], message: `${shown(value)} is no port; use 1 to 65535` });
    }
    const named = textAt(port, "name");
    if (named !== undefined && !hidden(named) && !SERVICE_PORT.test(named)) {
      const message = `${named} is no name of a port; use at most 63 small letters, digits and dashes`;
      problems.push({ path: [...path, "name"], message });
    }
    if (ports.length > 1 && named === undefined) {
      problems.push({ path, message: "has no name, which several ports of a Service need; name it" });
    }
  }
  const names = ports.filter(({ port }) => textAt(port, "name") !== undefined);
  for (const [name, path] of repeated(names.map(({ port, path: where }) => [textAt(port, "name") ?? "", where]))) {
    problems.push({ path, message: `there is a port ${name} already; give each a name of its own` });
  }
  const key = (port: unknown) => `${textAt(port, "protocol") ?? "TCP"} ${shown(at(port, "port"))}`;
  for (const [what, path] of repeated(ports.map(({ port, path: where }) => [key(port), where]))) {
    problems.push({ path, message: `${what} is there twice, which the API refuses; keep one` });
  }
  if (entriesAt(spec, "selector").some(([, value]) => typeof value !== "string")) {
    problems.push({ path: ["spec", "selector"], message: "has a value that is no text; put it in quotes" });
  }
  return [...problems, ...typeProblems(spec, type)];
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports */
const SERVICE_PORT = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Fields that go with a type of Service alone. Source: `ValidateService` in pkg/apis/core/validation of Kubernetes 1.34 */
function typeProblems(spec: Json, type: string): Problem[] {
  const problems: Problem[] = [];
  const says = (field: string, message: string) => problems.push({ path: ["spec", field], message });
  const outside = type === "LoadBalancer" || type === "NodePort";
  if (spec.clusterIP === "None" && outside)
    says("clusterIP", `is None, which a Service of the type ${type} may not have; remove it`);
  if (spec.externalTrafficPolicy !== undefined && !outside && listAt(spec, "externalIPs").length === 0)
    says("externalTrafficPolicy", `goes with LoadBalancer and NodePort, and is refused with ${type}; remove it`);
  for (const field of ["loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"]) {
    const value = spec[field];
    if (value === undefined || type === "LoadBalancer" || (Array.isArray(value) && value.length === 0)) continue;
    says(field, `goes with LoadBalancer, and is refused with ${type}; remove it`);
  }
  if (at(spec, "sessionAffinityConfig", "clientIP") !== undefined && textAt(spec, "sessionAffinity") !== "ClientIP")
    says("sessionAffinityConfig", "goes with sessionAffinity: ClientIP, and is refused without; remove it");
  return problems;
}

function budget({ spec }: KubeObject): Problem[] {
  const both = spec.minAvailable !== undefined && spec.maxUnavailable !== undefined;
  return both ? [{ path: ["spec"], message: "has minAvailable and maxUnavailable; keep maxUnavailable: 1" }] : [];
}

/** Above it are those of the system. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass */
const MOST_PRIORITY = 1_000_000_000;

function priorityClass({ resource, name }: KubeObject): Problem[] {
  const { value } = resource.inputs;
  const problems: Problem[] = [];
  if (typeof value !== "number" || !Number.isInteger(value) || value > MOST_PRIORITY) {
    if (!hidden(value) && !isRecord(value)) {
      problems.push({
        path: ["value"],
        message: `${shown(value)} is no priority; use a whole number of at most ${MOST_PRIORITY}`,
      });
    }
  }
  if (name.startsWith("system-"))
    problems.push({ path: ["metadata", "name"], message: "system- belongs to Kubernetes; use another" });
  return problems;
}
