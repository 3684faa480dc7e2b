import { imagesOf } from "../../kubernetes/images";
import { kubeObject, title, type KubeObject } from "../../kubernetes/objects";
import { isBroker, isDatabase } from "../../kubernetes/systems";
import { at, listAt, numberAt, textAt } from "../../kubernetes/value";
import { formerUrns } from "../../plan/aliases";
import type { Plan, Resource } from "../../plan/plan";
import type { Finding, Report } from "../rule";

/** What is there, as a version that the planned one cannot read, or that its operator does not go back from. */
export function wentBack(plan: Plan, error: Report, warning: Report): Finding[] {
  const before = plan.before?.resources ?? [];
  if (before.length === 0) return [];
  const was = new Map(before.map((one) => [one.urn, one]));
  const formerly = formerUrns(plan, new Set(was.keys()));
  return plan.resources.flatMap((resource) => {
    const old = was.get(formerly.get(resource.urn) ?? "");
    if (old === undefined || !resource.custom) return [];
    if (/^kubernetes:helm\.sh\/v\d+:Release$/.test(resource.type)) return chart(resource, old.inputs, warning);
    const [now, then] = [kubeObject(resource), kubeObject({ ...resource, inputs: old.inputs })];
    if (now === undefined || then === undefined) return [];
    if (isDatabase(now)) return database(now, then, error, warning);
    if (isBroker(now)) return broker(now, then, error);
    return keepsFiles(now) ? files(now, then, warning) : [];
  });
}

/** `18.6-minimal` → [18, 6]; undefined if a name has no version. */
function versionOf(text: string | undefined): readonly number[] | undefined {
  const [, numbers] = /^v?(\d+(?:\.\d+)*)/.exec(text ?? "") ?? [];
  return numbers?.split(".").map(Number);
}

function tagOf(image: string): string | undefined {
  return /:([^:@/]+)(?:@|$)/.exec(image)?.[1];
}

/** Below zero where the first comes before the second, in the first parts. */
function compared(a: readonly number[], b: readonly number[], parts: number): number {
  for (let i = 0; i < parts; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Source: validateImageChange of CloudNativePG 1.30, and https://cloudnative-pg.io/documentation/1.30/postgres_upgrades/ */
function database(now: KubeObject, then: KubeObject, error: Report, warning: Report): Finding[] {
  const [major, before] = [postgresMajor(now), postgresMajor(then)];
  if (major === undefined || before === undefined || major === before) return [];
  const path = textAt(now.spec, "imageName") === undefined ? "spec.imageCatalogRef.major" : "spec.imageName";
  if (major < before) {
    const message = `PostgreSQL ${major} cannot read what ${before} has written: the operator refuses the change; keep ${before} (mes:images.overrides.postgres)`;
    return [error(now.resource, path, message)];
  }
  const message = `from PostgreSQL ${before} to ${major}: the database is shut down for as long as pg_upgrade runs, and all replicas are created again; do it in a quiet hour, with a backup`;
  return [warning(now.resource, path, message)];
}

function postgresMajor({ spec }: KubeObject): number | undefined {
  return versionOf(tagOf(textAt(spec, "imageName") ?? ""))?.[0] ?? numberAt(spec, "imageCatalogRef", "major");
}

/** Source: https://www.rabbitmq.com/docs/upgrade#rabbitmq-version-upgradability, and reconcile_scale_down.go of the cluster operator 2.20 */
function broker(now: KubeObject, then: KubeObject, error: Report): Finding[] {
  const findings: Finding[] = [];
  const [version, before] = [now, then].map(({ spec }) => versionOf(tagOf(textAt(spec, "image") ?? "")));
  if (version !== undefined && before !== undefined && compared(version, before, 2) < 0) {
    const message = `RabbitMQ ${version.join(".")} does not know the feature flags that ${before.join(".")} has switched on: its nodes do not start; keep the version (mes:images.overrides.rabbitmq)`;
    findings.push(error(now.resource, "spec.image", message));
  }
  const [nodes, had] = [now, then].map(({ spec }) => numberAt(spec, "replicas") ?? 1);
  if (nodes !== undefined && had !== undefined && nodes < had) {
    const message = `the operator does not take nodes away from a broker (${had} to ${nodes}), and carries out no change until it is put back; keep ${had} (mes:broker.replicas)`;
    findings.push(error(now.resource, "spec.replicas", message));
  }
  return findings;
}

function chart(resource: Resource, then: unknown, warning: Report): Finding[] {
  const [version, before] = [resource.inputs, then].map((inputs) => versionOf(textAt(inputs, "version")));
  if (version === undefined || before === undefined || compared(version, before, 2) >= 0) return [];
  const message = `from chart ${before.join(".")} back to ${version.join(".")}: an older operator may not know the objects and definitions that the newer one has stored; keep the version`;
  return [warning(resource, "version", message)];
}

function keepsFiles({ kind, group, spec }: KubeObject): boolean {
  if (group === "apps" && kind === "StatefulSet") return listAt(spec, "volumeClaimTemplates").length > 0;
  return group === "monitoring.coreos.com" && at(spec, "storage", "volumeClaimTemplate") !== undefined;
}

/** Programs read files of their own earlier versions, rarely those of a later one. */
function files(now: KubeObject, then: KubeObject, warning: Report): Finding[] {
  const old = new Map(imagesOf(then).map(({ path, image }) => [path.join("."), image]));
  return imagesOf(now).flatMap(({ path, image }) => {
    const former = old.get(path.join(".")) ?? "";
    const [version, before] = [image, former].map((one) => versionOf(tagOf(one)));
    if (withoutTag(image) !== withoutTag(former) || version === undefined || before === undefined) return [];
    if (compared(version, before, 2) >= 0) return [];
    const message = `from ${before.join(".")} back to ${version.join(".")}: what ${title(now)} has on its volumes may be in a form that the older one cannot read; keep the version`;
    return [warning(now.resource, path, message)];
  });
}

function withoutTag(image: string): string {
  return image.replace(/(?::[^:@/]+)?(?:@.*)?$/, "").replace(/^.*\//, "");
}
