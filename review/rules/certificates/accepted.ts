import { parseGoDuration } from "../../kubernetes/go-duration";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { listAt, numberAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error } = reporter("certificates-serve");

const HOUR = 3600;
/** Seconds. Source: `DefaultCertificateDuration`, `MinimumCertificateDuration` and `MinimumRenewBefore` of cert-manager v1.21 */
const DEFAULT_DURATION = 90 * 24 * HOUR;
const SHORTEST = HOUR;
const LATEST_RENEWAL = 300;

const NAMES = ["dnsNames", "uris", "emailAddresses", "ipAddresses", "otherNames"];

const KEY_SIZES: Readonly<Record<string, (size: number) => boolean>> = {
  RSA: (size) => size >= 2048 && size <= 8192,
  ECDSA: (size) => [256, 384, 521].includes(size),
  Ed25519: () => true,
};

/** What cert-manager's webhook refuses. Source: `ValidateCertificateSpec` of its internal/apis/certmanager/validation, v1.21 */
export function acceptedFindings(certificate: KubeObject, known: Inventory): Finding[] {
  const { resource, spec } = certificate;
  const says = (path: readonly string[], message: string) => error(resource, ["spec", ...path], message);
  const findings: Finding[] = [];
  const commonName = textAt(spec, "commonName") ?? "";
  if (
    commonName === "" &&
    textAt(spec, "literalSubject") === undefined &&
    NAMES.every((field) => listAt(spec, field).length === 0)
  )
    findings.push(says(["dnsNames"], "has no name at all, and is refused; name the hosts by which clients connect"));
  if (commonName.length > 64) findings.push(says(["commonName"], "is longer than 64 characters, and is refused; use dnsNames"));
  if (textAt(spec, "secretName") === undefined)
    findings.push(says(["secretName"], "is missing: there is no Secret to put it into"));
  const algorithm = textAt(spec, "privateKey", "algorithm") ?? "RSA";
  const size = numberAt(spec, "privateKey", "size");
  const isSize = Object.hasOwn(KEY_SIZES, algorithm) ? KEY_SIZES[algorithm] : undefined;
  if (isSize === undefined) findings.push(says(["privateKey", "algorithm"], `${algorithm} is none of RSA, ECDSA and Ed25519`));
  else if (size !== undefined && !isSize(size))
    findings.push(says(["privateKey", "size"], `there are no ${algorithm} keys of ${size} bits: it is refused; leave it out`));
  const group = textAt(spec, "issuerRef", "group");
  const kind = textAt(spec, "issuerRef", "kind") ?? "Issuer";
  if (["Issuer", "ClusterIssuer"].includes(kind) && group !== undefined && group !== "cert-manager.io")
    findings.push(says(["issuerRef", "group"], `${kind} is no kind of ${group}, so that nobody signs it; use cert-manager.io`));
  return [...findings, ...timesOf(certificate), ...sharedSecret(certificate, known)];
}

function timesOf({ resource, spec }: KubeObject): Finding[] {
  const says = (field: string, message: string) => [error(resource, ["spec", field], message)];
  const duration = textAt(spec, "duration");
  const before = textAt(spec, "renewBefore");
  const seconds = duration === undefined ? DEFAULT_DURATION : parseGoDuration(duration);
  if (seconds === undefined) return says("duration", `${duration ?? ""} is no duration; write it as 2160h`);
  if (seconds < SHORTEST) return says("duration", `${duration ?? ""} is shorter than an hour, and is refused`);
  const percentage = numberAt(spec, "renewBeforePercentage");
  if (percentage !== undefined) {
    if (before !== undefined) return says("renewBefore", "cannot be set together with renewBeforePercentage; leave one out");
    if (percentage > 0 && percentage < 100) return [];
    return says("renewBeforePercentage", `${percentage} is not between 0 and 100: it is refused`);
  }
  if (before === undefined) return [];
  const lead = parseGoDuration(before);
  if (lead === undefined) return says("renewBefore", `${before} is no duration; write it as 720h`);
  if (lead < LATEST_RENEWAL) return says("renewBefore", `${before} is less than five minutes, and is refused`);
  if (lead < seconds) return [];
  const valid = duration ?? "2160h";
  return says(
    "renewBefore",
    `${before} before its end is before it was made, as it is valid for ${valid}: it is refused; use a third of that`,
  );
}

/** Two that are put into one Secret are both left alone. Source: https://cert-manager.io/docs/releases/release-notes/release-notes-1.13/ */
function sharedSecret(certificate: KubeObject, known: Inventory): Finding[] {
  const { resource, spec, namespace } = certificate;
  const secret = textAt(spec, "secretName");
  const all = known.ofKind("Certificate");
  const other = all
    .slice(0, all.indexOf(certificate))
    .find((one) => one.namespace === namespace && textAt(one.spec, "secretName") === secret);
  if (secret === undefined || other === undefined) return [];
  return [
    error(
      resource,
      "spec.secretName",
      `${title(other)} is put into ${secret} too, and cert-manager makes neither; use another name`,
    ),
  ];
}
