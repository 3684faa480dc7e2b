import * as k8s from "@pulumi/kubernetes";
import { Foundation } from "../components/foundation/foundation";
import { after } from "../components/foundation/order";
import { NetworkPolicies } from "../components/network/policies";
import { Certificates } from "../components/certificates/certificates";
import { Operators } from "../components/operators/operators";
import { Outbox } from "../components/outbox/outbox";
import { outboxQueries } from "../components/outbox/queries";
import type { Declarations } from "../components/platform";
import { Postgres } from "../components/postgres/postgres";
import type { StackConfig } from "./config/schema";
import { environmentOf } from "./environment";

/** The whole platform of one stack: every part, and how the parts are wired. */
export function platform(stack: string, config: StackConfig): Record<string, unknown> {
  const environment = environmentOf(stack, config);
  const { namespaces } = environment;
  const cluster = new k8s.Provider("cluster", {
    context: config.cluster.context,
    enableServerSideApply: true,
    // Secrets are updated in place, and a checksum on the pods rolls them; ConfigMaps are immutable and named by content.
    enableSecretMutable: true,
  });
  const opts = { providers: [cluster] };

  const foundation = new Foundation("foundation", { environment, quotas: config.namespaces.quotas }, opts);
  const prerequisites = { namespaces: foundation.namespaces, pods: foundation.podPrerequisites };
  const operators = new Operators(
    "operators",
    { environment, config: config.operators },
    { ...opts, transformations: [after({ ...prerequisites, apiGroups: new Map() })] },
  );
  const platformOpts = { ...opts, transformations: [after({ ...prerequisites, apiGroups: operators.apiGroups })] };
  const certificates = new Certificates(
    "certificates",
    { environment, trustIn: [namespaces.apps, namespaces.data, namespaces.observability, namespaces.nodes] },
    platformOpts,
  );

  const postgres = new Postgres(
    "postgres",
    { environment, config: config.postgres, issuer: certificates.issuer, users: [], monitoringQueries: outboxQueries },
    platformOpts,
  );
  const outbox = new Outbox("outbox", { environment, config: config.outbox, database: postgres.owner }, platformOpts);

  const parts: Declarations[] = [foundation, operators, certificates, postgres, outbox];
  const connections = parts.flatMap((part) => part.connections);
  new NetworkPolicies("network", { namespaces: Object.values(namespaces), connections, dns: config.cluster.dns }, platformOpts);

  return { namespaces };
}
