import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("cannot run or deploy");

const ROLES = ["order-intake", "order-api", "dashboard", "pricing", "outbox-relay"];

const pods: Generator<Harmful> = ({ random }) => {
  const role = () => random.one(ROLES);
  const says =
    /limit|request|mount|volume|Secret|ConfigMap|key|port|name|resource|image|tag|service account|priority|class|duplicate|twice|unknown|exist|missing|quantity|pull|not in the plan|declare|invalid|small|label|selector|runtime|root|runAsUser/i;
  const slip = (id: string, of: string, harm: string, edit: (container: any, pod: any) => void, more: readonly string[] = []) =>
    plan({ id: `${id}:${of}`, harm, cause: cause([of, ...more], says) }, (edited) =>
      edit(edited.container("Deployment", of), edited.pod("Deployment", of)),
    );
  const all = [
    slip(
      "memory-request-above-limit",
      role(),
      "the API server refuses the pods: none is made",
      (container) => (container.resources.requests.memory = "64Gi"),
    ),
    slip(
      "cpu-request-above-limit",
      role(),
      "the API server refuses the pods: none is made",
      (container) => (container.resources.limits.cpu = "10m"),
    ),
    slip("memory-in-milli", role(), "512m is half a byte: the container is killed at once, or refused", (container) =>
      Object.assign(container.resources, {
        limits: { ...container.resources.limits, memory: "512m" },
        requests: { ...container.resources.requests, memory: "512m" },
      }),
    ),
    slip(
      "quantity-mistyped",
      role(),
      "4Gb is no quantity: the API server refuses the pods",
      (container) => (container.resources.limits.memory = "4Gb"),
    ),
    slip("next-to-no-memory", role(), "the program is killed before it has started", (container) =>
      Object.assign(container.resources, {
        limits: { ...container.resources.limits, memory: "8Mi" },
        requests: { ...container.resources.requests, memory: "8Mi" },
      }),
    ),
    slip(
      "memory-limit-dropped",
      role(),
      "one leak takes the memory of the whole node, and others' pods with it",
      (container) => delete container.resources.limits.memory,
    ),
    slip(
      "unknown-resource",
      role(),
      "no node has this resource: the pods wait for ever",
      (container) =>
        Object.assign(container.resources, {
          limits: { ...container.resources.limits, "example.com/fpga": "1" },
          requests: { ...container.resources.requests, "example.com/fpga": "1" },
        }),
      ["example.com/fpga"],
    ),
    slip(
      "extended-request-unlike-limit",
      role(),
      "requests and limits of an extended resource have to be equal: the pods are refused",
      (container) =>
        Object.assign(container.resources, {
          limits: { ...container.resources.limits, "nvidia.com/gpu": "2" },
          requests: { ...container.resources.requests, "nvidia.com/gpu": "1" },
        }),
      ["nvidia.com/gpu"],
    ),
    slip(
      "unknown-priority-class",
      role(),
      "no class has this name: the API server refuses the pods",
      (_, pod) => (pod.priorityClassName = "mes-order"),
      ["mes-order"],
    ),
    slip(
      "unknown-service-account",
      role(),
      "no service account has this name: no pod is made",
      (_, pod) => (pod.serviceAccountName = "mes"),
      ["ServiceAccount"],
    ),
    slip(
      "unknown-secret",
      random.one(["order-intake", "order-api", "dashboard", "outbox-relay"]),
      "the Secret is not there: the pods never start",
      (container) =>
        (container.env.find((one: any) => one.name === "PGPASSWORD").valueFrom.secretKeyRef.name = "postgres-password"),
      ["postgres-password"],
    ),
    slip(
      "secret-volume-unknown",
      random.one(["order-intake", "order-api", "dashboard", "outbox-relay"]),
      "the Secret is not there: the pods wait for it for ever",
      (_, pod) => (pod.volumes.find((one: any) => one.name === "mes-ca").secret.secretName = "mes-ca-bundle"),
      ["mes-ca-bundle"],
    ),
    slip(
      "volume-key-unknown",
      random.one(["order-intake", "order-api", "dashboard", "outbox-relay"]),
      "the Secret has no such key: the pods never start",
      (_, pod) => (pod.volumes.find((one: any) => one.name === "mes-ca").secret.items[0].key = "ca.pem"),
      ["mes-ca", "ca.pem"],
    ),
    slip(
      "mount-of-unknown-volume",
      role(),
      "the pod has no volume of this name: it is refused",
      (container) => container.volumeMounts.push({ name: "files", mountPath: "/files" }),
      ["files"],
    ),
    slip("two-mounts-in-one-place", role(), "two volumes are mounted in one place: the pods are refused", (container) =>
      container.volumeMounts.push({ ...container.volumeMounts[0] }),
    ),
    slip(
      "nowhere-to-write",
      role(),
      "the root is read-only and nothing is mounted at /tmp: the program ends at its start",
      (container, pod) => {
        container.volumeMounts = container.volumeMounts.filter((one: any) => one.mountPath !== "/tmp");
        pod.volumes = pod.volumes.filter((one: any) => one.name !== "mes-tmp");
      },
      ["/tmp"],
    ),
    slip("port-named-twice", role(), "two ports have one name: the pods are refused", (container) =>
      container.ports.push({ name: "metrics", containerPort: 8083 }),
    ),
    slip("port-name-too-long", role(), "a port's name has at most 15 characters: the pods are refused", (container) =>
      container.ports.push({ name: "administration-port", containerPort: 8083 }),
    ),
    slip(
      "image-latest",
      role(),
      "whatever was pushed last is run, each node its own",
      (container) => (container.image = "registry.example.com/mes/mes:latest"),
    ),
    slip(
      "image-without-tag",
      role(),
      "whatever was pushed last is run, each node its own",
      (container) => (container.image = "registry.example.com/mes/mes"),
    ),
    slip(
      "image-mistyped",
      role(),
      "this is no name of an image: the pods never start",
      (container) => (container.image = "registry.example.com/mes/mes:2.14.0 "),
    ),
    slip(
      "never-pulled",
      role(),
      "no node has the image and none may get it: the pods never start",
      (container) => (container.imagePullPolicy = "Never"),
    ),
    slip(
      "unknown-pull-secret",
      role(),
      "the Secret is not there: a private image is not pulled",
      (_, pod) => (pod.imagePullSecrets = [{ name: "registry-login" }]),
      ["registry-login"],
    ),
    slip(
      "root-against-non-root",
      role(),
      "the pod must not run as root and is told to: it never starts",
      (container) => (container.securityContext.runAsUser = 0),
    ),
    slip(
      "command-unknown-variable",
      role(),
      "the variable is declared twice, and the second one counts: the role is another one",
      (container) => container.env.push({ name: "MES_ROLE", value: "reporting" }),
      ["MES_ROLE"],
    ),
  ];
  return random.some(19, all);
};

const objects: Generator<Harmful> = ({ random }) => {
  const role = random.one(ROLES);
  const scaled = random.one(["order-api", "dashboard", "pricing"]);
  const operator = random.one(["cloudnative-pg", "rabbitmq", "keda", "cert-manager", "prometheus-operator"]);
  const says =
    /version|API|kind|namespace|selector|label|exist|not in the plan|missing|served|removed|unknown|refuse|order|depend|before|chart|float|range|pin|definition|CRD|operator|secret|schedule|name|restart|provider|twice|same|two/i;
  return [
    plan(
      {
        id: "autoscaler-of-a-removed-version",
        harm: "Kubernetes 1.26 has removed autoscaling/v2beta2: the deploy stops",
        cause: cause(["outbox-relay", "autoscaling"], says),
      },
      (edited) => {
        edited.inputs("HorizontalPodAutoscaler", "outbox-relay").apiVersion = "autoscaling/v2beta2";
      },
    ),
    plan(
      {
        id: `budget-of-a-removed-version:${role}`,
        harm: "Kubernetes 1.25 has removed policy/v1beta1: the deploy stops",
        cause: cause([role, "policy/v1beta1"], says),
      },
      (edited) => {
        edited.inputs("PodDisruptionBudget", role).apiVersion = "policy/v1beta1";
      },
    ),
    plan(
      {
        id: "job-of-a-removed-version",
        harm: "Kubernetes 1.25 has removed batch/v1beta1: the deploy stops",
        cause: cause(["outbox-purge", "batch"], says),
      },
      (edited) => {
        edited.inputs("CronJob", "outbox-purge").apiVersion = "batch/v1beta1";
      },
    ),
    plan(
      {
        id: `selector-of-other-pods:${role}`,
        harm: "a Deployment has to select its own pods: it is refused",
        cause: cause([role], /select|label/i),
      },
      (edited) => {
        edited.spec("Deployment", role).selector.matchLabels["app.kubernetes.io/name"] = `${role}-v2`;
      },
    ),
    plan(
      {
        id: `selector-by-version:${role}`,
        harm: "the next version cannot be deployed: a selector never changes",
        cause: cause([role], /select|label|version/i),
      },
      (edited) => {
        const spec = edited.spec("Deployment", role);
        spec.selector.matchLabels["app.kubernetes.io/version"] = "2.14.0";
        spec.template.metadata.labels["app.kubernetes.io/version"] = "2.14.0";
      },
    ),
    plan(
      {
        id: `namespace-unknown:${scaled}`,
        harm: "nobody makes this namespace: the deploy stops",
        cause: cause([scaled, "mes-app"], says),
      },
      (edited) => {
        edited.inputs("ServiceAccount", scaled).metadata.namespace = "mes-app";
      },
    ),
    plan(
      {
        id: `autoscaler-in-another-namespace:${scaled}`,
        harm: "an autoscaler scales in its own namespace only, and there is no such Deployment",
        cause: cause([scaled], says),
      },
      (edited) => {
        edited.inputs("ScaledObject", scaled).metadata.namespace = "mes-data";
      },
    ),
    plan(
      {
        id: `operator-dropped:${operator}`,
        harm: `nobody acts on the objects that ${operator} is for, or knows their kinds at all`,
        cause: cause([operator, "Cluster", "RabbitmqCluster", "ScaledObject", "Certificate", "Prometheus"], says),
      },
      (edited) => edited.drop("Release", operator),
    ),
    ...random
      .some(3, ["cloudnative-pg", "rabbitmq", "keda", "cert-manager", "prometheus-operator", "barman-cloud"])
      .map((name, i) =>
        plan(
          {
            id: `floating-chart:${name}`,
            harm: `a deploy that changes nothing may update ${name}, and with it database, broker or certificates`,
            cause: cause([name], /version|chart|float|range|pin/i),
          },
          (edited) => {
            const inputs = edited.inputs("Release", name);
            if (i === 0) without(inputs, "version");
            else inputs.version = i === 1 ? ">=0.1.0" : `${String(inputs.version).split(".").slice(0, 2).join(".")}.x`;
          },
        ),
      ),
    file(
      {
        id: "floating-chart-of-the-file",
        harm: "a deploy that changes nothing may update the broker's operator",
        cause: cause(["rabbitmq", "version"], /version|chart|float|range|pin|exact|semver/i),
      },
      (edited) => edited.set("mes:operators/rabbitmq", { version: "^0.6.0" }),
    ),
    plan(
      {
        id: "definitions-not-installed",
        harm: "the chart does not install its definitions: no ScaledObject can be made",
        cause: cause(["keda"], /CRD|crds|definition/i),
      },
      (edited) => {
        edited.inputs("Release", "keda").values.crds.install = false;
      },
    ),
    plan(
      {
        id: "definitions-of-cloudnative-pg-not-installed",
        harm: "the chart does not install its definitions: no database can be made",
        cause: cause(["cloudnative-pg"], /CRD|crds|definition/i),
      },
      (edited) => {
        edited.inputs("Release", "cloudnative-pg").values.crds.create = false;
      },
    ),
    plan(
      {
        id: "class-of-the-operator-unknown",
        harm: "the operator's pods are refused: nothing that it runs is made",
        cause: cause([operator, "mes-operators"], /priority|class/i),
      },
      (edited) => {
        const { values } = edited.inputs("Release", operator);
        const edit = (holder: any): boolean => {
          if (typeof holder !== "object" || holder === null) return false;
          if (typeof holder.priorityClassName === "string") {
            holder.priorityClassName = "mes-operators";
            return true;
          }
          return Object.values(holder).some(edit);
        };
        edit(values);
      },
    ),
    plan(
      {
        id: "operator-without-its-ca",
        harm: "the operator that declares queues does not trust the broker: no queue is ever made",
        cause: cause(["rabbitmq"], /CA|mes-ca|Secret|trust|mount|volume|certificate/i),
      },
      (edited) => {
        edited.inputs("Release", "rabbitmq").values.msgTopologyOperator.extraVolumes[0].secret.secretName = "mes-ca-bundle";
      },
    ),
    plan(
      {
        id: "operators-memory-too-small",
        harm: "the operator is killed at its start: there is no failover and no queue",
        cause: cause(["cloudnative-pg"], /memory|Mi|small|limit|request/i),
      },
      (edited) => {
        edited.inputs("Release", "cloudnative-pg").values.resources = {
          requests: { cpu: "50m", memory: "256Mi" },
          limits: { memory: "16Mi" },
        };
      },
    ),
    plan(
      {
        id: "database-before-its-operator",
        harm: "on a new cluster the database is declared before anybody knows its kind: the first deploy stops",
        cause: cause(["postgres", "cloudnative-pg"], /depend|order|before|operator|Release|after/i),
      },
      (edited) => {
        const resource = edited.resource("Cluster", "postgres");
        resource.dependsOn = resource.dependsOn.filter((urn) => !urn.includes("Release"));
      },
    ),
    plan(
      {
        id: "role-before-its-namespace",
        harm: "on a new cluster the objects are declared before their namespace: the first deploy stops",
        cause: cause([role, "mes"], /depend|order|before|namespace|after/i),
      },
      (edited) => {
        for (const resource of edited.every("Service").concat(edited.every("ServiceAccount")))
          if (resource.inputs.metadata.namespace === "mes")
            resource.dependsOn = resource.dependsOn.filter((urn) => !urn.includes(":Namespace::"));
      },
    ),
    plan(
      {
        id: "reload-label-dropped",
        harm: "CloudNativePG does not see that the certificate was renewed: after 90 days nobody connects to the database",
        cause: cause(["postgres-tls", "postgres"], /reload|label|renew/i),
      },
      (edited) => without(edited.spec("Certificate", "postgres-tls"), "secretTemplate"),
    ),
    plan(
      {
        id: "owner-secret-unknown",
        harm: "the operator waits for a Secret that nobody makes: there is no database",
        cause: cause(["postgres", "postgres-owners"], says),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").bootstrap.initdb.secret.name = "postgres-owners";
      },
    ),
    plan(
      {
        id: "owner-unlike-its-secret",
        harm: "the Secret is of another user than the owner: the operator refuses to make the database",
        cause: cause(["postgres", "mes_owner", "mes_admin"], /owner|user|secret|differ/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").bootstrap.initdb.owner = "mes_admin";
      },
    ),
    plan(
      {
        id: "pooler-of-another-cluster",
        harm: "the pooler is for a database that is not there: nobody reaches ours",
        cause: cause(["postgres-pooler-rw"], says),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").cluster.name = "mes-db";
      },
    ),
    plan(
      {
        id: "pooler-to-the-replicas",
        harm: "writers are sent to replicas, where nothing can be written",
        cause: cause(["postgres-pooler-rw"], /type|rw|ro\b|read|write|replica|primary/i),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").type = "ro";
      },
    ),
    plan(
      {
        id: "queue-of-another-broker",
        harm: "the operator looks for a broker that is not there: the queue is never made",
        cause: cause(["orders.inbound"], says),
      },
      (edited) => {
        edited.spec("Queue", "orders.inbound").rabbitmqClusterReference.name = "rabbitmq";
      },
    ),
    plan(
      {
        id: "queue-in-unknown-vhost",
        harm: "the virtual host is not there: the queue is never made",
        cause: cause(["orders.inbound"], /vhost|virtual host/i),
      },
      (edited) => {
        edited.spec("Queue", "orders.inbound").vhost = "factory";
      },
    ),
    plan(
      {
        id: "credentials-unknown",
        harm: "the operator waits for a Secret that nobody makes: order-intake has no user",
        cause: cause(["order-intake"], says),
      },
      (edited) => {
        edited.spec("User", "order-intake").importCredentialsSecret.name = "broker-order-intake-login";
      },
    ),
    plan(
      {
        id: "broker-tls-secret-unknown",
        harm: "the broker waits for a Secret that nobody makes: it never starts",
        cause: cause(["broker"], says),
      },
      (edited) => {
        edited.spec("RabbitmqCluster", "broker").tls.secretName = "rabbitmq-tls";
      },
    ),
    plan(
      {
        id: "same-object-twice",
        harm: "two resources declare one object: each deploy one of them undoes the other",
        cause: cause([role], /twice|same|two|both|unique/i),
      },
      (edited) =>
        edited.copy(
          "Service",
          "order-api",
          "order-api-again",
          (inputs) => (inputs.metadata.name = role === "dashboard" || role === "pricing" ? role : "order-api"),
        ),
    ),
    plan(
      {
        id: "job-restarts-always",
        harm: "a job may not restart always: it is refused, and no table is made",
        cause: cause(["outbox-migrations"], /restartPolicy|restart/i),
      },
      (edited) => {
        edited.pod("Job", edited.every("Job")[0]?.inputs.metadata.name).restartPolicy = "Always";
      },
    ),
    plan(
      {
        id: "job-schedule-invalid",
        harm: "this is no schedule: the job is refused, and the outbox grows",
        cause: cause(["outbox-purge"], /schedule|cron/i),
      },
      (edited) => {
        edited.spec("CronJob", "outbox-purge").schedule = "every hour";
      },
    ),
    plan(
      {
        id: "label-invalid",
        harm: "this is no value of a label: the object is refused",
        cause: cause([role], /label|value|invalid|character/i),
      },
      (edited) => {
        edited.inputs("Deployment", role).metadata.labels["app.kubernetes.io/version"] = "2.14.0 (stable)";
      },
    ),
    plan(
      {
        id: "name-invalid",
        harm: "this is no name of an object: it is refused",
        cause: cause([`${role}_budget`, role], /name|invalid|character|DNS|RFC/i),
      },
      (edited) => {
        edited.inputs("PodDisruptionBudget", role).metadata.name = `${role}_budget`;
      },
    ),
    plan(
      {
        id: "rollout-that-cannot-move",
        harm: "neither one more nor one less is allowed: the Deployment is refused",
        cause: cause([role], /maxSurge|maxUnavailable|rollout|rolling|strategy/i),
      },
      (edited) => {
        edited.spec("Deployment", role).strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 0 };
      },
    ),
    plan(
      {
        id: "limit-range-refuses",
        harm: "the namespace refuses the database's pods: they are larger than it lets any be",
        cause: cause(["mes-data", "defaults", "data"], /LimitRange|limit|max/i),
      },
      (edited) => {
        edited.spec("LimitRange", "mes-data/defaults").limits[0].max = { memory: "2Gi" };
      },
    ),
    plan(
      {
        id: "provider-of-nobody",
        harm: "the engine would make it in whatever cluster the kubeconfig points at",
        cause: cause([role], /provider|cluster/i),
      },
      (edited) => {
        const resource = edited.resource("Deployment", role);
        delete (resource as { provider?: string }).provider;
      },
    ),
  ];
};

export const cannotRun: readonly Generator<Harmful>[] = [pods, objects];
