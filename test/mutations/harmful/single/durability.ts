import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";
import { configMapData } from "../../places";

const { plan, file } = harmful("durability");

export const durability: readonly Harmful[] = [
  plan(
    {
      id: "volumes-go-with-the-scale",
      harm: "the volume of a broker's node is deleted when it is scaled down, with its copies",
      cause: cause(["broker"], /persistentVolumeClaimRetentionPolicy|whenScaled|delet|retain/i),
    },
    (edited) =>
      (edited.spec("RabbitmqCluster", "broker").override.statefulSet.spec.persistentVolumeClaimRetentionPolicy = {
        whenScaled: "Delete",
        whenDeleted: "Delete",
      }),
  ),
  plan(
    {
      id: "written-when-it-is-there",
      harm: "a commit waits for nothing in one program's connections: its orders are gone with the primary",
      cause: cause(["postgres", "synchronous_commit"], /synchronous_commit|commit|durab/i),
    },
    (edited) =>
      edited.text(
        configMapData(edited, "outbox-"),
        "etc_outbox_settings.sql",
        "ALTER DATABASE",
        "ALTER DATABASE \"mes\" SET synchronous_commit = 'off';\nALTER DATABASE",
      ),
  ),
  plan(
    {
      id: "first-of-one-standby",
      harm: "commits wait for one named replica alone: while it is away no order is written, or a failover loses them",
      cause: cause(["postgres"], /synchron|standby|first|method|quorum|maxStandby/i),
    },
    (edited) =>
      Object.assign(edited.spec("Cluster", "postgres").postgresql.synchronous, {
        method: "first",
        maxStandbyNamesFromCluster: 0,
        standbyNamesPre: ["postgres-9"],
      }),
  ),
  file(
    {
      id: "one-pod-of-logs",
      harm: "the only copy of what is not in the bucket yet is in one pod, in one zone",
      cause: cause(["loki", "logging"], /replica|one|copy|zone|spare|pod/i),
    },
    (edited) => edited.set("mes:logging/replicas", 1),
  ),
];
