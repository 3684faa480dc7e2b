import type { Volume, VolumeMount } from "../workload/pod";

/** Name of the Secret with the platform's CA certificate (`ca.crt`) in every namespace that needs it. */
export const CA_SECRET = "mes-ca";
/** Directory of the CA certificate in pods. */
export const CA_DIRECTORY = "/etc/mes/ca";
/** Where pods find the CA certificate. */
export const CA_FILE = `${CA_DIRECTORY}/ca.crt`;

/** The CA certificate as a file in a pod, at `CA_FILE`. */
export const caVolume: { readonly volumes: Volume[]; readonly volumeMounts: VolumeMount[] } = {
  volumes: [{ name: "mes-ca", secret: { secretName: CA_SECRET, items: [{ key: "ca.crt", path: "ca.crt" }] } }],
  volumeMounts: [{ name: "mes-ca", mountPath: CA_DIRECTORY, readOnly: true }],
};
