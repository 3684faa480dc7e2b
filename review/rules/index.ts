import type { Plan } from "../plan/plan";
import { alertsActionable } from "./alerts-actionable";
import { alertsEvaluated } from "./alerts-evaluated";
import { alertsCanFire } from "./alerts-can-fire";
import { alertsDelivered } from "./alerts-delivered";
import { autoscalerTarget } from "./autoscaler-target";
import { backupsRestorable } from "./backups-restorable";
import { changesArrive } from "./changes-arrive";
import { closedToStrangers } from "./closed-to-strangers";
import { certificatesServe } from "./certificates-serve";
import { brokerRights } from "./broker-rights";
import { cloudRights } from "./cloud-rights";
import { clusterRights } from "./cluster-rights";
import { commitsDurable } from "./commits-durable";
import { connectionsOpen } from "./connections-open";
import { containerResources } from "./container-resources";
import { dataProtected } from "./data-protected";
import { dataStays } from "./data-stays";
import { databaseConnections } from "./database-connections";
import { databaseRights } from "./database-rights";
import { disruptionBudgets } from "./disruption-budgets";
import { explicitProviders } from "./explicit-providers";
import { filesMounted } from "./files-mounted";
import { fitsCluster } from "./fits-cluster";
import { gracefulShutdown } from "./graceful-shutdown";
import { imagesPinned } from "./images-pinned";
import { loadBalancersReachPods } from "./load-balancers-reach-pods";
import { madeInOrder } from "./made-in-order";
import { metricsExported } from "./metrics-exported";
import { networkPaths } from "./network-paths";
import { noInterruptedUp } from "./no-interrupted-up";
import { noLastingDiff } from "./no-lasting-diff";
import { noPlaceholders } from "./no-placeholders";
import { noPlaintextSecrets } from "./no-plaintext-secrets";
import { objectsAccepted } from "./objects-accepted";
import { operatorsAct } from "./operators-act";
import { oneOwnerOfReplicas } from "./one-owner-of-replicas";
import { operatorsConnect } from "./operators-connect";
import { orderPaths } from "./order-paths";
import { podsSurvive } from "./pods-survive";
import { podsReachCluster } from "./pods-reach-cluster";
import { podSecurity } from "./pod-security";
import { queueLimits } from "./queue-limits";
import { probesTell } from "./probes-tell";
import { queuesKeepOrders } from "./queues-keep-orders";
import { quorum } from "./quorum";
import { referencesResolve } from "./references-resolve";
import type { Finding, Rule } from "./rule";
import { routesLeadIn } from "./routes-lead-in";
import { scalingActs } from "./scaling-acts";
import { scrapeTargets } from "./scrape-targets";
import { servicesReachPods } from "./services-reach-pods";
import { withObjects } from "./places/objects";
import { withSettings } from "./places/settings";
import { configurationsAccepted } from "./configurations-accepted";
import { settingsFit } from "./settings-fit";
import { stableSelectors } from "./stable-selectors";
import { timeBudgets } from "./time-budgets";
import { suppressed, suppressionsValid } from "./suppressions-valid";
import { uniqueObjects } from "./unique-objects";
import { urnsKept } from "./urns-kept";

/** Every rule, the ones that keep orders from being lost or late first. */
export const RULES: readonly Rule[] = [
  orderPaths,
  queuesKeepOrders,
  queueLimits,
  brokerRights,
  databaseRights,
  quorum,
  commitsDurable,
  backupsRestorable,
  dataProtected,
  dataStays,
  settingsFit,
  configurationsAccepted,
  databaseConnections,
  gracefulShutdown,
  timeBudgets,
  podsSurvive,
  probesTell,
  disruptionBudgets,
  fitsCluster,
  oneOwnerOfReplicas,
  autoscalerTarget,
  scalingActs,
  networkPaths,
  connectionsOpen,
  podsReachCluster,
  operatorsConnect,
  loadBalancersReachPods,
  servicesReachPods,
  routesLeadIn,
  certificatesServe,
  filesMounted,
  referencesResolve,
  scrapeTargets,
  metricsExported,
  alertsActionable,
  alertsEvaluated,
  alertsCanFire,
  alertsDelivered,
  noPlaintextSecrets,
  podSecurity,
  closedToStrangers,
  cloudRights,
  clusterRights,
  imagesPinned,
  noPlaceholders,
  objectsAccepted,
  operatorsAct,
  madeInOrder,
  changesArrive,
  containerResources,
  stableSelectors,
  uniqueObjects,
  urnsKept,
  noInterruptedUp,
  noLastingDiff,
  explicitProviders,
  suppressionsValid,
];

/** All that is wrong with a plan: errors first, in the order of the rules; what is suppressed last. */
export function findingsOf(plan: Plan, rules: readonly Rule[] = RULES): Finding[] {
  const found = withObjects(
    plan,
    rules.flatMap((rule) => rule.check(plan)),
  );
  const names = rules.map((rule) => rule.name);
  const findings = withSettings(plan, suppressed(plan, found, names));
  const open = findings.filter(isOpen);
  return [
    ...open.filter(({ severity }) => severity === "error"),
    ...open.filter(({ severity }) => severity === "warning"),
    ...findings.filter((finding) => !isOpen(finding)),
  ];
}

/** Whether a finding is to be fixed or weighed now. */
export function isOpen({ suppressed: by }: Finding): boolean {
  return by === undefined;
}
