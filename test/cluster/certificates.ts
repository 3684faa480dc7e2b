import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Files of a certificate and of its private key, in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Subject {
  /** Kubernetes takes it for the user. */
  readonly commonName: string;
  /** Kubernetes takes it for the user's group. */
  readonly organization?: string;
}

// No test lasts longer.
const DAYS = "2";

/** A certificate authority in a folder, for one cluster. */
export class Authority {
  private constructor(
    readonly pair: KeyPair,
    private readonly folder: string,
  ) {}

  static async create(folder: string, name: string): Promise<Authority> {
    const pair = pairIn(folder, name);
    await selfSign(pair, { commonName: name }, [
      "basicConstraints=critical,CA:TRUE",
      "keyUsage=critical,digitalSignature,keyCertSign",
    ]);
    return new Authority(pair, folder);
  }

  /** The authority that was created in a folder under a name. */
  static in(folder: string, name: string): Authority {
    return new Authority(pairIn(folder, name), folder);
  }

  /** A certificate by which a server is known at addresses, e.g. `IP:127.0.0.1` or `DNS:localhost`. */
  async issueServer(name: string, addresses: readonly string[]): Promise<KeyPair> {
    return this.#issue(name, { commonName: name }, ["extendedKeyUsage=serverAuth", `subjectAltName=${addresses.join(",")}`]);
  }

  /** A certificate of a server that others of its kind know by the same certificate when it is their client. */
  async issuePeer(name: string, addresses: readonly string[]): Promise<KeyPair> {
    const usage = "extendedKeyUsage=serverAuth,clientAuth";
    return this.#issue(name, { commonName: name }, [usage, `subjectAltName=${addresses.join(",")}`]);
  }

  /** A certificate by which a client is known to a server. */
  async issueClient(name: string, subject: Subject): Promise<KeyPair> {
    return this.#issue(name, subject, ["extendedKeyUsage=clientAuth"]);
  }

  async #issue(name: string, subject: Subject, extensions: readonly string[]): Promise<KeyPair> {
    const pair = pairIn(this.folder, name);
    await selfSign(pair, subject, ["basicConstraints=CA:FALSE", ...extensions], this.pair);
    return pair;
  }
}

export async function readPair(pair: KeyPair): Promise<{ certificate: Buffer; key: Buffer }> {
  const [certificate, key] = await Promise.all([readFile(pair.certificate), readFile(pair.key)]);
  return { certificate, key };
}

function pairIn(folder: string, name: string): KeyPair {
  return { certificate: path.join(folder, `${name}.crt`), key: path.join(folder, `${name}.key`) };
}

/** A new key and a certificate for it, signed by an authority, or by itself. */
async function selfSign(pair: KeyPair, subject: Subject, extensions: readonly string[], authority?: KeyPair): Promise<void> {
  const organization = subject.organization === undefined ? "" : `/O=${subject.organization}`;
  const args = ["req", "-x509", "-days", DAYS, "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  args.push("-subj", `${organization}/CN=${subject.commonName}`, "-keyout", pair.key, "-out", pair.certificate);
  // Without the machine's own configuration, which adds extensions.
  args.push("-config", "/dev/null", ...extensions.flatMap((extension) => ["-addext", extension]));
  if (authority !== undefined) args.push("-CA", authority.certificate, "-CAkey", authority.key);
  try {
    await run("openssl", args);
  } catch (error) {
    throw new Error(`openssl could not make ${pair.certificate}; it needs OpenSSL 3`, { cause: error });
  }
}
