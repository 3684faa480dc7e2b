/** How things are at one moment. An incident changes some of them for a while. */
export interface Conditions {
  /** Orders a second that the CRM confirms. */
  crmRate: number;
  /** Share of them that is confirmed and never sent: place 1. */
  crmForgets: number;
  /** Whether the CRM's counts can be read. */
  crmScraped: boolean;
  /** Whether the CRM takes its statuses from the broker. */
  crmConsumes: boolean;
  /** Share of the statuses that the CRM acknowledges and does not write: place 5. */
  crmLosesStatuses: number;
  /** Orders a second over the partner API, and page views of the dashboard. */
  apiRate: number;
  dashboardRate: number;
  /** Share of requests that fail with a 5xx, and how long the others take, in seconds. */
  apiFails: number;
  apiSeconds: number;
  dashboardSeconds: number;
  pricingSeconds: number;
  pricingFails: number;
  /** Whether requests from outside arrive: gateway, DNS, certificate. */
  reachable: boolean;

  /** Share of what is published that no queue is bound for, and whether it is returned to its publisher; else it is dropped: place 2. */
  brokerUnroutable: number;
  brokerReturns: boolean;
  /** Share of confirmed messages that no counter of the broker misses and that never arrive in a queue. */
  brokerLoses: number;
  brokerDown: number;
  brokerAlarm: "none" | "memory" | "disk";
  /** Whether queues have a majority and take messages. */
  brokerTakes: boolean;
  brokerRefuses: boolean;
  /** Used share of the disk of a node that is free to grow. */
  brokerDiskUsed: number;

  /** Programs of which no pod works, though they may be ready. */
  hung: Set<string>;
  /** Pods that are not ready, by service. */
  notReady: Map<string, number>;
  /** Restarts a second of one pod, by service. */
  restarting: Map<string, number>;
  outOfMemory: Set<string>;
  /** Share of messages that order-intake cannot handle and gives back, and that it acknowledges without writing: place 3. */
  intakeFails: number;
  intakeRejects: number;
  intakeLoses: number;
  intakeSeconds: number;
  /** Share of orders for which it writes no status into the outbox. */
  intakeForgetsStatus: number;
  /** Share of outbox rows that the relay marks as sent and never sends. */
  relayLoses: number;
  /** Share of rows that it gives up. */
  relayGivesUp: number;

  /** Whether the database has a primary that takes writes: place 4. */
  primary: boolean;
  /** Number of the primary. */
  primaryPod: number;
  twoPrimaries: boolean;
  /** Standbys that confirm commits. */
  standbys: number;
  rollbacks: number;
  waitingCommits: number;
  poolWait: number;
  poolInUse: number;
  walUsed: number;
  dataUsed: number;
  lag: number;
  lockWaiters: number;
  archiveReady: number;
  archiveFails: boolean;
  backupAge: number;

  nodesDown: Set<string>;
  /** Pods that cannot be scheduled, by service. */
  pending: Map<string, number>;
  nodeMemory: number;
  nodeDisk: number;
  /** What KEDA's scalers answer. */
  kedaFails: boolean;
  hpaInactive: boolean;
  atMaximum: boolean;
  /** Whether kube-state-metrics may not list any object. */
  stateUnknown: boolean;

  cacheUp: boolean;
  jaegerFails: boolean;
  collectorQueue: number;
  lokiErrors: number;
  gpuXid: number;
  gpuUse: number;
  certificateStuck: boolean;
  notificationsFail: boolean;
  prometheusDeaf: boolean;
  jobFailed: boolean;
}

/** A working afternoon. */
export function normal(): Conditions {
  return {
    crmRate: 1.25,
    crmForgets: 0,
    crmScraped: true,
    crmConsumes: true,
    crmLosesStatuses: 0,
    apiRate: 0.5,
    dashboardRate: 2,
    apiFails: 0,
    apiSeconds: 0.06,
    dashboardSeconds: 0.2,
    pricingSeconds: 2,
    pricingFails: 0,
    reachable: true,
    brokerUnroutable: 0,
    brokerReturns: true,
    brokerLoses: 0,
    brokerDown: 0,
    brokerAlarm: "none",
    brokerTakes: true,
    brokerRefuses: false,
    brokerDiskUsed: 0.1,
    hung: new Set(),
    notReady: new Map(),
    restarting: new Map(),
    outOfMemory: new Set(),
    intakeFails: 0,
    intakeRejects: 0,
    intakeLoses: 0,
    intakeSeconds: 0.2,
    intakeForgetsStatus: 0,
    relayLoses: 0,
    relayGivesUp: 0,
    primary: true,
    primaryPod: 0,
    twoPrimaries: false,
    standbys: 2,
    rollbacks: 0.002,
    waitingCommits: 1,
    poolWait: 0.05,
    poolInUse: 0.35,
    walUsed: 0.2,
    dataUsed: 0.3,
    lag: 0.2,
    lockWaiters: 0,
    archiveReady: 1,
    archiveFails: false,
    backupAge: 6 * 3600,
    nodesDown: new Set(),
    pending: new Map(),
    nodeMemory: 0.55,
    nodeDisk: 0.4,
    kedaFails: false,
    hpaInactive: false,
    atMaximum: false,
    stateUnknown: false,
    cacheUp: true,
    jaegerFails: false,
    collectorQueue: 0.02,
    lokiErrors: 0,
    gpuXid: 0,
    gpuUse: 60,
    certificateStuck: false,
    notificationsFail: false,
    prometheusDeaf: false,
    jobFailed: false,
  };
}
