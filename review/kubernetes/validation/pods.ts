import type { PodGroup } from "../pods";
import { at, entriesAt, isRecord, listAt, numberAt, recordAt, textAt, type Json } from "../value";
import { hidden, repeated, shown, type Problem } from "./problem";
import { limitProblems, requestProblems } from "./resources";

/** What the rest of a plan tells of pods. */
export interface Known {
  /** Names of the controllers of the MES' own programs. */
  readonly programs: ReadonlySet<string>;
  /** Names of resources that the stack file calls GPUs. */
  readonly gpuResources: ReadonlySet<string>;
  readonly limits: readonly { readonly namespace: string; readonly spec: Json }[];
}

type Path = (string | number)[];

const CONTAINERS = ["initContainers", "containers"] as const;

/** Source: the validation of pods in Kubernetes 1.34, and the keys by which server-side apply tells list items apart. */
export function podProblems({ spec, specPath, object, namespace }: PodGroup, known: Known): Problem[] {
  if (listAt(spec, "containers").length === 0) return [];
  const containers = CONTAINERS.flatMap((field) =>
    listAt(spec, field).map((container, i) => ({ container, path: [...specPath, field, i] as Path })),
  );
  const programs = containers.filter(({ path }) => path.at(-2) === "containers");
  const volumes = listAt(spec, "volumes").map((volume) => textAt(volume, "name") ?? "");
  const claims = listAt(object.spec, "volumeClaimTemplates").map((claim) => textAt(claim, "metadata", "name") ?? "");
  const ports = containers.flatMap(({ container, path }) =>
    listAt(container, "ports").map((port, i) => ({ port, path: [...path, "ports", i] as Path })),
  );
  return [
    ...repeated(containers.map(({ container, path }) => [textAt(container, "name") ?? "", path])).map(([name, path]) => ({
      path,
      message: `there is a container ${name} already; give each a name of its own`,
    })),
    ...repeated(volumes.map((name, i) => [name, [...specPath, "volumes", i]])).map(([name, path]) => ({
      path,
      message: `there is a volume ${name} already; give each a name of its own`,
    })),
    ...containers.flatMap(({ container, path }) => [
      ...containerProblems(container, path, new Set([...volumes, ...claims])),
      ...requestProblems(recordAt(container, "resources"), [...path, "resources"], known),
      ...limitProblems(recordAt(container, "resources"), [...path, "resources"], namespace, known),
    ]),
    ...repeated(
      ports.filter(({ port }) => textAt(port, "name") !== undefined).map(({ port, path }) => [textAt(port, "name") ?? "", path]),
    ).map(([name, path]) => ({ path, message: `there is a port ${name} already; a Service would lead to one of them only` })),
    ...ports.flatMap(({ port, path }) => portProblems(port, path)),
    ...restartProblems(spec, specPath, object.kind),
    ...schedulerProblems(spec, specPath),
    ...(known.programs.has(object.name) ? placesToWrite(programs, spec) : []),
  ];
}

/** Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-template */
function restartProblems(spec: Json, specPath: readonly string[], kind: string): Problem[] {
  const policy = textAt(spec, "restartPolicy");
  const finite = kind === "Job" || kind === "CronJob";
  const path = [...specPath, "restartPolicy"];
  if (finite && policy !== "Never" && policy !== "OnFailure") {
    return [{ path, message: `is ${policy ?? "Always by default"}, which no ${kind} may have; use Never or OnFailure` }];
  }
  if (!finite && kind !== "Pod" && policy !== undefined && policy !== "Always") {
    return [{ path, message: `is ${policy}, which no ${kind} may have; use Always` }];
  }
  return [];
}

function schedulerProblems(spec: Json, specPath: readonly string[]): Problem[] {
  const scheduler = textAt(spec, "schedulerName");
  if (scheduler === undefined || scheduler === "default-scheduler" || hidden(scheduler)) return [];
  return [
    { path: [...specPath, "schedulerName"], message: `no scheduler is called ${scheduler}: the pods wait for ever; remove it` },
  ];
}

/** A program of the MES may write to /tmp, by the contract with its image. */
function placesToWrite(containers: readonly { readonly container: unknown; readonly path: Path }[], spec: Json): Problem[] {
  return containers.flatMap(({ container, path }) => {
    if (at(container, "securityContext", "readOnlyRootFilesystem") !== true) return [];
    const mounts = listAt(container, "volumeMounts").filter((mount) => /^\/tmp\/?$/.test(textAt(mount, "mountPath") ?? ""));
    const volumes = listAt(spec, "volumes");
    const writable = mounts.some((mount) => {
      const volume = volumes.find((one) => textAt(one, "name") === textAt(mount, "name"));
      return at(mount, "readOnly") !== true && at(volume, "secret") === undefined && at(volume, "configMap") === undefined;
    });
    if (writable) return [];
    const message =
      "its root is read-only and nothing that can be written is mounted at /tmp, which the program is promised: it ends; mount an emptyDir";
    return [{ path: [...path, "volumeMounts"], message }];
  });
}

function containerProblems(container: unknown, path: Path, volumes: ReadonlySet<string>): Problem[] {
  const name = textAt(container, "name") ?? "";
  const problems: Problem[] = [];
  if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    problems.push({
      path: [...path, "name"],
      message: `${name} is no name of a container; use small letters, digits and dashes`,
    });
  }
  const pull = textAt(container, "imagePullPolicy");
  if (pull === "Never") {
    problems.push({ path: [...path, "imagePullPolicy"], message: "is Never: no node has the image; use IfNotPresent" });
  } else if (pull !== undefined && !hidden(pull) && pull !== "Always" && pull !== "IfNotPresent") {
    problems.push({ path: [...path, "imagePullPolicy"], message: `${pull} is none; use IfNotPresent` });
  }
  const mounts = listAt(container, "volumeMounts").map((mount, i) => ({ mount, path: [...path, "volumeMounts", i] as Path }));
  for (const { mount, path: where } of mounts) {
    const volume = textAt(mount, "name") ?? "";
    if (!volumes.has(volume)) problems.push({ path: where, message: `mounts ${volume}, which is no volume of the pod; add it` });
    if (!/^\/|^\[/.test(textAt(mount, "mountPath") ?? "/")) {
      problems.push({ path: [...where, "mountPath"], message: `${textAt(mount, "mountPath") ?? ""} is no absolute path` });
    }
  }
  for (const [place, where] of repeated(mounts.map(({ mount, path: p }) => [textAt(mount, "mountPath") ?? "", p]))) {
    problems.push({
      path: [...where],
      message: `two volumes are mounted at ${place}, which the API refuses; use another folder`,
    });
  }
  return [...problems, ...variableProblems(container, path), ...probeProblems(container, path)];
}

/** Source: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields */
const FIELD =
  /^(?:metadata\.(?:name|namespace|uid|labels\['[^']+'\]|annotations\['[^']+'\])|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?))$/;
const AMOUNT = /^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;

function variableProblems(container: unknown, path: Path): Problem[] {
  const env = listAt(container, "env").map((one, i) => ({
    one,
    name: textAt(one, "name") ?? "",
    path: [...path, "env", i] as Path,
  }));
  return [
    ...repeated(env.map(({ name, path: where }) => [name, where])).map(([name, where]) => ({
      path: where,
      message: `${name} is set twice, which server-side apply refuses; keep one`,
    })),
    ...env.flatMap(({ one, name, path: where }): Problem[] => {
      if (!/^[-._A-Za-z][-._\w]*$/.test(name)) return [{ path: where, message: `${name} is no name of a variable` }];
      const value = at(one, "value");
      if (value !== undefined && value !== null && typeof value !== "string") {
        return [{ path: [...where, "value"], message: `the value of ${name} is no text; put it in quotes` }];
      }
      const field = textAt(one, "valueFrom", "fieldRef", "fieldPath");
      if (field !== undefined && !hidden(field) && !FIELD.test(field)) {
        const message = `a pod tells its containers no ${field}, so that it is refused; use metadata.name, status.podIP or another of the downward API`;
        return [{ path: [...where, "valueFrom", "fieldRef", "fieldPath"], message }];
      }
      const amount = textAt(one, "valueFrom", "resourceFieldRef", "resource");
      if (amount !== undefined && !hidden(amount) && !AMOUNT.test(amount)) {
        const message = `${amount} is no resource of a container, so that the pod is refused; use limits.memory or another`;
        return [{ path: [...where, "valueFrom", "resourceFieldRef", "resource"], message }];
      }
      const both = typeof value === "string" && value !== "" && isRecord(at(one, "valueFrom"));
      return both ? [{ path: where, message: `${name} has a value and a valueFrom; keep one` }] : [];
    }),
  ];
}

function portProblems(port: unknown, path: Path): Problem[] {
  const problems: Problem[] = [];
  for (const key of ["containerPort", "hostPort"]) {
    const value = at(port, key);
    if (key === "hostPort" && (value === undefined || value === 0)) continue;
    if (hidden(value) || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535)) continue;
    problems.push({ path: [...path, key], message: `${shown(value)} is no port; use 1 to 65535` });
  }
  const name = textAt(port, "name");
  if (name !== undefined && !isPortName(name)) {
    problems.push({
      path: [...path, "name"],
      message: `${name} is no name of a port; use at most 15 small letters, digits and dashes`,
    });
  }
  return problems;
}

/** Source: https://www.rfc-editor.org/rfc/rfc6335#section-5.1 */
export function isPortName(name: string): boolean {
  return /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/.test(name) && name.length <= 15;
}

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];

function probeProblems(container: unknown, path: Path): Problem[] {
  const problems: Problem[] = [];
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
    const declared = at(container, probe);
    if (!isRecord(declared)) continue;
    const where = [...path, probe];
    const handlers = entriesAt(declared).filter(([key, value]) => HANDLERS.includes(key) && isRecord(value));
    if (handlers.length !== 1) {
      problems.push({
        path: where,
        message: `asks in ${handlers.length} ways; a probe has exactly one of ${HANDLERS.join(", ")}`,
      });
    }
    for (const key of ["periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold"]) {
      const value = numberAt(declared, key);
      if (value !== undefined && value < 1)
        problems.push({ path: [...where, key], message: `${value} is refused; use at least 1` });
    }
    if (probe !== "readinessProbe" && (numberAt(declared, "successThreshold") ?? 1) !== 1) {
      problems.push({ path: [...where, "successThreshold"], message: "must be 1, except for readiness" });
    }
  }
  return problems;
}
