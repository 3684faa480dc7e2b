import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { authority, authorityObject } from "../../certificates/authority";
import type { ServerTrust } from "../binding";
import type { DatabaseCa, ExistingPostgresConfig } from "./config";

const OWNER = "postgres";
const DIRECTORY = "/etc/mes/postgres-ca";
const FILE = "ca.crt";

/** How pods verify a server that is there already. What holds its authorities has one name in every namespace. */
export function serverTrust({ tls: { mode, ca } }: Pick<ExistingPostgresConfig["existing"], "tls">): ServerTrust {
  if (typeof ca === "string") return { mode, ...authority(OWNER, ca) };
  const items = [{ key: ca.key, path: FILE }];
  const source = "secret" in ca ? { secret: { secretName: ca.secret, items } } : { configMap: { name: ca.configMap, items } };
  return {
    mode,
    file: `${DIRECTORY}/${FILE}`,
    volumes: [{ name: "postgres-ca", ...source }],
    volumeMounts: [{ name: "postgres-ca", mountPath: DIRECTORY, readOnly: true }],
  };
}

/** The ConfigMaps with the authorities, where the stack file has them itself. */
export function caConfigMaps(ca: DatabaseCa, namespaces: readonly string[], opts: pulumi.CustomResourceOptions) {
  if (typeof ca !== "string") return [];
  return namespaces.map(
    (namespace) => new k8s.core.v1.ConfigMap(`${namespace}-postgres-ca`, authorityObject(OWNER, ca, namespace), opts),
  );
}
