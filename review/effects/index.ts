import type { Change } from "../diff/changes";
import type { Compared } from "../diff/compared";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { kubeObject, type KubeObject } from "../kubernetes/objects";
import { isBroker, isDatabase } from "../kubernetes/systems";
import { isRecord, textAt } from "../kubernetes/value";
import type { Plan, Resource } from "../plan/plan";
import { brokerEffects, topologyEffects } from "./broker";
import { databaseEffects, poolerEffects } from "./database";
import { realLeaves, SEVERITIES, type Changed, type Effect } from "./effect";
import {
  autoscalerEffects,
  certificateEffects,
  claimEffects,
  hasOwnClaims,
  monitoringEffects,
  policyEffects,
  serviceEffects,
} from "./others";
import { podEffects } from "./pods";

/**
 * What a change does to what runs, the worst first.
 * @param before the resource as it was; absent for one that is created
 */
export function effectsOf(change: Change, before: Compared | undefined, plan: Plan): Effect[] {
  const after = plan.resources.find(({ urn }) => urn === change.urn);
  const effects = [...wholeEffects(change, before, plan), ...inside(change, before, after, plan)];
  return effects.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Of an object that goes, or is recreated. */
function wholeEffects(change: Change, before: Compared | undefined, plan: Plan): Effect[] {
  const { verdict, holds, retained, sameObject } = change;
  if (sameObject !== undefined) {
    return [{ severity: "refused", what: "the object is there under another URN: creating it is refused", fields: [] }];
  }
  if ((verdict !== "destroy" && verdict !== "replace") || before === undefined) return [];
  if (retained) return [{ severity: "acts", what: "the engine forgets what is there and leaves it running", fields: [] }];
  if (change.protected) return [{ severity: "refused", what: "it is protected: the engine refuses to delete it", fields: [] }];
  const kind = before.type.split(":").at(-1) ?? "";
  const fields = [...change.forcedBy];
  if (kind === "StatefulSet") {
    const place = {
      namespace: textAt(before.inputs, "metadata", "namespace") ?? "",
      name: textAt(before.inputs, "metadata", "name") ?? "",
    };
    const template = fields.some((field) => field.startsWith("spec.volumeClaimTemplates"));
    const claims = template && !hasOwnClaims(place, inventory(plan));
    const what = claims
      ? "all its pods stop before new ones start; its volumes stay as they are, and cannot grow this way: change their claims by hand"
      : "all its pods stop before new ones start; its volumes stay";
    return [
      {
        severity: "stops",
        what: verdict === "destroy" ? "all its pods stop; its volumes stay, and nobody uses them" : what,
        fields,
      },
    ];
  }
  if (holds !== undefined)
    return [
      {
        severity: "lost",
        what: `it takes ${holds} with it`,
        fields,
      },
    ];
  if (["Deployment", "DaemonSet", "Pooler"].includes(kind)) {
    return [
      {
        severity: "stops",
        what: verdict === "destroy" ? "all its pods stop" : "all its pods stop before new ones start",
        fields,
      },
    ];
  }
  if (kind === "Service")
    return [
      {
        severity: "stops",
        what:
          verdict === "destroy" ? "nobody can connect through it any more" : "its address becomes another one: connections drop",
        fields,
      },
    ];
  if (kind === "Namespace") return [{ severity: "lost", what: "everything in it is deleted", fields }];
  return [];
}

type Read = (changed: Changed, known: Inventory) => readonly Effect[];

function reader({ group, kind }: KubeObject): Read | undefined {
  if (group === "apps") return (changed, known) => podEffects(changed, podsOf(changed.object, known));
  if (isDatabase({ group, kind })) return databaseEffects;
  if (isBroker({ group, kind })) return brokerEffects;
  if (group === "rabbitmq.com") return topologyEffects;
  const byKind: Readonly<Record<string, Read>> = {
    Pooler: poolerEffects,
    Certificate: certificateEffects,
    Prometheus: monitoringEffects,
    Alertmanager: monitoringEffects,
    PersistentVolumeClaim: claimEffects,
    Service: serviceEffects,
    NetworkPolicy: policyEffects,
    CiliumNetworkPolicy: policyEffects,
    HorizontalPodAutoscaler: autoscalerEffects,
    ScaledObject: autoscalerEffects,
  };
  return Object.hasOwn(byKind, kind) ? byKind[kind] : undefined;
}

function podsOf(object: KubeObject, known: Inventory): number {
  const group = known.pods.find((one) => one.object.resource.urn === object.resource.urn);
  return group === undefined ? 1 : known.scale(group).min;
}

function inside(change: Change, before: Compared | undefined, after: Resource | undefined, plan: Plan): readonly Effect[] {
  if (before === undefined || after === undefined || change.verdict === "replace" || change.verdict === "create") return [];
  const known = inventory(plan);
  const object = kubeObject(after);
  if (object === undefined) return release(change, after);
  const [was, is] = [before.inputs, after.inputs];
  return reader(object)?.({ change, object, was, is, leaves: realLeaves(change) }, known) ?? [];
}

/** An operator that is updated; CloudNativePG's own update restarts databases. Source: https://cloudnative-pg.io/documentation/1.30/installation_upgrade/ */
function release(change: Change, after: Resource): Effect[] {
  if (!after.type.endsWith(":Release") || !isRecord(after.inputs) || realLeaves(change).length === 0) return [];
  const chart = textAt(after.inputs, "chart") ?? "";
  const fields = realLeaves(change).map(({ path }) => path.filter((step) => typeof step === "string").join("."));
  const version = fields.some((field) => field === "version" || field.endsWith("tag"));
  if (version && chart.includes("cloudnative-pg")) {
    return [
      {
        severity: "restarts",
        what: "the operator is updated, and then restarts the instances of every database, replicas first",
        fields,
      },
    ];
  }
  return [
    {
      severity: "acts",
      what: `Helm updates the release${version ? " to another version" : ""}; what its operator runs goes on meanwhile`,
      fields,
    },
  ];
}
