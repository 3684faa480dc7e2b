import type { Resource } from "../plan/plan";
import { kubeObject, title } from "../kubernetes/objects";
import { listAt, recordAt, textAt } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "data-protected";
const { error } = reporter(name);

export const dataProtected: Rule = {
  name,
  title:
    "Where the stack protects its data, nothing that holds data can be deleted by a deploy, and volumes and buckets outlive the stack.",
  why: "Renaming a component, or `pulumi destroy` in the wrong terminal, would delete every order ever accepted.",
  check: (plan) => {
    if (plan.facts?.protectData !== true) return [];
    return plan.resources.flatMap((resource) => (holdsData(resource) ? unprotected(resource) : losesClaims(resource)));
  },
};

const DATA_TYPES = [
  /^kubernetes:postgresql\.cnpg\.io\/[^:]+:Cluster$/,
  /^kubernetes:rabbitmq\.com\/[^:]+:RabbitmqCluster$/,
  /^kubernetes:core\/v1:PersistentVolumeClaim$/,
  /^aws:s3\/bucket(?:V2)?:/,
  /^aws:kms\/key:/,
  /^aws:rds\//,
];

function holdsData({ type }: Resource): boolean {
  return DATA_TYPES.some((data) => data.test(type));
}

function unprotected(resource: Resource): Finding[] {
  const object = kubeObject(resource);
  const what = object === undefined ? resource.name : title(object);
  return [
    ...(resource.protect ? [] : [error(resource, "options.protect", `${what} holds data and may be deleted; set protect`)]),
    ...(resource.retainOnDelete
      ? []
      : [error(resource, "options.retainOnDelete", `${what} holds data and goes with the stack; set retainOnDelete`)]),
  ];
}

/** Claims of a StatefulSet outlive it, unless it says otherwise. */
function losesClaims(resource: Resource): Finding[] {
  const object = kubeObject(resource);
  if (object?.kind !== "StatefulSet" || listAt(object.spec, "volumeClaimTemplates").length === 0) return [];
  const policy = recordAt(object.spec, "persistentVolumeClaimRetentionPolicy");
  return ["whenDeleted", "whenScaled"]
    .filter((when) => textAt(policy, when) === "Delete")
    .map((when) =>
      error(resource, `spec.persistentVolumeClaimRetentionPolicy.${when}`, `deletes the volumes of ${title(object)}; use Retain`),
    );
}
