import { BUCKET, bucketParts } from "../cloud/buckets";
import { inventory } from "../kubernetes/inventory";
import { kubeObject, title, type KubeObject } from "../kubernetes/objects";
import { isBroker, isDatabase } from "../kubernetes/systems";
import { at, entriesAt, isRecord, leaves, listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import type { Facts, Plan, Resource } from "../plan/plan";
import { count, reporter, type Finding, type Rule } from "./rule";

const name = "data-protected";
const { error, warning } = reporter(name);

export const dataProtected: Rule = {
  name,
  title:
    "Where the stack protects its data, nothing that holds data, or whose deletion deletes data, can be deleted by a deploy, and volumes and buckets outlive the stack.",
  why: "Renaming a component, or `pulumi destroy` in the wrong terminal, would delete every order ever accepted.",
  check: (plan) => {
    const { facts } = plan;
    const lost = protectionLost(plan);
    if (facts === undefined) return lost;
    if (!facts.protectData) return [...lost, ...unprotectedStack(plan, facts)];
    const namespaces = namespacesWithData(plan);
    const already = new Set(lost.map(({ urn }) => urn));
    return [
      ...lost,
      ...plan.resources.flatMap((resource) => [
        ...(holdsData(resource, namespaces) && !already.has(resource.urn) ? unprotected(resource) : []),
        ...deletes(resource),
        ...lifecycleOptions(resource, namespaces),
        ...(BUCKET.test(resource.type) ? bucketFindings(plan, resource) : []),
      ]),
    ];
  },
};

const DATA_TYPES = [
  /^kubernetes:postgresql\.cnpg\.io\/[^:]+:(?:Cluster|Database)$/,
  // Where backups are, and the way to read them.
  /^kubernetes:barmancloud\.cnpg\.io\/[^:]+:ObjectStore$/,
  // The operator deletes what is in the broker along with these.
  /^kubernetes:rabbitmq\.com\/[^:]+:(?:RabbitmqCluster|Vhost|Queue)$/,
  /^kubernetes:core\/v1:(?:PersistentVolumeClaim|PersistentVolume)$/,
  /^kubernetes:apiextensions\.k8s\.io\/v1:CustomResourceDefinition$/,
  /^kubernetes:snapshot\.storage\.k8s\.io\/[^:]+:VolumeSnapshot/,
  BUCKET,
  /^aws:kms\/key:/,
  /^aws:(?:rds|ebs|efs|dynamodb|opensearch|elasticsearch|mq)\/(?!.*(?:policy|attachment|parameter|subnet|option|mount))/i,
];

/** Groups whose definitions, when deleted, take every object of theirs with them. */
const DATA_GROUPS = /\.(?:postgresql\.cnpg\.io|rabbitmq\.com|monitoring\.coreos\.com|barmancloud\.cnpg\.io)$/;

function holdsData(resource: Resource, namespaces: ReadonlySet<string>): boolean {
  const { type, inputs } = resource;
  if (type === "kubernetes:core/v1:Namespace") return namespaces.has(textAt(inputs, "metadata", "name") ?? resource.name);
  if (!DATA_TYPES.some((data) => data.test(type))) return false;
  return !type.endsWith(":CustomResourceDefinition") || DATA_GROUPS.test(`.${textAt(inputs, "metadata", "name") ?? ""}`);
}

/** Namespaces with volumes in them: all that is in a namespace is deleted with it. */
function namespacesWithData(plan: Plan): ReadonlySet<string> {
  const { objects } = inventory(plan);
  const withVolumes = objects.filter(
    (object) =>
      isDatabase(object) ||
      isBroker(object) ||
      object.kind === "PersistentVolumeClaim" ||
      (object.kind === "StatefulSet" && listAt(object.spec, "volumeClaimTemplates").length > 0) ||
      (object.group === "monitoring.coreos.com" && at(object.spec, "storage", "volumeClaimTemplate") !== undefined),
  );
  return new Set(withVolumes.map(({ namespace }) => namespace));
}

function unprotected(resource: Resource): Finding[] {
  const object = kubeObject(resource);
  const what = object === undefined ? resource.name : title(object);
  const holds = object?.kind === "Namespace" ? "has volumes with data in it" : "holds data";
  return [
    ...(resource.protect ? [] : [error(resource, "options.protect", `${what} ${holds} and may be deleted; set protect`)]),
    ...(resource.retainOnDelete
      ? []
      : [error(resource, "options.retainOnDelete", `${what} ${holds} and goes with the stack; set retainOnDelete`)]),
  ];
}

/** What was protected, as the state or an earlier plan says, and is no more. */
function protectionLost({ resources, before }: Plan): Finding[] {
  const was = new Map((before?.resources ?? []).filter(({ protect }) => protect === true).map(({ urn }) => [urn, true]));
  if (was.size === 0) return [];
  return resources
    .filter(({ urn, protect }) => was.has(urn) && !protect)
    .map((resource) => {
      const object = kubeObject(resource);
      const what = object === undefined ? resource.name : title(object);
      const message = `${what} was protected and no longer is: the next deploy may delete it; keep protect (mes:cluster.protectData)`;
      return error(resource, "options.protect", message);
    });
}

/** Said aloud, once: this rule and others look at less where nothing is protected. */
function unprotectedStack({ resources }: Plan, { zones, nodePools }: Facts): Finding[] {
  const nodes = nodePools.reduce((sum, pool) => sum + pool.count, 0);
  const database = resources.find(({ type }) => /:(?:Cluster|RabbitmqCluster)$/.test(type));
  if (database === undefined || (zones.length < 2 && nodes < 3)) return [];
  const where = zones.length > 1 ? `${zones.length} zones` : `${count(nodes, "node")}`;
  const message = `on ${where}, and mes:cluster.protectData is false: a deploy may delete every order, and what would lose one is only a warning; set it to true where orders are real`;
  return [warning(database, "options.protect", message)];
}

/** Settings by which data goes when its object is scaled, deleted or changed. */
function deletes(resource: Resource): Finding[] {
  const object = kubeObject(resource);
  if (object === undefined) return [...releaseFindings(resource), ...keyFindings(resource)];
  const { spec, kind } = object;
  const own = (path: string, message: string) => error(resource, path, message);
  const findings: Finding[] = [];
  if (kind === "StorageClass" && (textAt(resource.inputs, "reclaimPolicy") ?? "Delete") !== "Retain") {
    findings.push(own("reclaimPolicy", "deletes a volume with its claim; use Retain"));
  }
  if (kind === "PersistentVolume" && ["Delete", "Recycle"].includes(textAt(spec, "persistentVolumeReclaimPolicy") ?? "")) {
    findings.push(own("spec.persistentVolumeReclaimPolicy", "deletes the volume with its claim; use Retain"));
  }
  if (object.group === "postgresql.cnpg.io" && kind === "Database") {
    if (textAt(spec, "databaseReclaimPolicy") === "delete") {
      findings.push(own("spec.databaseReclaimPolicy", "drops the database along with this object; use retain"));
    }
    if (textAt(spec, "ensure") === "absent") findings.push(own("spec.ensure", "drops the database; use present"));
  }
  if (object.group === "rabbitmq.com" && (kind === "Queue" || kind === "Vhost")) {
    if (textAt(spec, "deletionPolicy") !== "retain") {
      const message = `${title(object)} is deleted in the broker along with this object, with all messages in it; use retain`;
      findings.push(own("spec.deletionPolicy", message));
    }
    if (spec.autoDelete === true) findings.push(own("spec.autoDelete", "goes with its last consumer; use false"));
  }
  return [...findings, ...lostClaims(object)];
}

/** Claims of a StatefulSet outlive it, unless it says otherwise; those of operators too. */
function lostClaims(object: KubeObject): Finding[] {
  const places: readonly (readonly string[])[] =
    object.kind === "StatefulSet"
      ? [["spec"]]
      : isBroker(object)
        ? [["spec", "override", "statefulSet", "spec"]]
        : object.group === "monitoring.coreos.com"
          ? [["spec"]]
          : [];
  return places.flatMap((place) =>
    ["whenDeleted", "whenScaled"]
      .map((when) => [...place, "persistentVolumeClaimRetentionPolicy", when])
      .filter((path) => textAt(object.resource.inputs, ...path) === "Delete")
      .map((path) => error(object.resource, path, `deletes the volumes of ${title(object)}; use Retain`)),
  );
}

/** Options of the engine that delete what was changed. Source: https://www.pulumi.com/docs/iac/concepts/resources/options/ */
function lifecycleOptions(resource: Resource, namespaces: ReadonlySet<string>): Finding[] {
  const object = kubeObject(resource);
  const what = object === undefined ? resource.name : title(object);
  const findings: Finding[] = [];
  if (!holdsData(resource, namespaces)) return findings;
  if (resource.replaceOnChanges.length > 0) {
    const message = `a change of ${resource.replaceOnChanges.join(", ")} deletes ${what}, with the data in it, to recreate it; remove replaceOnChanges`;
    findings.push(error(resource, "options.replaceOnChanges", message));
  }
  if (resource.deleteBeforeReplace) {
    const message = `is deleted before there is another one: ${what} holds data; remove deleteBeforeReplace`;
    findings.push(warning(resource, "options.deleteBeforeReplace", message));
  }
  return findings;
}

const DELETES = "deletes its definitions, and with them every object of theirs, when the release is removed";

/** Charts that make definitions delete them when they are removed, unless told to keep them, and all objects with them. */
function releaseFindings(resource: Resource): Finding[] {
  if (!/^kubernetes:helm\.sh\/v\d+:Release$/.test(resource.type)) return [];
  const crds = at(resource.inputs, "values", "crds");
  const rendered = renderedDefinitions(resource);
  if (!isRecord(crds)) return rendered;
  const makes = [crds.enabled, crds.create, crds.install].includes(true);
  const path = ["values", "crds"];
  if (crds.keep === false) return [error(resource, [...path, "keep"], `${DELETES}; set it to true`)];
  // The charts whose definitions are kept only when an annotation says so.
  for (const key of ["annotations", "additionalAnnotations"]) {
    const policy = textAt(crds, key, "helm.sh/resource-policy");
    if (crds[key] !== undefined && policy !== "keep") {
      return [error(resource, [...path, key], `${DELETES}; set helm.sh/resource-policy to keep`)];
    }
  }
  const chart = textAt(resource.inputs, "chart") ?? "";
  const says = crds.keep !== undefined || entriesAt(crds).some(([key]) => /annotations$/i.test(key));
  if (!says && (chart.endsWith("prometheus-operator-crds") || (makes && /(?:^|\/)(?:keda|cert-manager)$/.test(chart)))) {
    return [error(resource, path, `${DELETES}; keep them`)];
  }
  return rendered;
}

/** Definitions that a chart makes of texts in its values: without the note, Helm deletes them with the release. */
function renderedDefinitions({ inputs, ...resource }: Resource): Finding[] {
  return leaves(inputs.values, ["values"]).flatMap(([path, text]) => {
    if (typeof text !== "string" || !/CustomResourceDefinition|\bcrds\//.test(text)) return [];
    if (/helm\.sh\/resource-policy"?\s*:\s*"?keep/.test(text)) return [];
    return [error({ inputs, ...resource }, path, `${DELETES}; annotate them with helm.sh/resource-policy: keep`)];
  });
}

/** Source: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html */
function keyFindings(resource: Resource): Finding[] {
  if (!resource.type.startsWith("aws:kms/key:")) return [];
  const { inputs } = resource;
  const findings: Finding[] = [];
  if (inputs.isEnabled === false)
    findings.push(error(resource, "isEnabled", "nothing that it encrypts can be read; set it to true"));
  const days = numberAt(inputs, "deletionWindowInDays");
  if (days !== undefined && days < 14) {
    const message = `leaves ${count(days, "day")} to notice that all buckets are about to become unreadable; use 30`;
    findings.push(warning(resource, "deletionWindowInDays", message));
  }
  return findings;
}

function bucketFindings(plan: Plan, resource: Resource): Finding[] {
  const { inputs } = resource;
  const findings: Finding[] = [];
  if (inputs.forceDestroy === true) {
    findings.push(error(resource, "forceDestroy", "deletes the bucket although there are objects in it; set it to false"));
  }
  const bucket = textAt(inputs, "bucket");
  if (bucket === undefined) return findings;
  findings.push(...locks(plan, resource, bucket));
  const versionings = bucketParts(plan, "bucketVersioning", bucket);
  const status = versionings.map((one) => textAt(one.inputs, "versioningConfiguration", "status")).at(-1);
  if (status !== "Enabled" && recordAt(inputs, "versioning").enabled !== true) {
    const message = `keeps no old versions${status === undefined ? "" : ` (${status})`}: what is overwritten or deleted by mistake is gone; enable versioning of ${bucket}`;
    findings.push(error(versionings.at(-1) ?? resource, versionings.length > 0 ? "versioningConfiguration.status" : "", message));
  }
  return findings;
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html: without a default retention, an object is locked only by whoever asks for it */
function locks(plan: Plan, resource: Resource, bucket: string): Finding[] {
  const [lock] = bucketParts(plan, "bucketObjectLockConfiguration", bucket);
  const enabled = resource.inputs.objectLockEnabled;
  if (enabled === true && lock === undefined) {
    const message = `${bucket} is made for an object lock, and nothing locks its objects: whoever has the rights deletes them; add a BucketObjectLockConfiguration (mes:storage.buckets)`;
    return [error(resource, "", message)];
  }
  if (enabled !== false || lock === undefined) return [];
  const message = `${bucket} is made without an object lock, so that its lock cannot be set: the deploy stops, and anybody with the right deletes its objects; set objectLockEnabled to true`;
  return [error(resource, "objectLockEnabled", message)];
}
