import { type ApiClient, ApiError } from "./api";
import { Applier } from "./apply";
import { reconcile, type Stored } from "./reconcile";
import type { KubernetesObject } from "./resources";

const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/** What is behind storage classes. */
export interface Storage {
  /** The classes' provisioner. */
  readonly driver: string;
  readonly volumeBindingMode: "Immediate" | "WaitForFirstConsumer";
  /** What has to be there for it. */
  readonly objects: readonly KubernetesObject[];
  /** Makes the volume of a claim and returns what a PersistentVolume says of it; undefined if it cannot be made yet. */
  make(claim: Claim): object | undefined;
  /** Deletes what was made. */
  remove(volume: Volume): void;
}

/** Does what is asked in the API, and stores nothing. */
export const SIMULATED: Storage = {
  driver: "volumes.test",
  volumeBindingMode: "Immediate",
  objects: [
    // Nothing has to be attached to a node.
    { apiVersion: "storage.k8s.io/v1", kind: "CSIDriver", metadata: { name: "volumes.test" }, spec: { attachRequired: false } },
  ],
  make: ({ metadata }) => ({ csi: { driver: "volumes.test", volumeHandle: metadata.uid } }),
  remove: () => undefined,
};

interface Claim extends Stored {
  readonly spec: {
    readonly accessModes: readonly string[];
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage: string } };
}

interface Volume extends Stored {
  readonly spec: { readonly local?: { readonly path: string }; readonly persistentVolumeReclaimPolicy: string };
  readonly status?: { readonly phase?: string };
}

/** Installs storage classes; the first is the cluster's default. */
export async function installStorageClasses(api: ApiClient, names: readonly string[], storage: Storage): Promise<void> {
  await new Applier(api).applyAll([
    ...storage.objects,
    ...names.map((name, index) => ({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(index === 0) } },
      provisioner: storage.driver,
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
      volumeBindingMode: storage.volumeBindingMode,
    })),
  ]);
}

/** Makes a volume for each claim, grows it when its claim grows, and deletes it after its claim; until the end is called. */
export function provideVolumes(api: ApiClient, classes: readonly string[], storage: Storage): () => Promise<void> {
  const ends = [
    reconcile<Claim>(api, "/api/v1/persistentvolumeclaims", async (claim) => {
      if (!classes.includes(claim.spec.storageClassName ?? "")) return;
      if (claim.spec.volumeName === undefined) await provision(api, claim, storage);
      else if (claim.status?.phase === "Bound") await grow(api, claim);
    }),
    reconcile<Volume>(api, "/api/v1/persistentvolumes", async (volume) => {
      if (!isReleased(volume, storage)) return;
      storage.remove(volume);
      await api.request("DELETE", volumePath(volume.metadata.name));
    }),
  ];
  return async () => {
    await Promise.all(ends.map((end) => end()));
  };
}

async function provision(api: ApiClient, claim: Claim, storage: Storage): Promise<void> {
  const source = storage.make(claim);
  if (source === undefined) return;
  const { name, namespace, uid } = claim.metadata;
  const body = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}`, annotations: { [PROVISIONED_BY]: storage.driver } },
    spec: {
      accessModes: claim.spec.accessModes,
      volumeMode: claim.spec.volumeMode,
      capacity: { storage: claim.spec.resources.requests.storage },
      storageClassName: claim.spec.storageClassName,
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      ...source,
    },
  };
  await api.request("POST", "/api/v1/persistentvolumes", { body }).catch((error: unknown) => {
    // It is there already: the claim is bound to it a moment later.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  });
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

function isReleased({ metadata, spec, status }: Volume, { driver }: Storage): boolean {
  const isOurs = metadata.annotations?.[PROVISIONED_BY] === driver;
  return isOurs && spec.persistentVolumeReclaimPolicy === "Delete" && status?.phase === "Released";
}

function volumePath(name: string): string {
  return `/api/v1/persistentvolumes/${name}`;
}
