import { execFile, type ExecFileException } from "node:child_process";
import * as fs from "node:fs";
import { ClusterError } from "./error";
import type { Access, ClusterEntry, ExecEntry, UserEntry } from "./kubeconfig";

/** What a client shows that it is known by. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Client certificate and key in PEM. */
  readonly cert?: string;
  readonly key?: string;
}

/** Seconds that a command may take which fetches credentials: some ask a cloud, and that a second cloud. */
const SECONDS_OF_COMMAND = 60;

/** Name of the extension of a cluster that is handed to the command. Source: client-go, clientcmd/client_config.go */
const EXEC_EXTENSION = "client.authentication.k8s.io/exec";

/**
 * Credentials of a context's user, in the order in which Kubernetes' own client takes them.
 * @throws ClusterError when a file cannot be read or a command fails
 */
export async function credentialsOf(access: Access): Promise<Credentials> {
  const { user } = access;
  const own = ownCredentials(user);
  const fetched =
    user.exec == null || own.headers.authorization !== undefined ? undefined : await execute(user.exec, access.cluster);
  const { token, clientCertificateData: cert, clientKeyData: key } = fetched ?? {};
  return {
    headers: { ...own.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    cert: cert ?? own.cert,
    key: key ?? own.key,
  };
}

function ownCredentials(user: UserEntry): Credentials {
  return {
    headers: { ...authorization(user), ...impersonation(user) },
    cert: pem("client-certificate", user),
    key: pem("client-key", user),
  };
}

function authorization(user: UserEntry): Record<string, string> {
  const token = filled(user.tokenFile) ? contentOf(user.tokenFile).trim() : user.token;
  if (filled(token)) return { authorization: `Bearer ${token}` };
  if (filled(user.username)) {
    return { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}` };
  }
  const provider = user["auth-provider"];
  if (provider == null) return {};
  const idToken = provider.config?.["id-token"];
  if (provider.name === "oidc" && filled(idToken)) return { authorization: `Bearer ${idToken}` };
  const message = `the kubeconfig's user has the auth-provider ${provider.name ?? ""}, which Kubernetes has taken out: use exec`;
  throw new ClusterError("context", message);
}

function impersonation(user: UserEntry): Record<string, string | string[]> {
  if (!filled(user.as)) return {};
  const extra = Object.entries(user["as-user-extra"] ?? {});
  return {
    "impersonate-user": user.as,
    ...(filled(user["as-uid"]) ? { "impersonate-uid": user["as-uid"] } : {}),
    ...(user["as-groups"]?.length ? { "impersonate-group": [...user["as-groups"]] } : {}),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, [...values]]),
    ),
  };
}

/** PEM in the kubeconfig, or in a file that it names. */
export function pem<Key extends "certificate-authority" | "client-certificate" | "client-key">(
  key: Key,
  entry: Readonly<Partial<Record<Key | `${Key}-data`, string>>>,
): string | undefined {
  const data = entry[`${key}-data`];
  if (filled(data)) return Buffer.from(data, "base64").toString("utf8");
  const file = entry[key];
  return filled(file) ? contentOf(file) : undefined;
}

interface ExecCredential {
  readonly status?: { readonly token?: string; readonly clientCertificateData?: string; readonly clientKeyData?: string };
}

/** Runs the command that fetches credentials. Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
async function execute(exec: ExecEntry, cluster: ClusterEntry): Promise<NonNullable<ExecCredential["status"]>> {
  const { apiVersion = "client.authentication.k8s.io/v1", command = "" } = exec;
  const info = {
    kind: "ExecCredential",
    apiVersion,
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster) } : {}) },
  };
  const env = {
    ...process.env,
    ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const printed = await new Promise<string>((resolve, reject) => {
    const options = { env, timeout: SECONDS_OF_COMMAND * 1000, maxBuffer: 2 ** 20 };
    const child = execFile(command, [...(exec.args ?? [])], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new ClusterError("context", failure(exec, error, stderr)));
    });
    child.stdin?.end();
  });
  let credential: ExecCredential;
  try {
    credential = JSON.parse(printed) as ExecCredential;
  } catch {
    throw new ClusterError("context", `the kubeconfig's command ${command}, which fetches credentials, printed no JSON`);
  }
  const { status } = credential;
  if (!filled(status?.token) && !filled(status?.clientCertificateData)) {
    throw new ClusterError("context", `the kubeconfig's command ${command}, which fetches credentials, printed none`);
  }
  return status ?? {};
}

/** What the command said last is the reason; what it printed on its output may be a secret. */
function failure({ command = "", installHint }: ExecEntry, error: ExecFileException, stderr: string): string {
  const what = `the kubeconfig's command ${command}, which fetches credentials,`;
  if (error.code === "ENOENT") return `${what} is not there${filled(installHint) ? `: ${installHint}` : ""}`;
  if (error.killed === true) return `${what} was not done after ${SECONDS_OF_COMMAND} s`;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return `${what} failed (${String(error.code)})${last === "" ? "" : `: ${last}`}`;
}

function clusterInfo(cluster: ClusterEntry): Record<string, unknown> {
  const authority = pem("certificate-authority", cluster);
  return {
    server: cluster.server,
    "tls-server-name": cluster["tls-server-name"],
    "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
    "certificate-authority-data": authority === undefined ? undefined : Buffer.from(authority).toString("base64"),
    "proxy-url": cluster["proxy-url"],
    config: cluster.extensions?.find(({ name }) => name === EXEC_EXTENSION)?.extension ?? null,
  };
}

function contentOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new ClusterError("context", `the kubeconfig names a file that cannot be read: ${(error as Error).message}`);
  }
}

function filled(text: string | null | undefined): text is string {
  return text != null && text !== "";
}
