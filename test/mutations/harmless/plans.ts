import { harmless } from "../making";
import type { Generator, Harmless } from "../mutation";

const { plan } = harmless;

const workloads: Generator<Harmless> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "dashboard", "outbox-relay", "pricing"]);
  return [
    plan(`label-of-pods:${role}`, "selectors do not use it", (edited) => {
      edited.spec("Deployment", role).template.metadata.labels["app.kubernetes.io/version"] = "2.14.0";
    }),
    plan(`annotation:${role}`, "text for people", (edited) => {
      edited.inputs("Deployment", role).metadata.annotations["example.com/owner"] = "team-mes";
    }),
    plan(`longer-grace:${role}`, "pods that end sooner do not wait for it", (edited) => {
      edited.pod("Deployment", role).terminationGracePeriodSeconds += 60;
    }),
    plan(`longer-history:${role}`, "more former versions to return to", (edited) => {
      edited.spec("Deployment", role).revisionHistoryLimit = 10;
    }),
    plan(`patient-liveness:${role}`, "a hanging pod is noticed a little later", (edited) => {
      Object.assign(edited.container("Deployment", role).livenessProbe, { periodSeconds: 15, failureThreshold: 8 });
    }),
    plan(`limit-of-cpu:${role}`, "well above the request", (edited) => {
      edited.container("Deployment", role).resources.limits.cpu = "6";
    }),
    plan(`ephemeral-storage:${role}`, "the scratch directory is bounded as well", (edited) => {
      const { resources } = edited.container("Deployment", role);
      resources.requests["ephemeral-storage"] = "1Gi";
      resources.limits["ephemeral-storage"] = "3Gi";
    }),
    plan(`smaller-scratch:${role}`, "bounded more tightly", (edited) => {
      edited.pod("Deployment", role).volumes.find((one: any) => one.name === "mes-tmp").emptyDir.sizeLimit = "1Gi";
    }),
    plan(`init-container:${role}`, "it ends before the program starts, with all that a restricted pod needs", (edited) => {
      const container = edited.container("Deployment", role);
      edited.pod("Deployment", role).initContainers = [
        {
          name: "prepare",
          image: container.image,
          imagePullPolicy: "IfNotPresent",
          command: ["/app/prepare"],
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "64Mi" } },
          securityContext: container.securityContext,
        },
      ];
    }),
    plan(`greeting:${role}`, "no secret is in it", (edited) =>
      edited.container("Deployment", role).env.push({ name: "GREETING", value: "good morning, shop floor" }),
    ),
    plan(`image-by-digest:${role}`, "pinned for good", (edited) => {
      edited.container("Deployment", role).image += `@sha256:${"fedcba9876543210".repeat(4)}`;
    }),
    plan(`at-least-as-many-zones:${role}`, "the stack has three", (edited) => {
      edited.pod("Deployment", role).topologySpreadConstraints[0].minDomains = 3;
    }),
    plan("budget-by-share", "at least half stay", (edited) => {
      const spec = edited.spec("PodDisruptionBudget", "order-api");
      delete spec.maxUnavailable;
      spec.minAvailable = "50%";
    }),
    plan("down-more-slowly", "pods stay longer", (edited) => {
      edited.spec(
        "ScaledObject",
        "order-api",
      ).advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds = 1200;
    }),
    plan("up-by-two", "a little slower and still at once", (edited) => {
      edited.spec("ScaledObject", "dashboard").advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies = [
        { type: "Pods", value: 2, periodSeconds: 15 },
      ];
    }),
    plan("classes-further-apart", "their order is the same", (edited) => {
      edited.inputs("PriorityClass", "mes-data").value = 950000;
      edited.inputs("PriorityClass", "mes-standard").value = 400000;
    }),
  ];
};

const others: Generator<Harmless> = ({ random }) => {
  const certificate = random.one(["broker-tls", "cache-tls", "loki-tls", "postgres-tls"]);
  return [
    plan("metrics-in-the-service", "the port is there, and policies do not open it", (edited) =>
      edited.spec("Service", "order-api").ports.push({ name: "metrics", port: 8081, targetPort: "metrics" }),
    ),
    plan(
      "rules-in-another-order",
      "policies have no order",
      (edited) => void edited.spec("NetworkPolicy", "mes-data/allow-broker").ingress.reverse(),
    ),
    plan("rule-split", "two rules with one peer each let the same through", (edited) => {
      const { ingress } = edited.spec("NetworkPolicy", "mes-data/allow-postgres-pooler-rw");
      const rule = ingress.find((one: any) => one.ports[0].port === 5432);
      const [first, ...rest] = rule.from;
      rule.from = rest;
      ingress.push({ from: [first], ports: structuredClone(rule.ports) });
    }),
    plan("range-of-ports", "a range of one port", (edited) => {
      edited.spec("NetworkPolicy", "mes-data/allow-cache").ingress[0].ports[0].endPort = 6379;
    }),
    plan(`another-name-in-certificate:${certificate}`, "one name more", (edited) =>
      edited.spec("Certificate", certificate).dnsNames.push("alias.mes.internal"),
    ),
    plan(`longer-certificate:${certificate}`, "renewed a month before its end as before", (edited) => {
      edited.spec("Certificate", certificate).duration = "4320h";
    }),
    plan(`certificate-of-rsa:${certificate}`, "as safe, and every client knows it", (edited) => {
      edited.spec("Certificate", certificate).privateKey = { algorithm: "RSA", size: 3072, rotationPolicy: "Always" };
    }),
    plan("backup-from-the-primary", "slower, and as complete", (edited) => {
      edited.spec("ScheduledBackup", "postgres-backups").target = "primary";
    }),
    plan("backups-compressed-otherwise", "smaller", (edited) => {
      edited.spec("ObjectStore", "postgres-backups").configuration.data.compression = "snappy";
    }),
    plan("more-workers", "within the CPU of the pod", (edited) => {
      edited.spec("Cluster", "postgres").postgresql.parameters.max_parallel_workers = "4";
    }),
    plan("uploads-cleaned-sooner", "an upload of three days is dead", (edited) => {
      edited.inputs("BucketLifecycleConfiguration", "products").rules[0].abortIncompleteMultipartUpload.daysAfterInitiation = 3;
    }),
    plan("key-deleted-later", "the shortest that is allowed is longer than before in other stacks", (edited) => {
      edited.inputs("Key", "buckets").deletionWindowInDays = 21;
    }),
    plan("more-is-protected", "one thing more that nobody deletes by mistake", (edited) => {
      edited.resource("Exchange", "orders").protect = true;
      edited.resource("Exchange", "orders").retainOnDelete = true;
    }),
    plan("target-read-more-rarely", "rates over five minutes have ten scrapes", (edited) => {
      edited.spec("PodMonitor", "grafana").podMetricsEndpoints[0].interval = "30s";
    }),
    plan("alert-a-little-later", "two minutes more", (edited) => {
      edited.alert("BrokerQueueBacklog").for = "7m";
    }),
    plan("alert-with-another-threshold", "a little more patience", (edited) =>
      edited.text(edited.alert("OutboxDelayed"), "expr", "> 60", "> 75"),
    ),
    plan("alert-for-the-morning", "a saturated GPU wakes nobody", (edited) => {
      edited.alert("GpuSaturated").labels.team = "pricing";
    }),
    plan("header-added", "the route still leads where it led", (edited) => {
      edited.spec("HTTPRoute", "order-api").rules[0].filters = [
        { type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x-entry", value: "partners" }] } },
      ];
    }),
    plan("second-replica-of-an-operator", "one leads, the other waits", (edited) => {
      edited.inputs("Release", "cloudnative-pg").values.replicaCount = 2;
    }),
    plan(
      "nothing-changed-since-the-deploy",
      "only text for people differs from what is there",
      (edited) => {
        edited.inputs("Service", "order-api").metadata.annotations["example.com/owner"] = "team-mes";
      },
      true,
    ),
    plan(
      "renamed-with-alias",
      "the engine knows the former name",
      (edited) => {
        const { urn } = edited.resource("RabbitmqCluster", "broker");
        edited.renameResource("RabbitmqCluster", "broker", "broker-main").aliases = [urn];
      },
      true,
    ),
    plan(
      "grown-since-the-deploy",
      "volumes can grow",
      (edited) => {
        edited.spec("Cluster", "postgres").storage.size = "300Gi";
      },
      true,
    ),
    plan(
      "password-rotated",
      "clients are rolled",
      (edited) => {
        edited.inputs("RandomPassword", "order-intake").keepers.rotation = "2";
      },
      true,
    ),
  ];
};

export const plans: readonly Generator<Harmless>[] = [workloads, others];
