import { createHash } from "node:crypto";
import { parseBytes } from "../schema";
import type { CacheConfig } from "./config";

/** Name of the Deployment, its Service and its Secrets. */
export const CACHE = "cache";
export const CACHE_PORT = 6379;
/** Port of the exporter. */
export const METRICS_PORT = 9121;

export const FILES = {
  config: "/etc/valkey/config/valkey.conf",
  /** Directory with `tls.crt`, `tls.key` and `ca.crt`. */
  certificate: "/etc/valkey/tls",
  /** Directory with `users.acl`. */
  users: "/etc/valkey/users",
} as const;

/** Share of the memory for data; the rest is for connections, fragmentation and the program. */
const DATA_SHARE = 0.75;

/** Bytes of data that an instance with this much memory may hold. */
export function maxMemoryBytes(memory: string): number {
  return Math.floor(parseBytes(memory) * DATA_SHARE);
}

/** Source: https://github.com/valkey-io/valkey/blob/9.1/valkey.conf */
export function valkeyConfig({ resources, maxClients }: CacheConfig): string {
  return `# TLS only; the certificate is renewed by cert-manager and read anew every hour.
port 0
tls-port ${CACHE_PORT}
tls-cert-file ${FILES.certificate}/tls.crt
tls-key-file ${FILES.certificate}/tls.key
tls-ca-cert-file ${FILES.certificate}/ca.crt
tls-auth-clients no
tls-auto-reload-interval 3600
aclfile ${FILES.users}/users.acl
# It may be reached from other pods: the ACL decides, not the address.
protected-mode no
# A cache: it never refuses a write, it forgets what was used least recently.
maxmemory ${maxMemoryBytes(resources.memory)}
maxmemory-policy allkeys-lru
lazyfree-lazy-eviction yes
# Nothing on disk.
save ""
appendonly no
dir /tmp
maxclients ${maxClients}
tcp-keepalive 60
`;
}

/** What the program may do: read and write everything, but change no setting and list no keys (which blocks the server). */
const PROGRAM_RIGHTS = "~* &* +@all -@admin -@dangerous +info";
/**
 * What the exporter may do: measure, and see no data.
 * Source: https://github.com/oliver006/redis_exporter#authenticating-with-redis
 */
const EXPORTER_RIGHTS =
  "resetchannels -@all +ping +info +select +config|get +client|setname +slowlog|len +slowlog|get +latency|latest +latency|histogram";

/** The users, by the hashes of their passwords: nobody without one, and no cleartext in the file. */
export function userFile(users: { readonly program: HashedUser; readonly exporter: HashedUser }): string {
  return [
    "user default off",
    `user ${users.program.name} on #${users.program.hash} ${PROGRAM_RIGHTS}`,
    `user ${users.exporter.name} on #${users.exporter.hash} ${EXPORTER_RIGHTS}`,
    "",
  ].join("\n");
}

export interface HashedUser {
  readonly name: string;
  /** Made by `passwordHash`. */
  readonly hash: string;
}

/** The form in which an ACL file has a password. */
export function passwordHash(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}
