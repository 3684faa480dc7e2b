import { podsMatching, type Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { selects } from "../../kubernetes/selector";
import { at, listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";
import { certificatesOf, isNameOf, namesOn } from "./served";

const { error } = reporter("certificates-serve");

/** Prometheus connects to pods by their addresses, and verifies the name that the monitor states. */
export function scrapedNames(known: Inventory): Finding[] {
  return known.ofKind("PodMonitor").flatMap((monitor) =>
    listAt(monitor.spec, "podMetricsEndpoints").flatMap((endpoint, i) => {
      const name = textAt(endpoint, "tlsConfig", "serverName");
      if (name === undefined || at(endpoint, "tlsConfig", "insecureSkipVerify") === true) return [];
      return scraped(monitor, known).flatMap((group) => {
        const certificates = certificatesOf(group, known);
        if (certificates.length === 0 || certificates.some((one) => namesOn(one).some((own) => isNameOf(own, name)))) return [];
        const message = `verifies ${name}, and the certificate of ${title(group.object)} is for ${listed(certificates.flatMap(namesOn), 3)}: nothing is read; add the name, or correct it`;
        return [error(monitor.resource, ["spec", "podMetricsEndpoints", i, "tlsConfig", "serverName"], message)];
      });
    }),
  );
}

function scraped({ spec, namespace }: KubeObject, known: Inventory) {
  const stated = listAt(spec, "namespaceSelector", "matchNames").map(String);
  const namespaces = stated.length > 0 ? stated : [namespace];
  return namespaces.flatMap((one) => podsMatching(known.pods, one, (labels) => selects(at(spec, "selector"), labels)));
}
