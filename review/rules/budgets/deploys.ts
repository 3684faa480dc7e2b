import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { containersOf, type PodGroup } from "../../kubernetes/pods";
import { timeInWords } from "../../kubernetes/sizes";
import { isBroker, isDatabase } from "../../kubernetes/systems";
import { at, entriesAt, numberAt } from "../../kubernetes/value";
import type { Plan, Resource } from "../../plan/plan";
import { seconds } from "../../promql/duration";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("time-budgets");

/** Seconds in which a pod is scheduled, gets a node, and its image is pulled. */
const SCHEDULED = 60;

/** What waits for pods waits for as long as they may take to start. */
export function deployTimes({ resources }: Plan, known: Inventory): Finding[] {
  const byUrn = new Map(known.pods.map((group) => [group.object.resource.urn, group]));
  return [
    ...known.pods.flatMap((group) => (group.finite ? deadlines(group) : progress(group))),
    ...resources.flatMap((resource) => [...waits(resource, byUrn.get(resource.urn)), ...helmWaits(resource)]),
  ];
}

/** Seconds that the pods of a controller may take until they are ready. */
function startSeconds({ spec }: PodGroup): number {
  const each = containersOf(spec).map((container) => {
    const probe = at(container, "startupProbe") ?? at(container, "readinessProbe");
    const tries = at(container, "startupProbe") === undefined ? 1 : (numberAt(probe, "failureThreshold") ?? 3);
    return (numberAt(probe, "initialDelaySeconds") ?? 0) + tries * (numberAt(probe, "periodSeconds") ?? 10);
  });
  return Math.max(0, ...each);
}

/** Default of Kubernetes. Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds */
const PROGRESS = 600;

/** Source: the same; `minReadySeconds` has to be less, else the API refuses both. */
function progress(group: PodGroup): Finding[] {
  const { object } = group;
  if (object.kind !== "Deployment") return [];
  const deadline = numberAt(object.spec, "progressDeadlineSeconds") ?? PROGRESS;
  const settle = numberAt(object.spec, "minReadySeconds") ?? 0;
  const path = "spec.progressDeadlineSeconds";
  if (settle >= deadline) {
    const message = `minReadySeconds (${settle}) has to be less than progressDeadlineSeconds (${deadline}): the API refuses both; lower it`;
    return [error(object.resource, "spec.minReadySeconds", message)];
  }
  const needed = SCHEDULED + startSeconds(group) + settle;
  if (deadline >= needed) return [];
  const message = `a rollout counts as failed after ${timeInWords(deadline)}, and a pod of ${title(object)} may take ${timeInWords(needed)} until it is ready: the deploy fails although nothing is wrong; raise it`;
  return [(deadline < SCHEDULED ? error : warning)(object.resource, path, message)];
}

/** Seconds that a job needs at least to be scheduled, to connect and to do something. */
const JOB = { least: 60, usual: 300 };

function deadlines({ object, spec, specPath }: PodGroup): Finding[] {
  const template = specPath.slice(0, -2);
  const job = template.length === 1 ? object.spec : at(object.spec, ...template.slice(1));
  const places: readonly (readonly [readonly string[], number | undefined])[] = [
    [[...template, "activeDeadlineSeconds"], numberAt(job, "activeDeadlineSeconds")],
    [[...specPath, "activeDeadlineSeconds"], numberAt(spec, "activeDeadlineSeconds")],
  ];
  return places.flatMap(([path, deadline]) => {
    if (deadline === undefined || deadline >= JOB.usual) return [];
    const report = deadline < JOB.least ? error : warning;
    const message = `${title(object)} is ended ${timeInWords(deadline)} after it was made, in which a node has to be found, the image pulled and the database asked: what it is for is not done; give it ${timeInWords(JOB.usual)} or more`;
    return [report(object.resource, path, message)];
  });
}

/** Seconds that the operators of database and broker need for a first node, and for an update of all. */
const SYSTEM = { least: 120, usual: 600 };

/** The engine's patience with a resource. Source: https://www.pulumi.com/docs/iac/concepts/resources/options/customtimeouts/ */
function waits(resource: Resource, group: PodGroup | undefined): Finding[] {
  const kind = { group: groupOf(resource), kind: resource.type.split(":").at(-1) ?? "" };
  const system = isDatabase(kind) || isBroker(kind);
  const isRelease = resource.type.startsWith("kubernetes:helm.sh/");
  if (!system && !isRelease && (group === undefined || group.finite)) return [];
  const needed = system || group === undefined ? SYSTEM.usual : startSeconds(group);
  const least = system ? SYSTEM.least : SCHEDULED;
  return entriesAt(resource, "customTimeouts").flatMap(([step, text]) => {
    const time = typeof text === "string" ? seconds(text) : undefined;
    if (step === "delete" || time === undefined || time <= 0 || time >= needed) return [];
    const message = `the engine waits ${timeInWords(time)} for it (${step}), and it may take ${timeInWords(needed)} until it is ready: the deploy fails in the middle; raise customTimeouts`;
    return [(time < least ? error : warning)(resource, `options.customTimeouts.${step}`, message)];
  });
}

/** Seconds in which the pods of a chart get a node, pull their images and answer; Helm's own are 300. */
const HELM = { least: 60, usual: 180 };

/** Source: https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/#timeout_nodejs */
function helmWaits(resource: Resource): Finding[] {
  if (!resource.type.startsWith("kubernetes:helm.sh/") || resource.inputs.skipAwait === true) return [];
  const time = numberAt(resource.inputs, "timeout");
  if (time === undefined || time <= 0 || time >= HELM.usual) return [];
  const report = time < HELM.least ? error : warning;
  const back = resource.inputs.atomic === true ? " and taken back" : "";
  const message = `Helm waits ${timeInWords(time)} for what the chart makes: the release counts as failed${back} before an image is pulled; give it ${timeInWords(HELM.usual)} or more`;
  return [report(resource, "timeout", message)];
}

function groupOf({ type }: Resource): string {
  return /^kubernetes:([^/:]+)\//.exec(type)?.[1] ?? "";
}
