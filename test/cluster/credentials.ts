import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Authority, type KeyPair } from "./certificates";

/** What a client shows that it is known by. The API server verifies a certificate with every request: a tenth of its work. */
export interface Token {
  readonly token: string;
}

/** Keys, certificates and tokens of a control plane. */
export interface Credentials {
  /** Signs the certificates of the API server and of its clients. */
  readonly authority: KeyPair;
  readonly apiServer: KeyPair;
  readonly administrator: Token;
  readonly controllerManager: Token;
  readonly scheduler: Token;
  /** File by which the API server knows the tokens. */
  readonly tokens: string;
  /** The API server's own certificate towards kubelets. */
  readonly kubeletClient: KeyPair;
  /** The API server's own certificate towards APIs that it passes requests on to, and who signed it. */
  readonly proxy: KeyPair;
  readonly proxyAuthority: KeyPair;
  /** File of the private key that signs the tokens of service accounts. */
  readonly serviceAccountKey: string;
}

/** The first address of the range of Services: the one of Service `kubernetes`. */
const API_SERVICE_ADDRESS = "10.96.0.1";

const AUTHORITY = "kubernetes-ca";

/** @param apiServerAddresses where clients reach the API server, besides its Service */
export async function createCredentials(folder: string, apiServerAddresses: readonly string[]): Promise<Credentials> {
  const [authority, proxyAuthority, serviceAccountKey] = await Promise.all([
    Authority.create(folder, AUTHORITY),
    Authority.create(folder, "front-proxy-ca"),
    createServiceAccountKey(folder),
  ]);
  const [apiServer, kubeletClient, proxy] = await Promise.all([
    authority.issueServer("kube-apiserver", [
      ...apiServerAddresses.map((address) => `IP:${address}`),
      `IP:${API_SERVICE_ADDRESS}`,
      "DNS:kubernetes",
      "DNS:kubernetes.default",
      "DNS:kubernetes.default.svc",
      "DNS:kubernetes.default.svc.cluster.local",
    ]),
    authority.issueClient("kubelet-client", { commonName: "kube-apiserver", organization: "system:masters" }),
    proxyAuthority.issueClient("front-proxy", { commonName: "front-proxy" }),
  ]);
  const [administrator, controllerManager, scheduler] = [newToken(), newToken(), newToken()];
  return {
    authority: authority.pair,
    apiServer,
    administrator,
    controllerManager,
    scheduler,
    tokens: await writeTokens(folder, [
      [administrator, "administrator", "system:masters"],
      [controllerManager, "system:kube-controller-manager"],
      [scheduler, "system:kube-scheduler"],
    ]),
    kubeletClient,
    proxy,
    proxyAuthority: proxyAuthority.pair,
    serviceAccountKey,
  };
}

/** Signs more certificates, once the credentials have been created in a folder. */
export function authorityIn(folder: string): Authority {
  return Authority.in(folder, AUTHORITY);
}

function newToken(): Token {
  return { token: randomBytes(16).toString("hex") };
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file */
async function writeTokens(folder: string, users: readonly (readonly [Token, string, string?])[]): Promise<string> {
  const lines = users.map(([{ token }, user, group = ""]) => `${token},${user},${user},${group}\n`);
  const file = path.join(folder, "tokens.csv");
  await writeFile(file, lines.join(""), { mode: 0o600 });
  return file;
}

async function createServiceAccountKey(folder: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const file = path.join(folder, "service-accounts.key");
  await writeFile(file, privateKey, { mode: 0o600 });
  return file;
}
