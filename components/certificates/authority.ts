import { objectLabels } from "../objects/labels";
import { shortHash } from "../objects/short-hash";
import type { Volume, VolumeMount } from "../workload/pod";

/** The certificate of somebody else's CA, as a ConfigMap of one name in every namespace that needs it, and as a file in pods. */
export interface Authority {
  /** Name of the ConfigMap. It carries a hash: a new certificate rolls the pods. */
  readonly name: string;
  readonly key: string;
  /** Where pods find it. */
  readonly file: string;
  readonly volumes: Volume[];
  readonly volumeMounts: VolumeMount[];
}

const KEY = "ca.crt";

/**
 * @param of whose certificate it is, e.g. `broker`
 * @param certificate as text (PEM)
 */
export function authority(of: string, certificate: string): Authority {
  const volume = `${of}-ca`;
  const name = `${volume}-${shortHash(certificate)}`;
  const directory = `/etc/mes/${volume}`;
  return {
    name,
    key: KEY,
    file: `${directory}/${KEY}`,
    volumes: [{ name: volume, configMap: { name, items: [{ key: KEY, path: KEY }] } }],
    volumeMounts: [{ name: volume, mountPath: directory, readOnly: true }],
  };
}

/** The ConfigMap of an authority. @param namespace @default that of the Helm release that brings it */
export function authorityObject(of: string, certificate: string, namespace?: string) {
  const { name } = authority(of, certificate);
  const labels = objectLabels(`${of}-ca`, of);
  return {
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
    immutable: true,
    data: { [KEY]: certificate },
  };
}
