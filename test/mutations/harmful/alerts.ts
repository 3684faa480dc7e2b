import { without } from "../edited-plan";
import type { EditedPlan } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("alerts that cannot fire");

const SEES =
  /metric|expor|label|series|record|unknown|nothing|never|parse|syntax|PromQL|job|query|range|retention|expression|match|fire|scrape|select/i;

/** Alerts that wake somebody when orders are in danger. */
const ALERTS = [
  "MesOrdersNotReceived",
  "OutboxDelayed",
  "OutboxNotDrained",
  "BrokerQueueWithoutConsumers",
  "BrokerMessagesDropped",
  "PostgresPrimaryMissing",
  "MesOrderRoleDown",
  "MesOrderMessagesFailing",
  "BrokerMessagesParked",
  "PostgresWritesFailing",
];

const expressions: Generator<Harmful> = ({ plans, random }) => {
  const picks = random.some(ALERTS.length, ALERTS);
  const of = (...alert: string[]) => cause(alert, SEES);
  const rules = plans.prod.resources.flatMap(({ inputs }) =>
    inputs.kind === "PrometheusRule" ? (inputs as any).spec.groups.flatMap((group: any) => group.rules) : [],
  );
  const withJob = rules
    .filter((rule: any) => rule.labels?.severity === "page" && /job="/.test(rule.expr))
    .map((rule: any) => rule.alert as string);
  const withRange = rules
    .filter((rule: any) => rule.alert !== undefined && /\[5m\]/.test(rule.expr))
    .map((rule: any) => rule.alert as string);
  const job = random.one(withJob);
  const ranged = random.one(withRange);
  const [parse, metric, dropped, slow] = picks as [string, string, string, string];
  return [
    plan(
      { id: `does-not-parse:${parse}`, harm: "Prometheus refuses the whole group: none of its alerts fires", cause: of(parse) },
      (edited) => {
        edited.alert(parse).expr += " > (";
      },
    ),
    plan(
      { id: `unknown-metric:${metric}`, harm: `nothing exports this metric: ${metric} never fires`, cause: of(metric) },
      (edited) =>
        edited.text(
          edited.alert(metric),
          "expr",
          /[a-z]+_[a-z_]+(?=[{)\[ ])|mes:orders_received:count1h/,
          (found: string) => `${found}_count_all`,
        ),
    ),
    plan({ id: `unknown-job:${job}`, harm: `no scrape target has this job: ${job} never fires`, cause: of(job) }, (edited) =>
      edited.text(edited.alert(job), "expr", /job="[^"]+"/g, 'job="mes-prod"'),
    ),
    plan({ id: `unknown-label:${job}`, harm: `the metric has no such label: ${job} never fires`, cause: of(job) }, (edited) =>
      edited.text(edited.alert(job), "expr", /job="([^"]+)"/g, 'application="$1"'),
    ),
    plan(
      {
        id: `range-beyond-retention:${ranged}`,
        harm: "metrics are kept for 30 days, and the alert compares a year",
        cause: of(ranged),
      },
      (edited) => edited.text(edited.alert(ranged), "expr", /\[5m\]/, "[5m] offset 365d"),
    ),
    plan(
      {
        id: `range-of-one-scrape:${ranged}`,
        harm: "a rate over 10 s has no two scrapes of 15 s in it: it is always empty",
        cause: cause([ranged], /range|scrape|interval|samples|10s/i),
      },
      (edited) => edited.text(edited.alert(ranged), "expr", /\[5m\]/g, "[10s]"),
    ),
    plan(
      {
        id: `alert-dropped:${dropped}`,
        harm: `nobody is told when ${dropped} should fire`,
        cause: cause([dropped], /alert|missing|runbook|nobody|no /i),
      },
      (edited) => {
        for (const { inputs } of edited.every("PrometheusRule"))
          for (const group of inputs.spec.groups) group.rules = group.rules.filter((rule: any) => rule.alert !== dropped);
      },
    ),
    plan(
      {
        id: `fires-after-a-month:${slow}`,
        harm: "it has to last 30 days before anybody is told",
        cause: cause([slow], /for\b|30d|long|duration|wait/i),
      },
      (edited) => {
        edited.alert(slow).for = "30d";
      },
    ),
    plan(
      {
        id: "recording-renamed",
        harm: "the alert on lost orders compares with a recording that nobody makes, and is silent",
        cause: of("MesOrdersNotReceived", "mes:orders_confirmed"),
      },
      (edited) => {
        edited.alert("mes:orders_confirmed:count1h").record = "mes:orders_confirmed:sum1h";
      },
    ),
    plan(
      {
        id: "recording-of-another-namespace",
        harm: "orders of another namespace are counted, and there are none: the alert on lost orders compares nothing",
        cause: cause(["mes:orders_received", "MesOrdersNotReceived"], /namespace|label|series|match|nothing/i),
      },
      (edited) => edited.text(edited.alert("mes:orders_received:count1h"), "expr", /namespace="mes"/g, 'namespace="mes-apps"'),
    ),
    plan(
      {
        id: "never-true",
        harm: "a count is never below zero: the alert never fires",
        cause: cause(["OutboxDelayed"], /never|always|below|negative|compar|threshold/i),
      },
      (edited) => {
        edited.alert("OutboxDelayed").expr = 'max(cnpg_mes_outbox_oldest_unsent_seconds{job="postgres"}) < 0';
      },
    ),
    plan(
      {
        id: "vector-of-different-labels",
        harm: "the two sides have no label in common: the comparison is always empty",
        cause: cause(["BrokerQueueBacklog"], /label|match|on\b|side|join|empty/i),
      },
      (edited) => edited.text(edited.alert("BrokerQueueBacklog"), "expr", "on (queue)", "on (vhost, queue)"),
    ),
  ];
};

const rules: Generator<Harmful> = ({ random }) => {
  const rule = random.one(["mes-orders", "outbox", "broker-queues", "broker-messages", "postgres-availability"]);
  const alert = random.one(ALERTS);
  return [
    plan(
      {
        id: `rules-dropped:${rule}`,
        harm: `none of the alerts of ${rule} is there any more`,
        cause: cause([rule, "Order", "Outbox", "Broker", "Postgres", "record"], /alert|missing|rule|record|runbook|no /i),
      },
      (edited) => edited.drop("PrometheusRule", rule),
    ),
    plan(
      {
        id: `rules-not-selected:${rule}`,
        harm: `Prometheus selects rules by a label that ${rule} does not have: none of them is loaded`,
        cause: cause([rule], /label|select|load/i),
      },
      (edited) => without(edited.inputs("PrometheusRule", rule).metadata.labels, "mes.platform/prometheus"),
    ),
    plan(
      {
        id: "no-rule-selected",
        harm: "Prometheus selects rules of another label: no alert is loaded at all",
        cause: cause(["prometheus", "rule"], /label|select|load/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").ruleSelector.matchLabels = { role: "alert-rules" };
      },
    ),
    plan(
      {
        id: "severity-mistyped",
        harm: "no route is for this severity: the page waits with the tickets for the morning",
        cause: cause([alert], /severity|page|route|critical/i),
      },
      (edited) => {
        edited.alert(alert).labels.severity = "critical";
      },
    ),
    plan(
      { id: "severity-dropped", harm: "the page waits with the tickets for the morning", cause: cause([alert], /severity/i) },
      (edited) => without(edited.alert(alert).labels, "severity"),
    ),
    plan(
      { id: "runbook-dropped", harm: "whoever is woken does not know what to do", cause: cause([alert], /runbook/i) },
      (edited) => without(edited.alert(alert).annotations, "runbook_url"),
    ),
    plan(
      {
        id: "watchdog-dropped",
        harm: "nobody notices that monitoring itself is dead",
        cause: cause(["Watchdog"], /watchdog|dead|alive|missing/i),
      },
      (edited) => edited.drop("PrometheusRule", "watchdog"),
    ),
    plan(
      {
        id: "rules-evaluated-once-an-hour",
        harm: "alerts are looked at once an hour: an order is late before anybody hears",
        cause: cause(["prometheus"], /evaluation|interval|hour/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").evaluationInterval = "1h";
      },
    ),
    plan(
      {
        id: "group-evaluated-once-a-day",
        harm: "the alerts of this group are looked at once a day",
        cause: cause([rule], /interval|evaluat/i),
      },
      (edited) => {
        edited.spec("PrometheusRule", rule).groups[0].interval = "1d";
      },
    ),
  ];
};

const targets: Generator<Harmful> = ({ random }) => {
  const names = ["broker", "broker-queues", "postgres", "order-intake", "outbox-relay", "order-api", "kube-state-metrics"];
  const [gone, port, pods, place, label, job] = random.some(6, names) as [string, string, string, string, string, string];
  const of = (name: string) => cause([name], /scrape|target|port|select|label|job|namespace|pod|metric|alert|monitor|series/i);
  return [
    plan(
      {
        id: `target-dropped:${gone}`,
        harm: `nothing reads the metrics of ${gone}: none of the alerts on them fires`,
        cause: of(gone),
      },
      (edited) => edited.drop("PodMonitor", gone),
    ),
    plan(
      { id: `target-port:${port}`, harm: `pods of ${port} have no port of this name: nothing is read`, cause: of(port) },
      (edited) => {
        edited.spec("PodMonitor", port).podMetricsEndpoints[0].port = "telemetry-web";
      },
    ),
    plan(
      { id: `target-pods:${pods}`, harm: `the target of ${pods} selects no pod: nothing is read`, cause: of(pods) },
      (edited) => {
        edited.spec("PodMonitor", pods).selector.matchLabels = { app: pods };
      },
    ),
    plan(
      {
        id: `target-namespace:${place}`,
        harm: `pods of ${place} are looked for in a namespace that they are not in: nothing is read`,
        cause: of(place),
      },
      (edited) => {
        edited.spec("PodMonitor", place).namespaceSelector.matchNames = ["default"];
      },
    ),
    plan(
      {
        id: `target-label:${label}`,
        harm: `Prometheus does not select the target of ${label}: nothing is read`,
        cause: of(label),
      },
      (edited) => without(edited.inputs("PodMonitor", label).metadata.labels, "mes.platform/prometheus"),
    ),
    plan(
      {
        id: `target-job:${job}`,
        harm: `metrics of ${job} get another job: none of the alerts on them fires`,
        cause: cause([job, `${job}-main`], /job|label|metric|series|alert|match/i),
      },
      (edited) => {
        edited.spec("PodMonitor", job).podMetricsEndpoints[0].relabelings[0].replacement = `${job}-main`;
      },
    ),
    plan(
      {
        id: "queues-without-consumers-unseen",
        harm: "the broker is not asked for numbers of consumers: BrokerQueueWithoutConsumers never fires",
        cause: cause(["broker-queues", "BrokerQueueWithoutConsumers", "consumer"], /metric|family|consumer|export|series/i),
      },
      (edited) => {
        const [endpoint] = edited.spec("PodMonitor", "broker-queues").podMetricsEndpoints;
        endpoint.params.family = endpoint.params.family.filter((each: string) => each !== "queue_consumer_count");
      },
    ),
    plan(
      {
        id: "queues-of-another-vhost",
        harm: "the broker is asked for queues of a virtual host that is not there: no alert on queues fires",
        cause: cause(["broker-queues"], /vhost|virtual host/i),
      },
      (edited) => {
        edited.spec("PodMonitor", "broker-queues").podMetricsEndpoints[0].params.vhost = ["/"];
      },
    ),
    plan(
      {
        id: "target-scheme",
        harm: "the broker's metrics are served with TLS and asked for without: nothing is read",
        cause: cause(["broker"], /scheme|TLS|http/i),
      },
      (edited) => {
        const [endpoint] = edited.spec("PodMonitor", "broker").podMetricsEndpoints;
        endpoint.scheme = "http";
        delete endpoint.tlsConfig;
      },
    ),
    plan(
      {
        id: "target-of-another-name-in-tls",
        harm: "the certificate has another name than Prometheus expects: nothing is read of the broker",
        cause: cause(["broker"], /serverName|certificate|name|TLS/i),
      },
      (edited) => {
        edited.spec("PodMonitor", "broker").podMetricsEndpoints[0].tlsConfig.serverName = "rabbitmq.mes-data.svc";
      },
    ),
    plan(
      {
        id: "no-pod-monitor-selected",
        harm: "Prometheus selects targets of another label: it reads nothing at all",
        cause: cause(["prometheus"], /label|select|PodMonitor|target|read/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").podMonitorSelector.matchLabels = { team: "mes" };
      },
    ),
    plan(
      {
        id: "crm-not-read",
        harm: "the CRM's count of orders is not read: a lost order is never noticed",
        cause: cause(["crm", "MesOrders"], /crm|scrape|metric|series|export|target/i),
      },
      (edited) => edited.drop("ScrapeConfig", "crm"),
    ),
    plan(
      {
        id: "crm-metric-not-kept",
        harm: "of the CRM's metrics the count of orders is dropped: a lost order is never noticed",
        cause: cause(["crm"], /keep|relabel|drop|metric|series|export/i),
      },
      (edited) => {
        edited.spec("ScrapeConfig", "crm").metricRelabelings[0].regex = "crm_customers_.*";
      },
    ),
    plan(
      {
        id: "one-sample-is-too-many",
        harm: "Prometheus throws the CRM's answer away when it has more than one sample",
        cause: cause(["crm"], /sample/i),
      },
      (edited) => {
        edited.spec("ScrapeConfig", "crm").sampleLimit = 1;
      },
    ),
    plan(
      {
        id: "outbox-not-measured",
        harm: "the database is not asked for the outbox: none of its alerts fires",
        cause: cause(["outbox", "Outbox", "queries", "postgres"], /quer|metric|export|series|ConfigMap/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").monitoring.customQueriesConfigMap.pop();
      },
    ),
    plan(
      {
        id: "deployments-not-counted",
        harm: "kube-state-metrics leaves Deployments out: MesOrderRoleDown never fires",
        cause: cause(["kube-state-metrics", "kube_deployment"], /deployments|resources|metric|export|series/i),
      },
      (edited) => {
        const { args } = edited.container("Deployment", "kube-state-metrics");
        args[2] = args[2].replace("deployments,", "");
      },
    ),
    plan(
      {
        id: "namespace-not-counted",
        harm: "kube-state-metrics leaves the namespace of the roles out: MesOrderRoleDown never fires",
        cause: cause(["kube-state-metrics"], /namespace|metric|export|series/i),
      },
      (edited) => {
        const { args } = edited.container("Deployment", "kube-state-metrics");
        args[3] = args[3].replace("=mes,", "=");
      },
    ),
    file(
      {
        id: "orders-not-reconciled",
        harm: "orders that the CRM has confirmed and the MES never got are not noticed",
        cause: cause(["reconciliation", "crm", "CRM"], /reconcil|lost|count|notice|crm/i),
      },
      (edited) => edited.remove("mes:reconciliation"),
    ),
    file(
      {
        id: "scraped-too-rarely",
        harm: "rates over two and five minutes have one scrape in them: they are always empty",
        cause: cause(["scrapeInterval"], /scrape|interval|range|rate/i),
      },
      (edited) => edited.set("mes:monitoring/scrapeInterval", "5m"),
    ),
    file(
      {
        id: "metrics-of-an-hour",
        harm: "orders of a day are compared, and metrics are kept for an hour",
        cause: cause(["retention", "MesOrders", "mes:orders"], /retention|range|window|kept/i),
      },
      (edited) => edited.set("mes:monitoring/prometheus/retention", "1h"),
    ),
    file(
      {
        id: "latency-beyond-the-buckets",
        harm: "pages may take 59 s before anybody is told, and requests are given up after 30",
        cause: cause(["dashboard", "latency"], /latency|timeout|request|bucket/i),
      },
      (edited) => edited.set("mes:roles/dashboard/http/objectives/latency", 59),
    ),
    file(
      {
        id: "every-error-is-fine",
        harm: "all requests of partners may fail before anybody is told",
        cause: cause(["order-api", "errorRatio"], /errorRatio|error|ratio|share|never/i),
      },
      (edited) => edited.set("mes:roles/order-api/http/objectives/errorRatio", 1),
    ),
  ];
};

const receivers: Generator<Harmful> = () => {
  const config = (edited: EditedPlan, from: string | RegExp, to: string) =>
    edited.text(edited.inputs("Secret", "alertmanager-config").stringData, "alertmanager.yaml", from, to);
  const of = cause(
    ["alertmanager", "alerting", "page"],
    /receiver|route|page|severity|nobody|nowhere|lead|matcher|told|inhibit|mute|wait|integration|empty/i,
  );
  return [
    file({ id: "pages-for-nobody", harm: "nobody is woken: pages stand on a page that nobody looks at", cause: of }, (edited) => {
      edited.remove("mes:monitoring/alerting/page");
      edited.remove("mes:monitoring/alerting/ticket");
    }),
    file(
      {
        id: "receiver-without-a-way",
        harm: "the receiver has no way of telling anybody",
        cause: cause(["on-call", "receivers"], /receiver|way|empty|nothing|at least|email|page|needs/i),
      },
      (edited) => edited.set("mes:monitoring/alerting/receivers/on-call", {}),
    ),
    plan(
      {
        id: "route-of-another-severity",
        harm: "no alert has this severity: pages wait with the tickets for the morning",
        cause: of,
      },
      (edited) => config(edited, "severity = page", "severity = critical"),
    ),
    plan({ id: "route-to-nobody", harm: "pages are led to a receiver that tells nobody", cause: of }, (edited) =>
      config(edited, "- receiver: on-call", "- receiver: nobody"),
    ),
    plan(
      {
        id: "route-to-unknown-receiver",
        harm: "Alertmanager refuses the configuration: it does not start, and nobody hears of any alert",
        cause: of,
      },
      (edited) => config(edited, "- receiver: on-call", "- receiver: oncall"),
    ),
    plan({ id: "receiver-emptied", harm: "the receiver of pages tells nobody", cause: of }, (edited) =>
      config(edited, /( {2}- name: on-call\n)( {4}email_configs:\n(?: {6}.*\n)+)/, "$1"),
    ),
    plan({ id: "everything-inhibited", harm: "the alert that always fires silences all others", cause: of }, (edited) =>
      config(
        edited,
        "inhibit_rules:\n",
        'inhibit_rules:\n  - source_matchers:\n      - alertname = Watchdog\n    target_matchers:\n      - severity =~ "page|ticket"\n',
      ),
    ),
    plan({ id: "pages-wait-a-day", harm: "the first message of a page waits for a day", cause: of }, (edited) =>
      config(edited, "group_wait: 10s", "group_wait: 24h"),
    ),
    plan(
      {
        id: "alertmanager-config-does-not-parse",
        harm: "Alertmanager refuses the configuration: it does not start",
        cause: cause(["alertmanager"], /parse|YAML|syntax|route|config/i),
      },
      (edited) => config(edited, "route:\n", "route: [\n"),
    ),
    plan(
      {
        id: "alertmanager-config-elsewhere",
        harm: "Alertmanager reads a Secret that is not there: it starts with a configuration that tells nobody",
        cause: cause(["alertmanager"], /Secret|configSecret|config|reference|not in the plan/i),
      },
      (edited) => {
        edited.spec("Alertmanager", "alertmanager").configSecret = "alertmanager";
      },
    ),
    plan(
      {
        id: "alerts-sent-nowhere",
        harm: "Prometheus is told no Alertmanager: alerts fire and nobody hears of them",
        cause: cause(["prometheus", "alertmanager"], /alerting|Alertmanager|send|told|nowhere/i),
      },
      (edited) => without(edited.spec("Prometheus", "prometheus"), "alerting"),
    ),
    plan(
      {
        id: "alerts-sent-to-unknown-service",
        harm: "Prometheus sends alerts to a Service that is not there",
        cause: cause(["prometheus", "alertmanager"], /alerting|Alertmanager|Service|send|name/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").alerting.alertmanagers[0].name = "alertmanager-operated-mes";
      },
    ),
    plan(
      {
        id: "alerts-sent-to-unknown-port",
        harm: "the Service of Alertmanager has no port of this name: alerts go nowhere",
        cause: cause(["prometheus", "alertmanager"], /port|alerting/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").alerting.alertmanagers[0].port = "http-web";
      },
    ),
    plan(
      {
        id: "alerts-sent-to-another-namespace",
        harm: "Prometheus looks for Alertmanager in a namespace that it is not in",
        cause: cause(["prometheus", "alertmanager"], /namespace|alerting|Service/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").alerting.alertmanagers[0].namespace = "monitoring";
      },
    ),
  ];
};

export const alerts: readonly Generator<Harmful>[] = [expressions, rules, targets, receivers];
