import { NODES } from "./cluster";
import type { Happening } from "./scenario";

export interface Incident extends Happening {
  readonly name: string;
  /** Which of the five places it is where orders get lost or late. */
  readonly place?: 1 | 2 | 3 | 4 | 5;
  /** The one alert that people are woken by; absent: nobody is to be woken. */
  readonly page?: string;
  /** The one alert that waits for the morning, where nobody is woken. */
  readonly ticket?: string;
  /** Tickets beside it that tell more than it does, e.g. that it was coming. */
  readonly beside?: readonly string[];
  /** Pages on what it has left behind, once it is over: somebody has to see to that. */
  readonly left?: readonly string[];
  /** It was seen to end as it should, and is tested. The others are what is to be fixed, or to be seen, next. */
  readonly holds?: boolean;
  /** Minutes from the beginning until somebody is told. */
  readonly within: number;
}

const during = (change: Happening["change"], minutes = 30) => ({ change, minutes });

/** What was broken in factories like this one, as its exporters see it. */
export const INCIDENTS: readonly Incident[] = [
  {
    name: "the CRM confirms orders and sends none",
    place: 1,
    ...during((is) => (is.crmForgets = 1)),
    page: "MesOrdersNotReceived",
    after: 75,
    holds: true,
    within: 10,
  },
  {
    name: "the CRM loses one order in a hundred",
    place: 1,
    ...during((is) => (is.crmForgets = 0.01)),
    page: "MesOrdersNotReceived",
    after: 75,
    holds: true,
    within: 20,
  },
  {
    name: "the CRM publishes to a routing key that nothing is bound for",
    place: 1,
    ...during((is) => (is.brokerUnroutable = 1)),
    page: "BrokerMessagesReturned",
    holds: true,
    within: 6,
  },
  {
    name: "the CRM publishes without `mandatory`, and nothing is bound",
    place: 2,
    ...during((is) => Object.assign(is, { brokerUnroutable: 1, brokerReturns: false })),
    page: "BrokerMessagesDropped",
    left: ["MesOrdersNotReceived"],
    holds: true,
    within: 3,
  },
  {
    name: "two of three nodes of the broker are gone",
    place: 2,
    ...during((is) => Object.assign(is, { brokerDown: 2, brokerTakes: false })),
    page: "BrokerQuorumLost",
    holds: true,
    within: 4,
  },
  {
    name: "a node of the broker is out of memory, and all publishers are blocked",
    place: 2,
    ...during((is) => (is.brokerAlarm = "memory")),
    page: "BrokerMemoryAlarm",
    holds: true,
    within: 3,
  },
  {
    name: "the disk of the broker is full",
    place: 2,
    ...during((is) => Object.assign(is, { brokerAlarm: "disk", brokerDiskUsed: 0.93 })),
    page: "BrokerDiskAlarm",
    beside: ["BrokerDiskFilling"],
    holds: true,
    within: 3,
  },
  {
    name: "a message is lost inside of the broker now and then",
    place: 2,
    ...during((is) => (is.brokerLoses = 0.03)),
    page: "MesOrdersNotReceived",
    after: 75,
    holds: true,
    within: 15,
  },
  {
    name: "order-intake hangs: it holds messages and finishes none",
    place: 3,
    ...during((is) => is.hung.add("order-intake"), 40),
    page: "BrokerConsumersStuck",
    within: 12,
  },
  {
    name: "order-intake does not start after a deploy",
    place: 3,
    ...during((is) => is.notReady.set("order-intake", 3)),
    page: "MesOrderRoleDown",
    holds: true,
    within: 5,
  },
  {
    name: "order-intake gives back half of its messages",
    place: 3,
    ...during((is) => (is.intakeFails = 0.5)),
    page: "MesOrderMessagesFailing",
    holds: true,
    within: 12,
  },
  {
    name: "order-intake acknowledges messages that it did not write",
    place: 3,
    ...during((is) => (is.intakeLoses = 0.05)),
    page: "MesOrdersNotReceived",
    after: 75,
    holds: true,
    within: 15,
  },
  {
    name: "some orders cannot be read and are parked",
    place: 3,
    ...during((is) => (is.intakeRejects = 0.02)),
    page: "BrokerMessagesParked",
    within: 8,
  },
  {
    name: "order-intake is killed for its memory again and again",
    place: 3,
    ...during((is) => {
      is.restarting.set("order-intake", 1 / 60);
      is.outOfMemory.add("order-intake");
    }),
    page: "MesOrderRoleRestarting",
    holds: true,
    within: 8,
  },
  {
    name: "the database has no primary",
    place: 4,
    ...during((is) => (is.primary = false)),
    page: "PostgresPrimaryMissing",
    left: ["BrokerMessagesParked"],
    within: 4,
  },
  {
    name: "both synchronous replicas are gone, and every write hangs",
    place: 4,
    ...during((is) => (is.standbys = 0)),
    page: "PostgresSynchronousReplicaMissing",
    left: ["BrokerMessagesParked"],
    within: 4,
  },
  {
    name: "no pooler answers in front of the primary",
    place: 4,
    ...during((is) =>
      Object.assign(is, { primary: true, poolInUse: 1, intakeFails: 1, apiFails: 1 }).notReady.set("postgres-pooler-rw", 3),
    ),
    page: "PostgresPoolerMissing",
    left: ["BrokerMessagesParked"],
    within: 4,
  },
  {
    name: "a deploy does not fit the schema, and transactions are rolled back",
    place: 4,
    ...during((is) => Object.assign(is, { rollbacks: 0.4, intakeFails: 0.4 })),
    page: "PostgresWritesFailing",
    within: 9,
  },
  {
    name: "the volume of the write-ahead log fills",
    place: 4,
    ...during((is, s) =>
      Object.assign(is, { walUsed: Math.min(0.97, 0.2 + s / 1500), archiveFails: true, archiveReady: 20 + s / 10 }),
    ),
    page: "PostgresWalVolumeNearlyFull",
    beside: ["PostgresArchivingFails", "PostgresWalVolumeFilling"],
    holds: true,
    within: 25,
  },
  {
    name: "the volume of the data fills",
    place: 4,
    ...during((is, s) => (is.dataUsed = Math.min(0.97, 0.5 + s / 2500)), 35),
    page: "PostgresDataVolumeNearlyFull",
    holds: true,
    within: 25,
  },
  {
    name: "no relay runs",
    place: 5,
    ...during((is) => is.notReady.set("outbox-relay", 2)),
    page: "MesOrderRoleDown",
    holds: true,
    within: 5,
  },
  {
    name: "the relay runs and sends nothing",
    place: 5,
    ...during((is) => is.hung.add("outbox-relay")),
    page: "OutboxDelayed",
    within: 5,
  },
  {
    name: "the relay gives up messages",
    place: 5,
    ...during((is) => (is.relayGivesUp = 0.05)),
    page: "OutboxDead",
    within: 6,
  },
  {
    name: "the CRM takes no statuses",
    place: 5,
    ...during((is) => (is.crmConsumes = false)),
    page: "BrokerQueueWithoutConsumers",
    within: 6,
  },
  {
    name: "the CRM takes statuses and writes none",
    place: 5,
    ...during((is) => (is.crmLosesStatuses = 1)),
    page: "MesStatusesNotReceived",
    after: 75,
    within: 12,
  },
  {
    name: "the CRM loses one status in fifty",
    place: 5,
    ...during((is) => (is.crmLosesStatuses = 0.02)),
    page: "MesStatusesNotReceived",
    after: 75,
    within: 20,
  },
  {
    name: "order-intake stores orders and tells nobody of them",
    place: 5,
    ...during((is) => (is.intakeForgetsStatus = 1)),
    page: "MesStatusesStopped",
    within: 20,
  },
  {
    name: "the relay marks statuses as sent and sends them nowhere",
    place: 5,
    ...during((is) => (is.relayLoses = 0.1)),
    page: "MesStatusesNotReceived",
    after: 75,
    within: 15,
  },
  {
    name: "nobody can reach the gateway: its certificate has ended",
    ...during((is) => (is.reachable = false)),
    page: "MesTrafficStopped",
    within: 15,
  },
  {
    name: "the shop sends no order at all",
    ...during((is) => (is.crmRate = 0), 40),
    page: "MesOrdersStopped",
    within: 25,
  },
  {
    name: "a third of the requests of partners fail",
    ...during((is) => (is.apiFails = 0.3)),
    page: "MesOrderHttpErrors",
    holds: true,
    within: 10,
  },
  {
    name: "partners wait for seconds",
    ...during((is) => (is.apiSeconds = 2)),
    page: "MesOrderHttpSlow",
    holds: true,
    within: 16,
  },
  {
    name: "a price takes a minute",
    ...during((is) => (is.pricingSeconds = 40)),
    page: "MesOrderHttpSlow",
    holds: true,
    within: 16,
  },
  {
    name: "kube-state-metrics answers and says nothing: its rights are gone",
    ...during((is) => (is.stateUnknown = true)),
    page: "KubeStateMetricsBlind",
    holds: true,
    within: 15,
  },
  {
    name: "messages of Alertmanager are refused",
    ...during((is) => (is.notificationsFail = true)),
    page: "AlertmanagerNotificationsFailing",
    holds: true,
    within: 10,
  },
  {
    name: "the database has no primary every other minute",
    place: 4,
    ...during((is, s) => (is.primary = s % 240 >= 150), 20),
    page: "PostgresPrimaryMissing",
    left: ["BrokerMessagesParked"],
    within: 5,
  },
  {
    name: "a node is lost, with its pods of everything",
    ...during((is) => is.nodesDown.add(NODES[2])),
    ticket: "NodeNotReady",
    within: 12,
  },
  {
    name: "KEDA cannot ask the broker, and falls back",
    ...during((is) => (is.kedaFails = true)),
    ticket: "AutoscalerBlind",
    within: 15,
  },
  {
    name: "a GPU reports an error",
    ...during((is, s) => (is.gpuXid = s < 60 ? 0 : 79)),
    ticket: "GpuErrors",
    holds: true,
    within: 12,
  },
  {
    name: "Jaeger cannot write to its store",
    ...during((is) => (is.jaegerFails = true)),
    ticket: "TracingStorageFailing",
    holds: true,
    within: 20,
  },
  {
    name: "the cache is gone",
    ...during((is) => (is.cacheUp = false)),
    ticket: "CacheDown",
    holds: true,
    within: 12,
  },
];
