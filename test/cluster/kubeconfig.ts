import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { type KeyPair, readPair } from "./certificates";

/** Writes a kubeconfig that needs no other file. */
export async function writeKubeconfig(file: string, url: string, authority: KeyPair, client: KeyPair): Promise<void> {
  const [{ certificate: ca }, { certificate, key }] = await Promise.all([readPair(authority), readPair(client)]);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority-data": ca.toString("base64") } }],
    users: [
      {
        name: "test",
        user: {
          "client-certificate-data": certificate.toString("base64"),
          "client-key-data": key.toString("base64"),
        },
      },
    ],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  };
  await writeFile(file, stringify(config), { mode: 0o600 });
}
