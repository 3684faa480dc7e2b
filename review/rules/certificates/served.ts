import { parseGoDuration } from "../../kubernetes/go-duration";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { objectReferences, podReferences, type Reference } from "../../kubernetes/references";
import { at, listAt, textAt } from "../../kubernetes/value";
import type { OuterName } from "../../plan/plan";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("certificates-serve");

/** Names on a certificate. */
export function namesOn({ spec }: KubeObject): string[] {
  return [textAt(spec, "commonName"), ...listAt(spec, "dnsNames")].filter((one): one is string => typeof one === "string");
}

/** Whether a name on a certificate is that of a host: `*.example.com` is that of `a.example.com` alone. Source: RFC 9525, 6.3 */
export function isNameOf(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith("*.") && host.slice(host.indexOf(".")) === pattern.slice(1));
}

interface Shown {
  readonly object: KubeObject;
  readonly reference: Reference;
}

const cache = new WeakMap<Inventory, readonly Shown[]>();

/** Every place where an object or its pods name a Secret for its key, which only who shows a certificate needs. Read once. */
function keysNamed(known: Inventory): readonly Shown[] {
  const read =
    cache.get(known) ??
    [
      ...known.objects.flatMap((object) => objectReferences(object).map((reference) => ({ object, reference }))),
      ...known.pods.flatMap((group) => podReferences(group).map((reference) => ({ object: group.object, reference }))),
    ].filter(
      ({ reference: { kind, keys, path } }) =>
        kind === "Secret" &&
        (keys.length === 0 || keys.includes("tls.key")) &&
        // Who names it as the CA that it trusts shows nothing.
        !path.some((part) => /^ca(?![a-z])|CA/.test(String(part))),
    );
  cache.set(known, read);
  return read;
}

/** Who shows a certificate. */
function showing({ namespace, spec }: KubeObject, known: Inventory): KubeObject[] {
  const secret = textAt(spec, "secretName");
  return keysNamed(known)
    .filter(({ reference }) => reference.name === secret && [namespace, ""].includes(reference.namespace))
    .map(({ object }) => object);
}

/** The issuer of a certificate, where the plan has it. */
function issuerOf({ spec, namespace }: KubeObject, known: Inventory): KubeObject | undefined {
  const kind = textAt(spec, "issuerRef", "kind") ?? "Issuer";
  const name = textAt(spec, "issuerRef", "name") ?? "";
  return kind === "ClusterIssuer" ? known.find(kind, "", name) : known.find(kind, namespace, name);
}

/** Signed by itself a certificate is trusted by nobody; and a CA that may not sign makes none. */
export function issuedBy(certificate: KubeObject, known: Inventory): Finding[] {
  const { resource, spec } = certificate;
  const issuer = issuerOf(certificate, known);
  if (issuer === undefined) return [];
  if (at(issuer.spec, "selfSigned") !== undefined && spec.isCA !== true) {
    const message = `is signed by itself, as ${title(issuer)} has it, and clients trust the platform's CA alone; name the issuer of that CA`;
    return [error(resource, "spec.issuerRef", message)];
  }
  const secret = textAt(issuer.spec, "ca", "secretName");
  const signs = known.ofKind("Certificate").find((one) => textAt(one.spec, "secretName") === secret && one !== certificate);
  if (secret === undefined || signs === undefined || signs.spec.isCA === true) return [];
  const message = `is to be signed by ${title(issuer)}, whose ${title(signs)} is no CA (isCA): clients refuse what it signs; set isCA there`;
  return [error(resource, "spec.issuerRef", message)];
}

/** A certificate ends with that of the CA, at the latest: what is valid for longer is refused from then on. */
export function outlives(certificate: KubeObject, known: Inventory): Finding[] {
  const secret = textAt(issuerOf(certificate, known)?.spec, "ca", "secretName");
  const signs = known.ofKind("Certificate").find((one) => textAt(one.spec, "secretName") === secret);
  const [own, authority] = [certificate, signs].map((one) => parseGoDuration(textAt(one?.spec, "duration") ?? "2160h"));
  if (secret === undefined || signs === undefined || signs === certificate || own === undefined || authority === undefined)
    return [];
  if (own <= authority) return [];
  const message = `is valid for longer (${textAt(certificate.spec, "duration") ?? "2160h"}) than ${title(signs)}, which signs it: clients refuse it before it is renewed; shorten its duration`;
  return [error(certificate.resource, "spec.duration", message)];
}

/** Usages that say to whom a certificate may be shown. */
const EXTENDED = [
  "server auth",
  "client auth",
  "any",
  "code signing",
  "email protection",
  "s/mime",
  "timestamping",
  "ocsp signing",
];

/** A server shows a certificate that is for servers. Source: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.KeyUsage */
export function usesOf(certificate: KubeObject, known: Inventory): Finding[] {
  const { resource, spec } = certificate;
  const usages = listAt(spec, "usages").map(String);
  if (spec.isCA === true) {
    if (usages.length === 0 || usages.includes("cert sign")) return [];
    return [error(resource, "spec.usages", "is a CA that may not sign certificates; add cert sign, or leave usages out")];
  }
  const stated = usages.filter((one) => EXTENDED.includes(one));
  if (stated.length === 0 || stated.includes("server auth") || stated.includes("any")) return [];
  const [server] = showing(certificate, known);
  if (server === undefined) return [];
  const message = `is for ${listed(stated)}, and ${title(server)} shows it as a server: clients refuse it; add server auth`;
  return [error(resource, "spec.usages", message)];
}

/** CloudNativePG reads a Secret again that has this label. Source: https://cloudnative-pg.io/documentation/1.30/certificates/ */
const RELOAD = "cnpg.io/reload";

export function reloads(certificate: KubeObject, known: Inventory): Finding[] {
  const secret = textAt(certificate.spec, "secretName");
  const labels = at(certificate.spec, "secretTemplate", "labels");
  const user = known
    .ofKind("Cluster")
    .find(
      ({ namespace, spec }) =>
        namespace === certificate.namespace &&
        ["serverTLSSecret", "serverCASecret", "clientCASecret", "replicationTLSSecret"].some(
          (field) => textAt(spec, "certificates", field) === secret,
        ),
    );
  if (secret === undefined || user === undefined || textAt(labels, RELOAD) !== undefined) return [];
  const message = `${title(user)} does not see when it is renewed, and shows the old one until its end: then nobody connects; add the label ${RELOAD}`;
  return [error(certificate.resource, "spec.secretTemplate.labels", message)];
}

/** Certificates that are put into a Secret. */
function inSecret(secret: string, namespace: string, known: Inventory): KubeObject[] {
  return known.ofKind("Certificate").filter((one) => one.namespace === namespace && textAt(one.spec, "secretName") === secret);
}

/** Certificates whose Secrets pods, or the custom resource that they are made of, name. A pooler shows that of its database. */
export function certificatesOf(group: PodGroup, known: Inventory): KubeObject[] {
  const { object, namespace } = group;
  const database =
    object.kind === "Pooler" ? known.find("Cluster", namespace, textAt(object.spec, "cluster", "name") ?? "") : undefined;
  const references = [...objectReferences(database ?? object), ...podReferences(group)].filter(({ kind }) => kind === "Secret");
  return [...new Set(references.flatMap((one) => inSecret(one.name, namespace, known)))];
}

/** A listener shows a certificate with its host name. */
export function gatewayNames(known: Inventory): Finding[] {
  return known.ofKind("Gateway").flatMap((gateway) =>
    listAt(gateway.spec, "listeners").flatMap((listener) => {
      const host = textAt(listener, "hostname");
      const references = listAt(listener, "tls", "certificateRefs");
      const certificates = references.flatMap((one) =>
        inSecret(textAt(one, "name") ?? "", textAt(one, "namespace") ?? gateway.namespace, known),
      );
      const [first] = certificates;
      // A Secret that somebody else makes has names that nobody here knows.
      if (host === undefined || first === undefined || certificates.length < references.length) return [];
      if (certificates.some((one) => namesOn(one).some((name) => isNameOf(name, host)))) return [];
      const message = `is for ${listed(namesOn(first), 3)}, and the gateway shows it for ${host}: every client refuses it; add the name`;
      return [error(first.resource, "spec.dnsNames", message)];
    }),
  );
}

/** Clients outside of the cluster connect by a name that no Service has: the certificate of the pods behind it bears it. */
export function outerNames(known: Inventory, names: readonly OuterName[]): Finding[] {
  return names.flatMap(({ host, key, service }) => {
    const door = known.ofKind("Service").find((one) => one.name === service);
    const servers = door === undefined ? [] : known.pods.filter((group) => behind(door, group));
    return servers.flatMap((group) => {
      const certificates = certificatesOf(group, known);
      const [first] = certificates;
      if (first === undefined || certificates.some((one) => namesOn(one).some((name) => isNameOf(name, host)))) return [];
      const message = `is without ${host}, by which clients outside of the cluster connect (${key}): they refuse it; add the name`;
      return [error(first.resource, "spec.dnsNames", message)];
    });
  });
}

function behind(service: KubeObject, { namespace, labelSets }: PodGroup): boolean {
  const selector = Object.entries(service.spec.selector ?? {});
  return namespace === service.namespace && labelSets.some((labels) => selector.every(([key, value]) => labels[key] === value));
}
