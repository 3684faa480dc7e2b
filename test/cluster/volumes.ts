import type { ApiClient } from "./api";
import { Applier } from "./apply";
import { repeat } from "./repeat";

/** Plays the storage behind this driver: it does what is asked in the API, and stores nothing. */
const DRIVER = "volumes.test";

interface Claim {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly accessModes: readonly string[];
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage: string } };
}

interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly csi?: { readonly driver: string }; readonly persistentVolumeReclaimPolicy: string };
  readonly status?: { readonly phase?: string };
}

/** Installs storage classes whose volumes are simulated; the first is the cluster's default. */
export async function installStorageClasses(api: ApiClient, names: readonly string[]): Promise<void> {
  await new Applier(api).applyAll([
    // Nothing has to be attached to a node.
    { apiVersion: "storage.k8s.io/v1", kind: "CSIDriver", metadata: { name: DRIVER }, spec: { attachRequired: false } },
    ...names.map((name, index) => ({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(index === 0) } },
      provisioner: DRIVER,
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
      volumeBindingMode: "Immediate",
    })),
  ]);
}

/** Makes a volume for each claim, grows it when its claim grows, and deletes it after its claim; until the end is called. */
export function simulateVolumes(api: ApiClient, classes: readonly string[]): () => Promise<void> {
  const isOurs = (claim: Claim): boolean => classes.includes(claim.spec.storageClassName ?? "");
  const round = async (): Promise<void> => {
    const { items: claims } = await api.get<{ items: Claim[] }>("/api/v1/persistentvolumeclaims");
    for (const claim of claims.filter(isOurs)) {
      if (claim.spec.volumeName === undefined) await provision(api, claim);
      else if (claim.status?.phase === "Bound") await grow(api, claim);
    }
    const { items: volumes } = await api.get<{ items: Volume[] }>("/api/v1/persistentvolumes");
    for (const volume of volumes) if (isReleased(volume)) await api.request("DELETE", volumePath(volume.metadata.name));
  };
  return repeat(round, 200);
}

async function provision(api: ApiClient, claim: Claim): Promise<void> {
  const { name, namespace, uid } = claim.metadata;
  const body = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}`, annotations: { "pv.kubernetes.io/provisioned-by": DRIVER } },
    spec: {
      accessModes: claim.spec.accessModes,
      volumeMode: claim.spec.volumeMode,
      capacity: { storage: claim.spec.resources.requests.storage },
      storageClassName: claim.spec.storageClassName,
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      csi: { driver: DRIVER, volumeHandle: uid },
    },
  };
  // It may be there already: the claim is bound to it a moment later.
  await api.request("POST", "/api/v1/persistentvolumes", { body }).catch(() => undefined);
}

async function grow(api: ApiClient, claim: Claim): Promise<void> {
  const { storage } = claim.spec.resources.requests;
  if (claim.status?.capacity?.storage === storage) return;
  const contentType = "application/merge-patch+json";
  const { name, namespace } = claim.metadata;
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}/status`;
  await api.request("PATCH", volumePath(claim.spec.volumeName ?? ""), { body: { spec: { capacity: { storage } } }, contentType });
  await api.request("PATCH", path, { body: { status: { capacity: { storage } } }, contentType });
}

function isReleased({ spec, status }: Volume): boolean {
  return spec.csi?.driver === DRIVER && spec.persistentVolumeReclaimPolicy === "Delete" && status?.phase === "Released";
}

function volumePath(name: string): string {
  return `/api/v1/persistentvolumes/${name}`;
}
