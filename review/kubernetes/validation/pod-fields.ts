import type { PodGroup } from "../pods";
import { at, entriesAt, isRecord, listAt, numberAt, recordAt, textAt, type Json } from "../value";
import { hidden, repeated, type Problem } from "./problem";

type Path = readonly (string | number)[];

/** Fields of pods that exclude each other, or have bounds. Source: `ValidatePodSpec` in pkg/apis/core/validation of Kubernetes 1.34 */
export function podFieldProblems({ spec, specPath }: PodGroup): Problem[] {
  if (listAt(spec, "containers").length === 0) return [];
  const containers = ["initContainers", "containers"].flatMap((field) =>
    listAt(spec, field).map((container, i) => ({ container, path: [...specPath, field, i], starts: field === "initContainers" })),
  );
  return [
    ...spreadProblems(spec, specPath),
    ...tolerationProblems(spec, specPath),
    ...volumeProblems(spec, specPath),
    ...nameServers(spec, specPath),
    ...containers.flatMap(({ container, path, starts }) => [
      ...hookProblems(container, path),
      ...(starts && textAt(container, "restartPolicy") !== "Always" ? beforeTheOthers(container, path) : []),
      ...privilegeProblems(container, path),
      ...subPathProblems(container, path),
    ]),
  ];
}

function spreadProblems(spec: Json, specPath: readonly string[]): Problem[] {
  const all = listAt(spec, "topologySpreadConstraints").map((one, i) => ({
    one,
    path: [...specPath, "topologySpreadConstraints", i] as Path,
  }));
  const key = (one: unknown) => `${textAt(one, "topologyKey") ?? ""}, ${textAt(one, "whenUnsatisfiable") ?? ""}`;
  return [
    ...repeated(all.map(({ one, path }) => [key(one), path])).map(([what, path]) => ({
      path,
      message: `there is a spread over ${what} already: two of the same kind are refused; keep one`,
    })),
    ...all.flatMap(({ one, path }): Problem[] => {
      const skew = numberAt(one, "maxSkew");
      const domains = numberAt(one, "minDomains");
      return [
        ...(skew !== undefined && skew < 1 ? [{ path: [...path, "maxSkew"], message: `${skew} is refused; use 1 or more` }] : []),
        ...(domains !== undefined && (domains < 1 || textAt(one, "whenUnsatisfiable") !== "DoNotSchedule")
          ? [{ path: [...path, "minDomains"], message: "goes with DoNotSchedule, and is at least 1: it is refused; remove it" }]
          : []),
        ...(listAt(one, "matchLabelKeys").length > 0 && at(one, "labelSelector") === undefined
          ? [{ path: [...path, "matchLabelKeys"], message: "is refused without a labelSelector; add one that selects the pods" }]
          : []),
      ];
    }),
  ];
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function tolerationProblems(spec: Json, specPath: readonly string[]): Problem[] {
  return listAt(spec, "tolerations").flatMap((one, i): Problem[] => {
    const path = [...specPath, "tolerations", i];
    const operator = textAt(one, "operator") ?? "Equal";
    const effect = textAt(one, "effect") ?? "";
    const value = textAt(one, "value") ?? "";
    if (operator === "Exists" && value !== "" && !hidden(value))
      return [{ path: [...path, "value"], message: `Exists asks for no value, and ${value} is refused; remove it` }];
    if (operator === "Equal" && (textAt(one, "key") ?? "") === "")
      return [{ path: [...path, "key"], message: "has no key, which only Exists may leave out: it is refused" }];
    if (effect !== "" && !hidden(effect) && !EFFECTS.includes(effect))
      return [{ path: [...path, "effect"], message: `${effect} is no effect; use NoSchedule or NoExecute` }];
    if (numberAt(one, "tolerationSeconds") !== undefined && effect !== "NoExecute")
      return [{ path: [...path, "tolerationSeconds"], message: "goes with NoExecute alone: it is refused; remove it" }];
    return [];
  });
}

/** A volume has its name, and one source. */
function volumeProblems(spec: Json, specPath: readonly string[]): Problem[] {
  return listAt(spec, "volumes").flatMap((volume, i): Problem[] => {
    const sources = entriesAt(volume).filter(([key, value]) => key !== "name" && isRecord(value));
    if (sources.length <= 1) return [];
    const names = sources.map(([key]) => key).join(" and ");
    return [{ path: [...specPath, "volumes", i], message: `is of ${names} at once, and refused; keep one` }];
  });
}

function nameServers(spec: Json, specPath: readonly string[]): Problem[] {
  const policy = textAt(spec, "dnsPolicy");
  if (policy !== "None" || listAt(spec, "dnsConfig", "nameservers").length > 0) return [];
  const message = "is None without a name server: the pod is refused; remove it, or name one in dnsConfig";
  return [{ path: [...specPath, "dnsPolicy"], message }];
}

const ACTIONS = ["exec", "httpGet", "tcpSocket", "sleep"];

function hookProblems(container: unknown, path: Path): Problem[] {
  return ["postStart", "preStop"].flatMap((hook): Problem[] => {
    const declared = at(container, "lifecycle", hook);
    if (!isRecord(declared)) return [];
    const actions = ACTIONS.filter((action) => isRecord(declared[action]));
    const where = [...path, "lifecycle", hook];
    if (actions.length !== 1) {
      const what = actions.length === 0 ? "does nothing" : `does ${actions.join(" and ")} at once`;
      return [{ path: where, message: `${what}, and a hook does one thing: the pod is refused; keep one` }];
    }
    const seconds = numberAt(declared, "sleep", "seconds");
    return seconds !== undefined && seconds < 0
      ? [{ path: [...where, "sleep", "seconds"], message: `${seconds} is refused; use 0 or more` }]
      : [];
  });
}

/** A container that ends before the others start has neither probes nor hooks. */
function beforeTheOthers(container: unknown, path: Path): Problem[] {
  return ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"].flatMap((field): Problem[] =>
    isRecord(at(container, field))
      ? [{ path: [...path, field], message: "is of a container that ends before the others start, and refused; remove it" }]
      : [],
  );
}

function privilegeProblems(container: unknown, path: Path): Problem[] {
  const security = recordAt(container, "securityContext");
  if (security.allowPrivilegeEscalation !== false) return [];
  const admin = listAt(security, "capabilities", "add").find((one) => one === "CAP_SYS_ADMIN");
  if (security.privileged !== true && admin === undefined) return [];
  const what = security.privileged === true ? "privileged" : `the capability ${String(admin)}`;
  const where = [...path, "securityContext", ...(security.privileged === true ? ["privileged"] : ["capabilities", "add"])];
  return [
    { path: where, message: `${what} allows everything beside allowPrivilegeEscalation: false: the pod is refused; remove it` },
  ];
}

function subPathProblems(container: unknown, path: Path): Problem[] {
  return listAt(container, "volumeMounts").flatMap((mount, i): Problem[] => {
    const sub = textAt(mount, "subPath") ?? "";
    const where = [...path, "volumeMounts", i, "subPath"];
    if (sub !== "" && textAt(mount, "subPathExpr") !== undefined)
      return [{ path: where, message: "cannot be set together with subPathExpr; leave one out" }];
    if (!sub.startsWith("/") && !sub.split("/").includes("..")) return [];
    return [{ path: where, message: `${sub} leads out of the volume, and is refused; name a folder in it` }];
  });
}
