import { at, entryOf, isRecord, listAt, textAt, type Json } from "../kubernetes/value";
import { fieldOf, type Leaf } from "./leaf";

/**
 * Fields that the plug-in `kubernetes` makes a new object for, by group, version and kind; `[*]` is any item of a list.
 * Source: forceNew in provider/pkg/provider/diff.go of pulumi-kubernetes 4.32. Of a Pod it lists most fields one by one; an API server refuses to
 * change the others.
 */
const KUBERNETES: Readonly<Record<string, readonly string[]>> = {
  "apps/v1:Deployment": ["spec.selector"],
  "apps/v1:DaemonSet": ["spec.selector"],
  "apps/v1:StatefulSet": ["podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"].map(
    (field) => `spec.${field}`,
  ),
  "batch/v1:Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "core/v1:PersistentVolume": [
    ...[
      "awsElasticBlockStore",
      "azureDisk",
      "azureFile",
      "cephfs",
      "cinder",
      "csi",
      "fc",
      "flexVolume",
      "flocker",
      "gcePersistentDisk",
    ],
    ...["glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO"],
    ...["storageos", "vsphereVolume"],
  ].map((source) => `spec.${source}`),
  "core/v1:PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "core/v1:Pod": ["spec"],
  "core/v1:ResourceQuota": ["spec.scopes"],
  "core/v1:Secret": ["type"],
  "core/v1:Service": ["spec.clusterIP"],
  "rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/v1:StorageClass": ["parameters", "provisioner"],
};

/** What a sub-resource of a bucket is of. */
const OF_BUCKET = ["bucket", "expectedBucketOwner"];

/**
 * Fields that other plug-ins make a new resource for, beside `region` of all resources of AWS that have one. Sources: `ForceNew` and `RequiresReplace` in the
 * schemas of terraform-provider-aws 6, and those of terraform-provider-random 3.
 */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": ["clusterName", "namespace", "serviceAccount"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:kms/alias:Alias": ["name", "namePrefix"],
  "aws:kms/key:Key": ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
  "aws:s3/bucket:Bucket": ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": OF_BUCKET,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [...OF_BUCKET, "objectLockEnabled"],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ["bucket"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": OF_BUCKET,
  "aws:s3/bucketVersioning:BucketVersioning": OF_BUCKET,
  "random:index/randomPassword:RandomPassword": [
    ...["keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper"],
    ...["number", "numeric", "overrideSpecial", "special", "upper"],
  ],
};

/** The provider's `enableConfigMapMutable` and `enableSecretMutable`, as the new program has them. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/** A resource with its inputs afterwards. */
interface Wanted {
  readonly type: string;
  readonly inputs: Json;
  readonly replaceOnChanges?: readonly string[];
}

/** Those of the differences that the plug-in of the resource makes a new one for. */
export function forcing(wanted: Wanted, leaves: readonly Leaf[], mutable: Mutability): Leaf[] {
  const fields = [
    ...fieldsOf(wanted, mutable),
    ...(wanted.replaceOnChanges ?? []).map((path) => path.replace(/\[\d+\]/g, "[*]")),
  ];
  return leaves.filter(
    (leaf) => !isDefaultNamespace(leaf) && isCompared(wanted.type, leaf) && fields.some((field) => touches(leaf, field)),
  );
}

function fieldsOf({ type, inputs }: Wanted, mutable: Mutability): readonly string[] {
  if (!type.startsWith("kubernetes:")) return [...(entryOf(OTHERS, type) ?? []), ...(type.startsWith("aws:") ? ["region"] : [])];
  const [, kind = ""] = /^kubernetes:(.*)$/.exec(type) ?? [];
  if (kind.startsWith("helm.sh/")) return ["name", "namespace"];
  const identity = ["metadata.name", "metadata.namespace"];
  // A Patch changes fields of an object that others have made.
  if (kind.endsWith("Patch")) return identity;
  const immutable = at(inputs, "immutable") === true;
  if (kind === "core/v1:ConfigMap" && (!mutable.configMaps || immutable)) return [...identity, "data", "binaryData"];
  if (kind === "core/v1:Secret" && (!mutable.secrets || immutable)) return [...identity, "type", "data", "stringData"];
  return [...identity, ...(entryOf(KUBERNETES, kind) ?? [])];
}

/** What the plug-in sees: it compares lists by place, so that another order of claim templates is another list; quantities it compares by value. */
function isCompared(type: string, { noise, uncertain }: Leaf): boolean {
  if (uncertain) return false;
  return noise === undefined || (noise === "order" && type.startsWith("kubernetes:")) || noise === "text";
}

function touches({ path, before, after }: Leaf, field: string): boolean {
  const place = fieldOf(path);
  if (place === field || place.startsWith(`${field}.`) || place.startsWith(`${field}[`)) return true;
  if (!field.startsWith(`${place}.`)) return false;
  // The field is in what was added or removed as a whole.
  const rest = field.slice(place.length + 1).split(".");
  return [before, after].some((value) => holds(value, rest));
}

function holds(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value !== undefined;
  const list = key.endsWith("[*]");
  const found = at(value, list ? key.slice(0, -3) : key);
  if (list) return listAt(found).some((item) => holds(item, rest));
  return rest.length === 0 ? found !== undefined : isRecord(found) && holds(found, rest);
}

/** An object without a namespace is in that of the name `default`. */
function isDefaultNamespace({ path, before, after }: Leaf): boolean {
  return fieldOf(path) === "metadata.namespace" && (before ?? "default") === (after ?? "default");
}

/** What the plug-in of Kubernetes takes for another cluster, so that it creates every object again. Source: DiffConfig of pulumi-kubernetes 4. */
export function otherCluster(before: Json, after: Json, leaves: readonly Leaf[]): Leaf[] {
  const [was, is] = [textAt(before, "clusterIdentifier"), textAt(after, "clusterIdentifier")];
  if (was !== undefined && was === is) return [];
  const names = [
    "kubeconfig",
    "context",
    "cluster",
    "renderYamlToDirectory",
    ...(was !== undefined && is !== undefined ? ["clusterIdentifier"] : []),
  ];
  return leaves.filter(({ path, uncertain }) => uncertain === undefined && names.includes(fieldOf(path)));
}
