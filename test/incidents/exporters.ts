import { GPU_NODES, NODES, Pods, SERVICES, serviceOf, targetLabels, type Pod, type Relabeling, type Service } from "./cluster";
import type { Conditions } from "./conditions";
import { Orders, type Steps } from "./orders";
import { Recorder, type Labels, type Page, type Series } from "./series";

/** How a target is scraped, as the plan's PodMonitor says. */
export interface Scrape {
  readonly port: string;
  readonly honorLabels: boolean;
  readonly relabelings: readonly Relabeling[];
}

/** The page of a pod at a moment. */
type PodPage = Page & { readonly pod: Pod; readonly index: number };

/** Buckets that the contract names, and those of the collector's decision timer in milliseconds. */
const SECONDS = [
  "0.005",
  "0.01",
  "0.025",
  "0.05",
  "0.075",
  "0.1",
  "0.25",
  "0.5",
  "0.75",
  "1",
  "2.5",
  "5",
  "7.5",
  "10",
  "30",
  "60",
];
const MILLISECONDS = ["1", "5", "10", "25", "50", "100", "250", "500", "1000", "5000"];
const GIB = 2 ** 30;
/** The player's clock begins with the year 2000. */
const EPOCH = Date.UTC(2000, 0, 1) / 1000;
const CERTIFICATES = ["postgres-tls", "broker-tls", "broker-nodes-tls"];

/** A running prod: what is served by all that Prometheus scrapes, at every moment. */
export class World {
  readonly pods = new Pods();
  readonly orders = new Orders();
  private readonly recorder: Recorder;
  private readonly pages = new Map<string, Page>();
  private is!: Conditions;
  private now = 0;
  private seconds = 0;
  private steps!: Steps;

  constructor(
    moments: number,
    private readonly scrapes: Readonly<Record<string, Scrape>>,
  ) {
    this.recorder = new Recorder(moments);
  }

  all(): Series[] {
    return this.recorder.all();
  }

  /** Lets time pass until a moment, and serves what there is then. */
  moment(index: number, now: number, seconds: number, is: Conditions): void {
    Object.assign(this, { now, seconds, is });
    this.recorder.at(index);
    const working = (name: string) => this.ready(serviceOf(name)).length;
    this.steps = this.orders.step(now, seconds, is, {
      intake: working("order-intake"),
      api: working("order-api"),
      relay: working("outbox-relay"),
    });
    this.mes();
    this.crm();
    this.broker();
    this.postgres();
    this.objects();
    this.nodes();
    this.observability();
  }

  /** Pods that run and are ready; those of a node that is down are not. */
  private ready(one: Service): Pod[] {
    const down = this.is.notReady.get(one.name) ?? 0;
    const pending = this.is.pending.get(one.name) ?? 0;
    return this.pods
      .of(one.name)
      .filter((pod, i) => i >= down + pending && !this.is.nodesDown.has(pod.node))
      .filter((pod) => this.now >= pod.since);
  }

  /** Serves the page of every pod of a job that answers, and says which do not. */
  private serve(job: string, page: (page: PodPage) => void, answers: (pod: Pod, index: number) => boolean = () => true): void {
    const one = SERVICES.find(({ jobs }) => jobs.includes(job));
    const scrape = this.scrapes[job];
    if (one === undefined || scrape === undefined) throw new Error(`nothing is known of the job ${job}`);
    const ready = new Set(this.ready(one));
    for (const [index, pod] of this.pods.of(one.name).entries()) {
      // A pod that is not placed has no address.
      if (index < (this.is.pending.get(one.name) ?? 0)) continue;
      const target = this.page(`${job} ${pod.name} ${pod.node}`, () => {
        const labels = targetLabels(one, pod, scrape.port, scrape.relabelings);
        return (own) => (scrape.honorLabels ? { ...labels, ...own } : { ...labels, ...exported(own, labels) });
      });
      const up = ready.has(pod) && answers(pod, index);
      target.gauge("up", {}, up ? 1 : 0);
      if (up) page({ ...target, pod, index });
    }
  }

  private page(key: string, labels: () => (own: Labels) => Labels): Page {
    let page = this.pages.get(key);
    if (page === undefined) this.pages.set(key, (page = this.recorder.page(labels())));
    return page;
  }

  /** The page of a target that no PodMonitor finds. */
  private fixed(labels: Labels): Page {
    return this.page(Object.values(labels).join(" "), () => (own) => ({ ...labels, ...own }));
  }

  private share(name: string): number {
    return 1 / Math.max(1, this.ready(serviceOf(name)).length);
  }

  /** What of whole things one of the working pods did. */
  private part(whole: number, name: string, index: number): number {
    const working = this.ready(serviceOf(name));
    const place = working.indexOf(this.pods.of(name)[index] ?? working[0]!);
    return Math.floor(whole / working.length) + (place < whole % working.length ? 1 : 0);
  }

  private mes(): void {
    const { is, steps, seconds } = this;
    const pool = (page: PodPage) => {
      page.gauge("mes_db_pool_size", {}, 10);
      page.gauge("mes_db_pool_in_use", {}, is.primary ? Math.round(10 * is.poolInUse) : 10);
    };
    const requests = (page: PodPage, route: string, method: string, rate: number, took: number, fails: number) => {
      for (const [status, part] of [
        ["200", 1 - fails],
        ["503", fails],
      ] as const) {
        const labels = { http_route: route, http_request_method: method, http_response_status_code: status };
        histogram(page, "http_server_request_duration_seconds", labels, rate * part * seconds, took, SECONDS);
      }
    };
    this.serve("order-intake", (page) => {
      const share = this.share("order-intake");
      page.count("mes_orders_received_total", {}, this.part(steps.received, "order-intake", page.index));
      const handled = steps.received + steps.retried + steps.rejected;
      histogram(page, "mes_order_handling_seconds", {}, handled * share, is.intakeSeconds, SECONDS);
      for (const [outcome, by] of [
        ["done", steps.received],
        ["duplicate", 0],
        ["retried", steps.retried],
        ["rejected", steps.rejected],
      ] as const) {
        page.count("mes_messages_handled_total", { outcome }, by * share);
      }
      pool(page);
    });
    this.serve("order-api", (page) => {
      const share = this.share("order-api");
      const fails = is.primary && is.standbys > 0 ? is.apiFails : 1;
      const arriving = is.reachable ? is.apiRate * share : 0;
      requests(page, "/api/v1/orders", "POST", arriving, is.apiSeconds, fails);
      page.count("mes_orders_accepted_total", { channel: "b2b" }, this.part(steps.accepted, "order-api", page.index));
      page.count("mes_orders_accepted_total", { channel: "b2c" }, 0);
      pool(page);
    });
    this.serve("dashboard", (page) => {
      requests(page, "/orders", "GET", is.reachable ? is.dashboardRate * this.share("dashboard") : 0, is.dashboardSeconds, 0);
      pool(page);
    });
    this.serve("pricing", (page) => {
      const asked = is.reachable ? 0.2 * this.share("pricing") : 0;
      requests(page, "/prices", "POST", asked, is.pricingSeconds, is.pricingFails);
    });
    this.serve("outbox-relay", (page) => {
      page.count("mes_orders_published_total", {}, this.part(steps.published, "outbox-relay", page.index));
      page.count("mes_statuses_published_total", {}, this.part(steps.statusesPublished, "outbox-relay", page.index));
      pool(page);
    });
  }

  /** The CRM is scraped by its host name: a static target, with the job's name. */
  private crm(): void {
    const { is, steps } = this;
    const page = this.fixed({ job: "crm", instance: "crm.example.com:443" });
    page.gauge("up", {}, is.crmScraped ? 1 : 0);
    if (!is.crmScraped) return;
    page.count("crm_orders_confirmed_total", {}, steps.confirmed);
    page.count("crm_statuses_received_total", {}, steps.statusesApplied);
  }

  private broker(): void {
    const { is, steps, seconds, orders } = this;
    const answers = (_: Pod, index: number) => index >= is.brokerDown;
    this.serve(
      "broker",
      (page) => {
        const one = page.index === 2;
        const by = one ? 1 : 0;
        const node = { rabbitmq_cluster: "broker", rabbitmq_node: `rabbit@${page.pod.name}` };
        page.gauge("rabbitmq_build_info", { ...node, rabbitmq_version: "4.3.7" }, 1);
        page.gauge("rabbitmq_identity_info", node, 1);
        page.gauge("rabbitmq_alarms_memory_used_watermark", {}, is.brokerAlarm === "memory" && one ? 1 : 0);
        page.gauge("rabbitmq_alarms_free_disk_space_watermark", {}, is.brokerAlarm === "disk" && one ? 1 : 0);
        page.gauge("rabbitmq_unreachable_cluster_peers_count", {}, is.brokerDown);
        page.gauge("rabbitmq_disk_space_available_bytes", {}, 100 * GIB * (1 - is.brokerDiskUsed));
        page.gauge("rabbitmq_disk_space_available_limit_bytes", {}, 8 * GIB);
        page.gauge("rabbitmq_process_resident_memory_bytes", {}, (is.brokerAlarm === "memory" && one ? 3.3 : 1) * GIB);
        page.gauge("rabbitmq_resident_memory_limit_bytes", {}, 3.2 * GIB);
        page.gauge("rabbitmq_connections", {}, 8);
        page.gauge("rabbitmq_channels", {}, 8);
        page.gauge("rabbitmq_consumers", {}, 5);
        page.count("rabbitmq_connections_opened_total", {}, 0.01 * seconds);
        const blocked = is.brokerAlarm !== "none" || !is.brokerTakes;
        page.gauge("rabbitmq_channel_messages_unconfirmed", {}, one && blocked ? 60 : 0);
        const amqp = { protocol: "amqp091" };
        const published = steps.sent + steps.relayed;
        page.count("rabbitmq_global_messages_received_total", amqp, (published + steps.refused) * by);
        page.count("rabbitmq_global_messages_received_confirm_total", amqp, (published + steps.refused) * by);
        page.count("rabbitmq_global_messages_confirmed_total", amqp, published * by);
        page.count("rabbitmq_global_messages_unroutable_dropped_total", amqp, is.brokerReturns ? 0 : steps.unroutable * by);
        page.count("rabbitmq_global_messages_unroutable_returned_total", amqp, is.brokerReturns ? steps.unroutable * by : 0);
        for (const reason of ["rejected", "expired", "delivery_limit", "maxlen"]) {
          for (const dead_letter_strategy of reason === "delivery_limit"
            ? ["at_least_once", "disabled"]
            : ["at_least_once", "at_most_once", "disabled"]) {
            page.count(`rabbitmq_global_messages_dead_lettered_${reason}_total`, {
              queue_type: "rabbit_quorum_queue",
              dead_letter_strategy,
            });
          }
        }
      },
      answers,
    );
    const taken = {
      "orders.inbound": { acked: steps.received + steps.rejected, again: steps.retried, consumers: "order-intake" },
      "orders.status": { acked: steps.statusesTaken, again: 0, consumers: undefined },
      "orders.public": { acked: steps.publicTaken, again: 0, consumers: undefined },
    } as const;
    this.serve(
      "broker-queues",
      (page) => {
        // Each queue is told of by the node that leads it; with one of them gone, by another.
        if (page.index !== 2) return;
        for (const [queue, { ready, unacked, parked }] of Object.entries(orders.queues)) {
          const { acked, again, consumers } = taken[queue as keyof typeof taken];
          const labels = { vhost: "mes", queue };
          const listening = consumers === undefined ? (is.crmConsumes ? 2 : 0) : this.ready(serviceOf(consumers)).length;
          page.gauge("rabbitmq_detailed_queue_messages", labels, Math.floor(ready));
          page.gauge("rabbitmq_detailed_queue_messages_ready", labels, Math.floor(Math.max(0, ready - unacked)));
          page.gauge("rabbitmq_detailed_queue_messages_unacked", labels, Math.floor(unacked));
          page.gauge("rabbitmq_detailed_queue_consumers", labels, listening);
          page.count("rabbitmq_detailed_queue_messages_acked_total", labels, acked);
          page.count("rabbitmq_detailed_queue_messages_delivered_ack_total", labels, acked + again);
          page.count("rabbitmq_detailed_queue_messages_redelivered_total", labels, again);
          const parking = { vhost: "mes", queue: `${queue}.parked` };
          page.gauge("rabbitmq_detailed_queue_messages", parking, Math.floor(parked));
          page.gauge("rabbitmq_detailed_queue_messages_unacked", parking, 0);
          page.gauge("rabbitmq_detailed_queue_consumers", parking, 0);
        }
      },
      answers,
    );
  }

  private postgres(): void {
    const { is, steps, seconds, orders } = this;
    this.serve("postgres", (page) => {
      const primary = (is.primary && page.index === is.primaryPod) || (is.twoPrimaries && page.index === (is.primaryPod + 1) % 3);
      const leads = is.primary && page.index === is.primaryPod;
      page.gauge("cnpg_pg_replication_in_recovery", {}, primary ? 0 : 1);
      page.gauge("cnpg_pg_replication_lag", {}, primary ? 0 : is.lag);
      page.gauge("cnpg_pg_replication_streaming_replicas", {}, leads ? is.standbys : 0);
      page.gauge("cnpg_collector_last_collection_error", {}, 0);
      page.gauge("cnpg_last_error", {}, 0);
      const written = leads ? steps.received + steps.accepted + steps.relayed : 0;
      const work = leads ? 3 * seconds + written : 0;
      page.count("cnpg_pg_stat_database_xact_commit", { datname: "mes" }, work * (1 - is.rollbacks));
      page.count("cnpg_pg_stat_database_xact_rollback", { datname: "mes" }, work * is.rollbacks);
      page.gauge("cnpg_backends_waiting_total", {}, leads ? is.lockWaiters : 0);
      page.gauge("cnpg_backends_total", { datname: "mes", usename: "order_intake", application_name: "", state: "idle" }, 30);
      page.gauge(
        "cnpg_backends_max_tx_duration_seconds",
        { datname: "mes", usename: "order_intake", application_name: "", state: "active" },
        1,
      );
      page.gauge("cnpg_pg_settings_setting", { name: "max_connections" }, 200);
      page.gauge("cnpg_pg_database_xid_age", { datname: "mes" }, 4e7);
      page.gauge("cnpg_pg_database_size_bytes", { datname: "mes" }, 200 * GIB * is.dataUsed);
      if (leads) {
        page.gauge("cnpg_mes_synchronous_standbys", {}, is.standbys);
        page.gauge("cnpg_mes_synchronous_requested", {}, 1);
        page.gauge("cnpg_mes_synchronous_waiting_commits", {}, is.standbys === 0 ? 40 : is.waitingCommits);
        page.gauge("cnpg_pg_replication_slots_pg_wal_lsn_diff", { slot_name: "_cnpg_postgres_2" }, 1e6);
        const waiting = orders.outbox.status + orders.outbox.public;
        page.gauge("cnpg_mes_outbox_pending", {}, Math.floor(waiting));
        page.gauge("cnpg_mes_outbox_retrying", {}, 0);
        page.gauge("cnpg_mes_outbox_dead", {}, Math.floor(orders.outbox.dead));
        page.gauge("cnpg_mes_outbox_blocked", {}, 0);
        page.gauge("cnpg_mes_outbox_oldest_unsent_seconds", {}, orders.outbox.oldest);
        page.gauge("cnpg_mes_outbox_sent_last_5m", {}, Math.floor(orders.sentLately));
        page.gauge("cnpg_mes_outbox_oldest_sent_seconds", {}, 7 * 86_400);
        page.gauge("cnpg_mes_inbox_duplicates_last_hour", { consumer: "order-intake" }, 3);
      }
      page.gauge("cnpg_collector_pg_wal", { value: "size" }, 50 * GIB * is.walUsed);
      page.gauge("cnpg_collector_pg_wal", { value: "volume_size" }, 50 * GIB);
      page.gauge("cnpg_collector_pg_wal_archive_status", { value: "ready" }, is.archiveReady);
      page.gauge("cnpg_pg_stat_archiver_last_archived_time", {}, EPOCH + this.now - (is.archiveFails ? 3600 : 30));
      page.gauge("cnpg_pg_stat_archiver_last_failed_time", {}, EPOCH + (is.archiveFails ? this.now - 10 : -1e6));
      page.gauge("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", {}, EPOCH + this.now - is.backupAge);
      page.gauge("barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp", {}, 0);
    });
    for (const job of ["postgres-pooler-rw", "postgres-pooler-ro"]) {
      this.serve(job, (page) => {
        const waits = job.endsWith("rw") && !is.primary ? this.seconds : job.endsWith("rw") ? is.poolWait : 0.01;
        page.gauge("cnpg_pgbouncer_pools_maxwait", { database: "mes", user: "order_intake" }, waits);
        page.gauge("cnpg_pgbouncer_pools_cl_waiting", { database: "mes", user: "order_intake" }, waits > 1 ? 8 : 0);
      });
    }
  }

  /** kube-state-metrics: what it says of all pods, services, nodes. */
  private objects(): void {
    const { is, now, seconds } = this;
    this.serve("kube-state-metrics", (page) => {
      if (is.stateUnknown) return;
      for (const one of SERVICES) {
        const { name, namespace, kind } = one;
        const ready = this.ready(one).length;
        const pods = this.pods.of(name);
        if (kind === "Deployment") {
          page.gauge("kube_deployment_spec_replicas", { namespace, deployment: name }, pods.length);
          page.gauge("kube_deployment_status_replicas_available", { namespace, deployment: name }, ready);
          for (const status of ["true", "false", "unknown"]) {
            page.gauge(
              "kube_deployment_status_condition",
              { namespace, deployment: name, condition: "Progressing", status },
              status === "true" ? 1 : 0,
            );
          }
        } else if (kind === "StatefulSet") {
          const labels = { namespace, statefulset: name };
          const gone = name === "broker-server" ? Math.min(is.brokerDown, ready) : 0;
          page.gauge("kube_statefulset_replicas", labels, pods.length);
          page.gauge("kube_statefulset_status_replicas_ready", labels, ready - gone);
          page.gauge("kube_statefulset_status_replicas_updated", labels, pods.length);
        } else if (kind === "DaemonSet") {
          page.gauge("kube_daemonset_status_desired_number_scheduled", { namespace, daemonset: name }, pods.length);
          page.gauge("kube_daemonset_status_number_ready", { namespace, daemonset: name }, ready);
        }
        const working = new Set(this.ready(one));
        for (const [i, pod] of pods.entries()) this.pod(page, one, pod, i, working.has(pod));
      }
      for (const node of [...NODES, ...GPU_NODES]) {
        for (const [condition, holds] of [
          ["Ready", !is.nodesDown.has(node)],
          ["MemoryPressure", false],
          ["DiskPressure", false],
          ["PIDPressure", false],
        ] as const) {
          for (const status of ["true", "false", "unknown"]) {
            const is = condition === "Ready" && !holds ? "unknown" : String(holds);
            page.gauge("kube_node_status_condition", { node, condition, status }, status === is ? 1 : 0);
          }
        }
        page.gauge("kube_node_status_allocatable", { node, resource: "cpu", unit: "core" }, 16);
      }
      for (const [name, min, max] of [
        ["keda-hpa-order-intake", 3, 20],
        ["keda-hpa-order-api", 3, 20],
        ["keda-hpa-dashboard", 2, 10],
        ["keda-hpa-pricing", 2, 4],
        ["outbox-relay", 2, 6],
      ] as const) {
        const labels = { namespace: "mes", horizontalpodautoscaler: name };
        const pods = this.pods.of(name.replace("keda-hpa-", "")).length;
        page.gauge("kube_horizontalpodautoscaler_spec_min_replicas", labels, min);
        page.gauge("kube_horizontalpodautoscaler_spec_max_replicas", labels, max);
        page.gauge("kube_horizontalpodautoscaler_status_current_replicas", labels, is.atMaximum ? max : pods);
        page.gauge("kube_horizontalpodautoscaler_status_desired_replicas", labels, is.atMaximum ? max : pods);
        for (const status of ["true", "false", "unknown"]) {
          const active = String(!is.hpaInactive);
          page.gauge(
            "kube_horizontalpodautoscaler_status_condition",
            { ...labels, condition: "ScalingActive", status },
            status === active ? 1 : 0,
          );
        }
      }
      const job = { namespace: "mes-data", job_name: "outbox-purge-15768001" };
      page.gauge("kube_job_status_failed", job, is.jobFailed ? 1 : 0);
      page.gauge("kube_job_status_succeeded", job, is.jobFailed ? 0 : 1);
      page.gauge(
        "kube_cronjob_status_last_successful_time",
        { namespace: "mes-observability", cronjob: "jaeger-index-cleaner" },
        EPOCH + now - 3600,
      );
      void seconds;
    });
  }

  private pod(page: Page, one: Service, pod: Pod, index: number, works: boolean): void {
    const { is, seconds } = this;
    const { namespace, container, name: owner } = one;
    const uid = `uid-of-${pod.name}`;
    const own = { namespace, pod: pod.name, uid };
    const pending = index < (is.pending.get(owner) ?? 0);
    const ready = works && !(owner === "broker-server" && index < is.brokerDown);
    page.gauge(
      "kube_pod_info",
      { ...own, node: pending ? "" : pod.node, created_by_kind: one.kind, host_ip: "10.0.0.1", pod_ip: "10.1.0.1" },
      1,
    );
    const [kind, name] = one.kind === "Deployment" ? ["ReplicaSet", pod.name.replace(/-[^-]+$/, "")] : [one.kind, owner];
    page.gauge("kube_pod_owner", { ...own, owner_kind: kind, owner_name: name, owner_is_controller: "true" }, 1);
    for (const phase of ["Pending", "Running", "Succeeded", "Failed", "Unknown"]) {
      page.gauge("kube_pod_status_phase", { ...own, phase }, phase === (pending ? "Pending" : "Running") ? 1 : 0);
    }
    for (const condition of ["true", "false", "unknown"]) {
      page.gauge("kube_pod_status_ready", { ...own, condition }, condition === String(ready) ? 1 : 0);
    }
    if (!pending) {
      const restarts = index === 0 ? (is.restarting.get(owner) ?? 0) * seconds : 0;
      page.count("kube_pod_container_status_restarts_total", { ...own, container }, restarts);
      if (is.outOfMemory.has(owner) && index === 0) {
        page.gauge("kube_pod_container_status_last_terminated_reason", { ...own, container, reason: "OOMKilled" }, 1);
      }
    }
    page.gauge("kube_pod_container_resource_requests", { ...own, container, node: pod.node, resource: "cpu", unit: "core" }, 0.5);
    page.gauge(
      "kube_pod_container_resource_limits",
      { ...own, container, node: pod.node, resource: "memory", unit: "byte" },
      GIB,
    );
  }

  private nodes(): void {
    const { is, seconds } = this;
    this.serve("node-exporter", (page) => {
      for (const cpu of ["0", "1"]) {
        page.count("node_cpu_seconds_total", { cpu, mode: "idle" }, 0.6 * seconds);
        page.count("node_cpu_seconds_total", { cpu, mode: "user" }, 0.4 * seconds);
      }
      page.gauge("node_load5", {}, 1);
      page.gauge("node_memory_MemTotal_bytes", {}, 64 * GIB);
      page.gauge("node_memory_MemAvailable_bytes", {}, 64 * GIB * (1 - (page.pod.node === "node-1" ? is.nodeMemory : 0.55)));
      const disk = { device: "/dev/nvme0n1p1", fstype: "ext4", mountpoint: "/" };
      const used = page.pod.node === "node-1" ? is.nodeDisk : 0.4;
      page.gauge("node_filesystem_size_bytes", disk, 200 * GIB);
      page.gauge("node_filesystem_avail_bytes", disk, 200 * GIB * (1 - used));
      page.gauge("node_filesystem_files", disk, 1e7);
      page.gauge("node_filesystem_files_free", disk, 9e6);
    });
    this.serve("dcgm-exporter", (page) => {
      const gpu = { gpu: "0", UUID: `GPU-${page.pod.node}`, device: "nvidia0", modelName: "NVIDIA L4", Hostname: page.pod.node };
      const pods = this.pods.of("pricing");
      const user = pods.find(({ node }) => node === page.pod.node);
      const labels = user === undefined ? gpu : { ...gpu, namespace: "mes", pod: user.name, container: "mes" };
      page.gauge("DCGM_FI_DEV_GPU_UTIL", labels, is.gpuUse);
      this.xid(page, labels);
    });
    for (const node of [...NODES, ...GPU_NODES]) {
      const up = !is.nodesDown.has(node);
      for (const job of ["kubelet", "cadvisor"]) this.kubelet(job, node).gauge("up", {}, up ? 1 : 0);
    }
    for (const one of SERVICES) {
      for (const pod of this.ready(one)) {
        const own = { namespace: one.namespace, pod: pod.name, container: one.container, id: `/kubepods/${pod.name}` };
        const cadvisor = this.kubelet("cadvisor", pod.node);
        cadvisor.count("container_cpu_usage_seconds_total", { ...own, cpu: "total" }, 0.2 * seconds);
        cadvisor.count("container_cpu_cfs_periods_total", own, 10 * seconds);
        cadvisor.count("container_cpu_cfs_throttled_periods_total", own, 0.1 * seconds);
        cadvisor.gauge("container_memory_working_set_bytes", own, 0.5 * GIB);
      }
    }
    for (const [namespace, persistentvolumeclaim, name, used] of [
      ["mes-data", "postgres-1", "postgres-1", is.dataUsed],
      ["mes-data", "postgres-2", "postgres-2", is.dataUsed],
      ["mes-data", "postgres-3", "postgres-3", is.dataUsed],
      ["mes-data", "postgres-1-wal", "postgres-1", is.walUsed],
      ["mes-data", "persistence-broker-server-0", "broker-server-0", is.brokerDiskUsed],
      ["mes-observability", "prometheus-prometheus-db-prometheus-prometheus-0", "prometheus-prometheus-0", 0.4],
    ] as const) {
      const node = SERVICES.flatMap((one) => this.pods.of(one.name)).find((pod) => pod.name === name)?.node ?? NODES[0];
      if (is.nodesDown.has(node)) continue;
      const own = { namespace, persistentvolumeclaim };
      this.kubelet("kubelet", node).gauge("kubelet_volume_stats_capacity_bytes", own, 200 * GIB);
      this.kubelet("kubelet", node).gauge("kubelet_volume_stats_available_bytes", own, 200 * GIB * (1 - used));
      this.kubelet("kubelet", node).gauge("kubelet_volume_stats_used_bytes", own, 200 * GIB * used);
    }
  }

  private kubelet(job: string, node: string): Page {
    return this.fixed({ job, node, instance: `${node}:10250` });
  }

  /** DCGM's last error of a GPU. Its code is a label too: another error is another series. Source: internal/pkg/collector/gpu_collector.go, 4.8.2 */
  private xid(page: PodPage, labels: Labels): void {
    const code = page.index === 0 ? this.is.gpuXid : 0;
    const err_msg = code === 0 ? "No Error" : code === 79 ? "GPU has fallen off the bus" : "Unknown Error";
    page.gauge("DCGM_FI_DEV_XID_ERRORS", { ...labels, err_code: String(code), err_msg }, code);
  }

  private observability(): void {
    const { is, now, seconds } = this;
    const collector = (page: PodPage, exporter: string, queues = true) => {
      page.count("otelcol_receiver_accepted_spans", { receiver: "otlp", transport: "grpc" }, 20 * seconds);
      page.count("otelcol_receiver_refused_spans", { receiver: "otlp", transport: "grpc" });
      page.count("otelcol_exporter_sent_spans", { exporter }, 20 * seconds);
      page.count("otelcol_exporter_send_failed_spans", { exporter });
      if (!queues) return;
      page.gauge("otelcol_exporter_queue_size", { exporter, data_type: "traces" }, 1000 * is.collectorQueue);
      page.gauge("otelcol_exporter_queue_capacity", { exporter, data_type: "traces" }, 1000);
    };
    this.serve("otel-agent", (page) => {
      collector(page, "otlp_grpc/gateway");
      page.count("otelcol_receiver_accepted_log_records", { receiver: "file_log", transport: "" }, 10 * seconds);
      page.count("otelcol_receiver_refused_log_records", { receiver: "file_log", transport: "" });
      page.count("otelcol_exporter_send_failed_log_records", { exporter: "otlp_http/loki" });
    });
    this.serve("otel-gateway", (page) => {
      collector(page, "loadbalancing", false);
      page.gauge("otelcol_loadbalancer_num_backends", { resolver: "dns" }, 3);
      for (const endpoint of ["10.1.0.11:4317", "10.1.0.12:4317", "10.1.0.13:4317"]) {
        page.count("otelcol_loadbalancer_backend_outcome", { endpoint, success: "true" }, 5 * seconds);
      }
    });
    this.serve("otel-sampler", (page) => {
      collector(page, "otlp_grpc/jaeger");
      page.count("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early", {});
      page.count("otelcol_processor_tail_sampling_sampling_policy_evaluation_error", {});
      histogram(page, "otelcol_processor_tail_sampling_sampling_decision_timer_latency", {}, seconds, 12, MILLISECONDS);
    });
    this.serve("span-metrics", () => undefined);
    this.serve("jaeger", (page) => {
      // Writing to a search cluster is asynchronous: to the exporter all is well. Of a request that fails as a whole, its time alone is counted, under
      // another name. Source: internal/storage/elasticsearch/config/config.go of Jaeger 2.13, `bulkCallback.invoke`
      collector(page, "jaeger_storage_exporter", false);
      const store = { kind: "opensearch", name: "traces", role: "tracestore" };
      page.count("jaeger_storage_bulk_index_attempts", store, 20 * seconds);
      page.count("jaeger_storage_bulk_index_inserts", store, 20 * seconds);
      page.count("jaeger_storage_bulk_index_errors", store);
      page.count(`jaeger_storage_bulk_index_latency_${is.jaegerFails ? "err" : "ok"}_count`, store, seconds);
    });
    this.serve("loki", (page) => {
      for (const [status_code, by] of [
        ["204", 5 * (1 - is.lokiErrors)],
        ["500", 5 * is.lokiErrors],
      ] as const) {
        page.count(
          "loki_request_duration_seconds_count",
          { route: "otlp_v1_logs", method: "POST", status_code, ws: "false" },
          by * seconds,
        );
      }
      page.count("loki_ingester_chunks_flush_failures_total", {});
      page.count("loki_ingester_wal_disk_full_failures_total", {});
      if (page.index === 0) {
        page.gauge("loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds", {}, EPOCH + now - 300);
      }
    });
    this.serve("cache", (page) => {
      page.gauge("redis_up", {}, is.cacheUp ? 1 : 0);
      if (!is.cacheUp) return;
      page.count("redis_commands_processed_total", {}, 40 * seconds);
      page.count("redis_keyspace_hits_total", {}, 30 * seconds);
      page.count("redis_keyspace_misses_total", {}, 5 * seconds);
      page.count("redis_evicted_keys_total", {});
    });
    this.serve("prometheus", (page) => {
      page.gauge("prometheus_config_last_reload_successful", {}, 1);
      page.count("prometheus_tsdb_head_samples_appended_total", { type: "float" }, is.prometheusDeaf ? 0 : 5000 * seconds);
      page.count("prometheus_rule_evaluation_failures_total", { rule_group: "mes-orders" });
      page.gauge("prometheus_rule_group_last_duration_seconds", { rule_group: "mes-orders" }, 0.1);
      page.gauge("prometheus_rule_group_interval_seconds", { rule_group: "mes-orders" }, 15);
      page.count("prometheus_notifications_dropped_total", { alertmanager: "http://10.1.0.9:9093/api/v2/alerts" });
      for (const what of ["exceeded_sample_limit", "sample_duplicate_timestamp", "sample_out_of_order"]) {
        page.count(`prometheus_target_scrapes_${what}_total`, {});
      }
    });
    this.serve("alertmanager", (page) => {
      page.gauge("alertmanager_config_last_reload_successful", {}, 1);
      page.gauge("alertmanager_cluster_members", {}, 3);
      const integration = { integration: "email", receiver_name: "on-call" };
      page.count("alertmanager_notifications_total", integration, 0.02 * seconds);
      for (const reason of ["clientError", "serverError", "other"]) {
        page.count(
          "alertmanager_notifications_failed_total",
          { ...integration, reason },
          is.notificationsFail && reason === "serverError" ? 0.02 * seconds : 0,
        );
      }
    });
    for (const job of ["alertmanager-config-reloader", "prometheus-config-reloader"]) {
      this.serve(job, (page) => page.gauge("reloader_last_reload_successful", {}, 1));
    }
    this.serve("cert-manager", (page) => {
      for (const name of CERTIFICATES) {
        const labels = {
          namespace: "mes-data",
          name,
          issuer_name: "mes-ca",
          issuer_kind: "Issuer",
          issuer_group: "cert-manager.io",
        };
        const stuck = is.certificateStuck && name === "broker-tls";
        page.gauge("certmanager_certificate_expiration_timestamp_seconds", labels, EPOCH + (stuck ? 5 * 86_400 : 60 * 86_400));
        page.gauge("certmanager_certificate_renewal_timestamp_seconds", labels, EPOCH + (stuck ? -20 * 86_400 : 30 * 86_400));
        for (const condition of ["True", "False", "Unknown"]) {
          page.gauge("certmanager_certificate_ready_status", { ...labels, condition }, condition === "True" ? 1 : 0);
        }
      }
    });
    this.serve("prometheus-operator", (page) => {
      for (const state of ["selected", "rejected"]) {
        page.gauge(
          "prometheus_operator_managed_resources",
          { controller: "prometheus", resource: "PrometheusRule", state },
          state === "selected" ? 27 : 0,
        );
      }
    });
    this.serve("keda-operator", (page) => {
      for (const [role, trigger, scaler] of KEDA) {
        const labels = {
          namespace: "mes",
          scaledObject: role,
          scaler,
          triggerIndex: trigger,
          metric: `s${trigger}-${scaler}`,
          type: "scaledobject",
        };
        page.count("keda_scaler_detail_errors_total", labels, is.kedaFails && scaler === "rabbitmqScaler" ? seconds / 15 : 0);
        page.gauge("keda_scaler_active", labels, 1);
      }
    });
    for (const job of ["cloudnative-pg", "rabbitmq-cluster-operator", "grafana"]) this.serve(job, () => undefined);
  }
}

const KEDA = [
  ["order-intake", "1", "rabbitmqScaler"],
  ["order-api", "1", "prometheusScaler"],
  ["dashboard", "1", "prometheusScaler"],
  ["pricing", "0", "prometheusScaler"],
] as const;

/** Labels of a metric that the target has too get another name, where the target's are to count. */
function exported(own: Labels, target: Labels): Labels {
  return Object.fromEntries(Object.entries(own).map(([label, value]) => [label in target ? `exported_${label}` : label, value]));
}

function histogram(page: Page, metric: string, labels: Labels, by: number, took: number, bounds: readonly string[]): void {
  for (const le of [...bounds, "+Inf"])
    page.count(`${metric}_bucket`, { ...labels, le }, le === "+Inf" || Number(le) >= took ? by : 0);
  page.count(`${metric}_count`, labels, by);
  page.count(`${metric}_sum`, labels, by * took);
}
