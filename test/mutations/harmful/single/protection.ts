import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan, file } = harmful("protection");

export const protection: readonly Harmful[] = [
  file(
    {
      id: "queue-removed",
      deployed: true,
      harm: "orders in the queue are left to nobody, and its protection stops the deploy",
      cause: cause(["orders.status", "order.status"], /protect|delet|lost|queue|there|deploy|former|left|orders/i),
    },
    (edited) => {
      edited.remove("mes:broker/queues/orders.status");
      edited.set("mes:broker/externalClients/crm/consumes", ["orders.public"]);
    },
  ),
  file(
    {
      id: "bucket-removed",
      deployed: true,
      harm: "drawings are left to nobody, and the bucket's protection stops the deploy",
      cause: cause(["products"], /protect|delet|lost|bucket|there|deploy|former|left/i),
    },
    (edited) => {
      edited.remove("mes:storage/buckets/products");
      edited.remove("mes:roles/pricing/storage");
      edited.remove("mes:roles/dashboard/storage");
    },
  ),
  plan(
    {
      id: "alias-mistyped",
      deployed: true,
      harm: "the alias is of nothing that is there: the database is a new one to the engine",
      cause: cause(["postgres"], /alias|deploy|there|new|delet|URN|replac/i),
    },
    (edited) => {
      const { urn } = edited.resource("Cluster", "postgres");
      edited.renameResource("Cluster", "postgres", "postgres-main").aliases = [
        urn.replace("mes:postgres:Postgres", "mes:postgres:Postgresql"),
      ];
    },
  ),
  plan(
    {
      id: "journal-moved-back",
      deployed: true,
      harm: "the WAL volume cannot be taken away: the operator refuses this and each later change",
      cause: cause(["postgres"], /walStorage|wal|remove|immutable|deploy|there/i),
    },
    (edited) => delete edited.spec("Cluster", "postgres").walStorage,
  ),
  plan(
    {
      id: "changes-ignored",
      harm: "no later change of the broker ever gets there, and no preview shows it",
      cause: cause(["broker"], /ignoreChanges|ignore/i),
    },
    (edited) => (edited.resource("RabbitmqCluster", "broker").ignoreChanges = ["spec"]),
  ),
  plan(
    {
      id: "observability-unprotected",
      harm: "a destroy takes along the namespace of metrics and logs, and every volume in it",
      cause: cause(["mes-observability", "observability"], /protect|retain|delet/i),
    },
    (edited) => Object.assign(edited.resource("Namespace", "mes-observability"), { protect: false, retainOnDelete: false }),
  ),
];
