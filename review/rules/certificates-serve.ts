import { inventory } from "../kubernetes/inventory";
import { gatewayNames, issuedBy, outerNames, outlives, reloads, usesOf } from "./certificates/served";
import { acceptedFindings } from "./certificates/accepted";
import { scrapedNames } from "./certificates/scraped";
import { nodeNames } from "./certificates/broker-nodes";
import type { Rule } from "./rule";

const name = "certificates-serve";

export const certificatesServe: Rule = {
  name,
  title:
    "Every certificate is one that cert-manager makes, is signed by somebody whom its clients trust, for servers, for every name by which they are called, and is read again when it was renewed.",
  why: "A client that does not trust a certificate, or does not find the name that it asked for, hangs up: at once and for all of them, or in the night when the old one ends.",
  check: (plan) => {
    const known = inventory(plan);
    return [
      ...known
        .ofKind("Certificate")
        .flatMap((certificate) => [
          ...acceptedFindings(certificate, known),
          ...issuedBy(certificate, known),
          ...outlives(certificate, known),
          ...usesOf(certificate, known),
          ...reloads(certificate, known),
        ]),
      ...gatewayNames(known),
      ...outerNames(known, plan.facts?.outerNames ?? []),
      ...nodeNames(known),
      ...scrapedNames(known),
    ];
  },
};
