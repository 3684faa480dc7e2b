import type { Inventory } from "../inventory";
import type { KubeObject } from "../objects";
import { entriesAt, listAt, textAt } from "../value";
import { databaseProblems } from "./databases";
import { byKind, hidden, type Problem } from "./problem";

type Find = Inventory["find"];

/** What the webhooks and the controllers of operators refuse, beyond the schema of a kind. */
export const customProblems = byKind<[find: Find]>({
  "cert-manager.io/Certificate": certificate,
  "postgresql.cnpg.io/Cluster": (object, find) => [
    ...owner(object, find),
    ...reloaded(object, find),
    ...databaseProblems(object),
  ],
});

const NAMES = ["dnsNames", "ipAddresses", "uris", "emailAddresses", "otherNames"];

/** Source: https://github.com/cert-manager/cert-manager/blob/v1.21.2/internal/apis/certmanager/validation/certificate.go */
function certificate({ spec }: KubeObject): Problem[] {
  const named =
    [textAt(spec, "commonName"), textAt(spec, "literalSubject")].some((name) => name !== undefined && name !== "") ||
    NAMES.some((key) => listAt(spec, key).length > 0);
  return named ? [] : [{ path: ["spec", "dnsNames"], message: "names nobody, which cert-manager refuses; add a name" }];
}

/** Source: https://cloudnative-pg.io/documentation/1.30/bootstrap/#bootstrap-an-empty-cluster-initdb */
function owner({ spec, namespace }: KubeObject, find: Find): Problem[] {
  const wanted = textAt(spec, "bootstrap", "initdb", "owner");
  const secretName = textAt(spec, "bootstrap", "initdb", "secret", "name");
  const secret = secretName === undefined ? undefined : find("Secret", namespace, secretName);
  const user = textAt(secret?.resource.inputs, "stringData", "username");
  if (wanted === undefined || user === undefined || hidden(user) || hidden(wanted) || user === wanted) return [];
  const message = `is ${wanted}, and its Secret ${secretName ?? ""} is of the user ${user}: CloudNativePG refuses to make the database; use one name in both`;
  return [{ path: ["spec", "bootstrap", "initdb", "owner"], message }];
}

const RELOAD = "cnpg.io/reload";

/** Secrets that change while the database runs. Source: https://cloudnative-pg.io/documentation/1.30/labels_annotations/ */
function reloaded({ spec, namespace, name }: KubeObject, find: Find): Problem[] {
  const certificates = entriesAt(spec, "certificates").map(([key, value]) => ({ path: ["spec", "certificates", key], value }));
  const passwords = listAt(spec, "managed", "roles").map((role, i) => ({
    path: ["spec", "managed", "roles", i, "passwordSecret"],
    value: textAt(role, "passwordSecret", "name"),
  }));
  return [...certificates, ...passwords].flatMap(({ path, value }): Problem[] => {
    if (typeof value !== "string") return [];
    const secret = find("Secret", namespace, value);
    const issued = find("Certificate", namespace, value);
    const labels = secret === undefined ? entriesAt(issued?.spec, "secretTemplate", "labels") : Object.entries(secret.labels);
    if ((secret ?? issued) === undefined || labels.some(([key]) => key === RELOAD)) return [];
    const message = `the Secret ${value} has no label ${RELOAD}: Cluster ${name} does not see that it was renewed, and goes on with what has expired; add it${secret === undefined ? " (secretTemplate)" : ""}`;
    return [{ path, message }];
  });
}
