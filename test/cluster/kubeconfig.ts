import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { type KeyPair, readPair } from "./certificates";
import type { Token } from "./credentials";

/** Writes a kubeconfig that needs no other file. */
export async function writeKubeconfig(file: string, url: string, authority: KeyPair, client: KeyPair | Token): Promise<void> {
  const { certificate: ca } = await readPair(authority);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority-data": ca.toString("base64") } }],
    users: [{ name: "test", user: "token" in client ? client : await certificateData(client) }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  };
  await writeFile(file, stringify(config), { mode: 0o600 });
}

async function certificateData(client: KeyPair): Promise<object> {
  const { certificate, key } = await readPair(client);
  return { "client-certificate-data": certificate.toString("base64"), "client-key-data": key.toString("base64") };
}

/** Writes a kubeconfig for the cluster of another one, with a token in the place of its credentials. */
export async function writeTokenKubeconfig(file: string, like: string, token: string): Promise<void> {
  const config = parse(await readFile(like, "utf8")) as object;
  await writeFile(file, stringify({ ...config, users: [{ name: "test", user: { token } }] }), { mode: 0o600 });
}

/** Writes a kubeconfig whose contexts, by these names, all lead to the cluster of another one. */
export async function writeContexts(file: string, like: string, names: readonly string[]): Promise<void> {
  const config = parse(await readFile(like, "utf8")) as { readonly contexts: readonly [{ readonly context: object }] };
  const contexts = names.map((name) => ({ name, context: config.contexts[0].context }));
  await writeFile(file, stringify({ ...config, "current-context": "", contexts }), { mode: 0o600 });
}
