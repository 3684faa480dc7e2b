import { BUCKET } from "../../cloud/buckets";
import { kubeObject, title, type KubeObject } from "../../kubernetes/objects";
import { isBroker, isDatabase } from "../../kubernetes/systems";
import { at, listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { nameOf, scopeOf } from "../../orders/broker";
import type { FormerResource, Plan, Resource } from "../../plan/plan";
import { count, type Finding, type Report } from "../rule";

/** What keeps deployed data, and those who use it, from harm, and is changed or gone in the plan. */
export function guardsStay(plan: Plan, error: Report, warning: Report): Finding[] {
  const before = plan.before?.resources ?? [];
  if (before.length === 0) return [];
  return [
    ...bucketGuards(plan, before, error, warning),
    ...regions(plan, before, error),
    ...systems(plan, before, error),
    ...strangers(plan, before, error, warning),
  ];
}

/** Parts of a bucket that keep what is in it. */
const GUARDS: Readonly<Record<string, string>> = {
  bucketObjectLockConfiguration: "anybody with the right can delete new objects",
  bucketVersioning: "what is overwritten or deleted is gone",
  bucketServerSideEncryptionConfiguration: "new objects are not encrypted with the stack's key",
  bucketPublicAccessBlock: "it can be made public",
};

function partOf(type: string): string | undefined {
  const part = /^aws:s3\/(\w+?)(?:V2)?:/.exec(type)?.[1];
  return part !== undefined && Object.hasOwn(GUARDS, part) ? part : undefined;
}

function bucketGuards({ resources }: Plan, before: readonly FormerResource[], error: Report, warning: Report): Finding[] {
  const buckets = new Map(resources.filter(({ type }) => BUCKET.test(type)).map((one) => [textAt(one.inputs, "bucket"), one]));
  return before.flatMap((former) => {
    const bucket = textAt(former.inputs, "bucket");
    const there = buckets.get(bucket);
    if (bucket === undefined || there === undefined) return [];
    if (BUCKET.test(former.type)) return lockOf(former, there, bucket, error);
    const part = partOf(former.type);
    if (part === undefined) return [];
    const now = resources.find(({ type, inputs }) => partOf(type) === part && textAt(inputs, "bucket") === bucket);
    if (now !== undefined) return part === "bucketObjectLockConfiguration" ? weaker(former, now, bucket, warning) : [];
    const what = part.replace(/^bucket/, "");
    const message = `${what} of ${bucket} is deployed, and the plan has it no more: ${GUARDS[part] ?? ""}; keep it (mes:storage.buckets)`;
    return [error(there, "", message)];
  });
}

/** Source: https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/#objectlockenabled_nodejs, which is set when a bucket is made */
function lockOf(former: FormerResource, now: Resource, bucket: string, error: Report): Finding[] {
  const [was, is] = [former.inputs, now.inputs].map((inputs) => at(inputs, "objectLockEnabled") === true);
  if (was === is) return [];
  const how = is === true ? "an object lock is switched on" : "the object lock is switched off";
  const message = `${how}, which the bucket ${bucket} can have only from when it is made: the engine replaces it, and all that is in it stays behind or is deleted; leave it as it is, or move what is there to a new bucket`;
  return [error(now, "objectLockEnabled", message)];
}

function weaker(former: FormerResource, now: Resource, bucket: string, warning: Report): Finding[] {
  const [was, is] = [former.inputs, now.inputs].map((inputs) => {
    const kept = recordAt(inputs, "rule", "defaultRetention");
    return { mode: textAt(kept, "mode"), days: numberAt(kept, "days") ?? (numberAt(kept, "years") ?? 0) * 365 };
  });
  if (was === undefined || is === undefined || (is.days >= was.days && (was.mode !== "COMPLIANCE" || is.mode === "COMPLIANCE")))
    return [];
  const message = `new objects of ${bucket} can be deleted after ${count(is.days, "day")} (${is.mode ?? ""}), and after ${count(was.days, "day")} (${was.mode ?? ""}) until now; keep the stronger one`;
  return [warning(now, "rule.defaultRetention", message)];
}

/** A bucket is in one region; in another one a new bucket takes its place, for which its name is not even free. */
function regions({ resources }: Plan, before: readonly FormerResource[], error: Report): Finding[] {
  const isProvider = ({ type }: FormerResource) => type === "pulumi:providers:aws";
  const was = new Map(before.filter(isProvider).map(({ urn, inputs }) => [urn, textAt(inputs, "region")]));
  const buckets = new Set(before.filter(({ type }) => BUCKET.test(type)).map(({ urn }) => urn));
  return resources.flatMap((resource): Finding[] => {
    const former = before.find(({ urn }) => urn === resource.urn);
    if (former === undefined) return [];
    const bucket = buckets.has(resource.urn);
    const [then, now] = isProvider(resource)
      ? [was.get(resource.urn), textAt(resource.inputs, "region")]
      : bucket
        ? [textAt(former.inputs, "region"), textAt(resource.inputs, "region")]
        : [];
    if (then === undefined || now === undefined || then === now || (!bucket && buckets.size === 0)) return [];
    const message = `buckets are deployed in ${then}, and the plan looks for them in ${now}: they are recreated there, or the deploy stops, and drawings and backups stay behind; keep ${then}, or move what is there first (mes:storage.region)`;
    return [error(resource, "region", message)];
  });
}

const NODE_TLS = /-proto_dist\s+inet_tls/;

/** Changes of a system that its parts do not survive while only some of them have it, or that lead them elsewhere. */
function systems({ resources }: Plan, before: readonly FormerResource[], error: Report): Finding[] {
  const was = new Map(before.map((one) => [one.urn, one]));
  return resources.flatMap((resource): Finding[] => {
    const former = was.get(resource.urn);
    const now = kubeObject(resource);
    if (former === undefined || now === undefined) return [];
    const then = kubeObject({ ...resource, inputs: former.inputs });
    if (now.name !== then?.name || now.namespace !== then.namespace) return [];
    if (isBroker(now)) {
      const nodes = numberAt(now.spec, "replicas") ?? 1;
      const [with_, had] = [now, then].map(({ spec }) => NODE_TLS.test(textAt(spec, "rabbitmq", "envConfig") ?? ""));
      if (nodes < 2 || with_ === had) return [];
      const message = `TLS between nodes is switched ${with_ === true ? "on" : "off"}, and nodes with it do not talk to those without: a rolling update takes every queue its majority; keep it (mes:broker.nodeTls), or stop all nodes for the change`;
      return [error(resource, "spec.rabbitmq.envConfig", message)];
    }
    return isDatabase(now) ? archives(now, then, error) : [];
  });
}

/** Where a database archives: in another folder the history starts over. */
function archives(now: KubeObject, then: KubeObject, error: Report): Finding[] {
  const folder = ({ spec, name }: KubeObject) => {
    const plugin = listAt(spec, "plugins").find((one) => at(one, "isWALArchiver") === true);
    const store = textAt(plugin, "parameters", "barmanObjectName");
    return store === undefined ? undefined : `${store}/${textAt(plugin, "parameters", "serverName") ?? name}`;
  };
  const [to, from] = [folder(now), folder(then)];
  if (to === undefined || from === undefined || to === from) return [];
  const message = `archives to ${to}, and to ${from} until now: nothing can be restored before the next base backup, and nobody deletes what is in the old folder; keep it, or take a backup at once (serverName)`;
  return [error(now.resource, "spec.plugins", message)];
}

/** Users of the broker for programs that are not of the plan: they go on logging in. */
function strangers({ resources }: Plan, before: readonly FormerResource[], error: Report, warning: Report): Finding[] {
  const users = (list: readonly (FormerResource | Resource)[]) =>
    list.flatMap((one) => {
      const object = kubeObject({ custom: true, ...one } as Resource);
      // Users with tags are people and KEDA.
      return object?.group === "rabbitmq.com" && object.kind === "User" && listAt(object.spec, "tags").length === 0
        ? [object]
        : [];
    });
  const workloads = new Set(
    before
      .filter(({ type }) => /:(?:Deployment|StatefulSet|ScaledObject)$/.test(type))
      .map(({ inputs }) => textAt(inputs, "metadata", "name")),
  );
  const now = users(resources);
  const was = users(before);
  const names = (list: typeof now) => new Set(list.map((one) => `${one.namespace}/${nameOf(one)}`));
  const [there, former] = [names(now), names(was)];
  const fresh = now.filter((one) => !former.has(`${one.namespace}/${nameOf(one)}`) && !workloads.has(one.name));
  return was
    .filter((one) => !there.has(`${one.namespace}/${nameOf(one)}`) && !workloads.has(one.name))
    .map((one) => {
      const [heir] = fresh.filter((other) => scopeOf(other) === scopeOf(one));
      const place = heir?.resource ?? ({ urn: one.resource.urn } as Resource);
      const instead = heir === undefined ? "" : `, and ${title(heir)} takes its place`;
      const message = `${title(one)} is deployed, and the plan has it no more${instead}: whoever logs in to the broker as ${nameOf(one)} from outside is refused, and its orders with it; keep it until nobody does (mes:broker.externalClients)`;
      return (heir === undefined ? warning : error)(place, "", message);
    });
}
