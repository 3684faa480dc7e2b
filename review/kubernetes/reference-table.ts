/** Where a field of an object names another object. `[]` stands for every item of a list, `*` for every key of a mapping. */
export interface ReferenceField {
  /** Kind of the object that has the field, and its API group. */
  readonly from: string;
  /** Path to a name, or to a mapping with `name` (and `namespace`, where it may be another one). */
  readonly path: string;
  /** Kind of the object that is named; absent: the mapping's own `kind`. */
  readonly to?: string;
}

/**
 * References between the kinds of objects of this platform, pods apart (see `podReferences`).
 * Source: the custom resource definitions of each operator's pinned release.
 */
export const REFERENCE_FIELDS: readonly ReferenceField[] = [
  { from: "rbac.authorization.k8s.io/RoleBinding", path: "roleRef" },
  { from: "rbac.authorization.k8s.io/RoleBinding", path: "subjects[]" },
  { from: "rbac.authorization.k8s.io/ClusterRoleBinding", path: "roleRef" },
  { from: "rbac.authorization.k8s.io/ClusterRoleBinding", path: "subjects[]" },
  { from: "networking.k8s.io/Ingress", path: "spec.rules[].http.paths[].backend.service", to: "Service" },
  { from: "networking.k8s.io/Ingress", path: "spec.tls[].secretName", to: "Secret" },
  { from: "gateway.networking.k8s.io/HTTPRoute", path: "spec.parentRefs[]", to: "Gateway" },
  { from: "gateway.networking.k8s.io/HTTPRoute", path: "spec.rules[].backendRefs[]", to: "Service" },
  { from: "gateway.networking.k8s.io/Gateway", path: "spec.listeners[].tls.certificateRefs[]", to: "Secret" },

  { from: "cert-manager.io/Certificate", path: "spec.issuerRef" },
  { from: "cert-manager.io/ClusterIssuer", path: "spec.ca.secretName", to: "Secret" },
  { from: "cert-manager.io/Issuer", path: "spec.ca.secretName", to: "Secret" },

  { from: "keda.sh/TriggerAuthentication", path: "spec.secretTargetRef[]", to: "Secret" },
  { from: "keda.sh/TriggerAuthentication", path: "spec.configMapTargetRef[]", to: "ConfigMap" },
  { from: "keda.sh/ScaledObject", path: "spec.triggers[].authenticationRef" },

  { from: "postgresql.cnpg.io/Cluster", path: "spec.superuserSecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.bootstrap.initdb.secret", to: "Secret" },
  {
    from: "postgresql.cnpg.io/Cluster",
    path: "spec.bootstrap.initdb.postInitApplicationSQLRefs.configMapRefs[]",
    to: "ConfigMap",
  },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.bootstrap.initdb.postInitApplicationSQLRefs.secretRefs[]", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.managed.roles[].passwordSecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.certificates.serverTLSSecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.certificates.serverCASecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.certificates.clientCASecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.certificates.replicationTLSSecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.monitoring.customQueriesConfigMap[]", to: "ConfigMap" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.plugins[].parameters.barmanObjectName", to: "ObjectStore" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.externalClusters[].plugin.parameters.barmanObjectName", to: "ObjectStore" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.priorityClassName", to: "PriorityClass" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.storage.storageClass", to: "StorageClass" },
  { from: "postgresql.cnpg.io/Cluster", path: "spec.walStorage.storageClass", to: "StorageClass" },
  { from: "postgresql.cnpg.io/Pooler", path: "spec.cluster", to: "Cluster" },
  { from: "postgresql.cnpg.io/Pooler", path: "spec.pgbouncer.authQuerySecret", to: "Secret" },
  { from: "postgresql.cnpg.io/Database", path: "spec.cluster", to: "Cluster" },
  { from: "postgresql.cnpg.io/ScheduledBackup", path: "spec.cluster", to: "Cluster" },
  { from: "barmancloud.cnpg.io/ObjectStore", path: "spec.configuration.endpointCA", to: "Secret" },
  { from: "barmancloud.cnpg.io/ObjectStore", path: "spec.configuration.s3Credentials.*", to: "Secret" },

  { from: "rabbitmq.com/RabbitmqCluster", path: "spec.tls.secretName", to: "Secret" },
  { from: "rabbitmq.com/RabbitmqCluster", path: "spec.tls.caSecretName", to: "Secret" },
  { from: "rabbitmq.com/RabbitmqCluster", path: "spec.imagePullSecrets[]", to: "Secret" },
  {
    from: "rabbitmq.com/RabbitmqCluster",
    path: "spec.override.statefulSet.spec.template.spec.volumes[].secret.secretName",
    to: "Secret",
  },
  {
    from: "rabbitmq.com/RabbitmqCluster",
    path: "spec.override.statefulSet.spec.template.spec.volumes[].configMap",
    to: "ConfigMap",
  },
  { from: "rabbitmq.com/RabbitmqCluster", path: "spec.persistence.storageClassName", to: "StorageClass" },
  { from: "rabbitmq.com/User", path: "spec.importCredentialsSecret", to: "Secret" },
  { from: "rabbitmq.com/Permission", path: "spec.userReference", to: "User" },
  { from: "rabbitmq.com/TopicPermission", path: "spec.userReference", to: "User" },
  ...["Vhost", "User", "Permission", "TopicPermission", "Exchange", "Queue", "Binding", "Policy", "OperatorPolicy"].flatMap(
    (kind) => [
      { from: `rabbitmq.com/${kind}`, path: "spec.rabbitmqClusterReference", to: "RabbitmqCluster" },
      { from: `rabbitmq.com/${kind}`, path: "spec.rabbitmqClusterReference.connectionSecret", to: "Secret" },
    ],
  ),

  { from: "monitoring.coreos.com/Prometheus", path: "spec.serviceAccountName", to: "ServiceAccount" },
  { from: "monitoring.coreos.com/Prometheus", path: "spec.priorityClassName", to: "PriorityClass" },
  { from: "monitoring.coreos.com/Prometheus", path: "spec.alerting.alertmanagers[]", to: "Service" },
  { from: "monitoring.coreos.com/Prometheus", path: "spec.secrets[]", to: "Secret" },
  { from: "monitoring.coreos.com/Prometheus", path: "spec.configMaps[]", to: "ConfigMap" },
  {
    from: "monitoring.coreos.com/Prometheus",
    path: "spec.storage.volumeClaimTemplate.spec.storageClassName",
    to: "StorageClass",
  },
  { from: "monitoring.coreos.com/Alertmanager", path: "spec.serviceAccountName", to: "ServiceAccount" },
  { from: "monitoring.coreos.com/Alertmanager", path: "spec.priorityClassName", to: "PriorityClass" },
  { from: "monitoring.coreos.com/Alertmanager", path: "spec.configSecret", to: "Secret" },
  { from: "monitoring.coreos.com/Alertmanager", path: "spec.secrets[]", to: "Secret" },
  {
    from: "monitoring.coreos.com/Alertmanager",
    path: "spec.storage.volumeClaimTemplate.spec.storageClassName",
    to: "StorageClass",
  },
  ...["PodMonitor", "ServiceMonitor"].flatMap((kind) => {
    const endpoints = kind === "PodMonitor" ? "spec.podMetricsEndpoints[]" : "spec.endpoints[]";
    return [
      { from: `monitoring.coreos.com/${kind}`, path: `${endpoints}.tlsConfig.ca.secret`, to: "Secret" },
      { from: `monitoring.coreos.com/${kind}`, path: `${endpoints}.tlsConfig.ca.configMap`, to: "ConfigMap" },
      { from: `monitoring.coreos.com/${kind}`, path: `${endpoints}.basicAuth.username`, to: "Secret" },
      { from: `monitoring.coreos.com/${kind}`, path: `${endpoints}.basicAuth.password`, to: "Secret" },
      { from: `monitoring.coreos.com/${kind}`, path: `${endpoints}.authorization.credentials`, to: "Secret" },
    ];
  }),

  { from: "monitoring.coreos.com/ScrapeConfig", path: "spec.tlsConfig.ca.secret", to: "Secret" },
  { from: "monitoring.coreos.com/ScrapeConfig", path: "spec.tlsConfig.ca.configMap", to: "ConfigMap" },
  { from: "monitoring.coreos.com/ScrapeConfig", path: "spec.basicAuth.username", to: "Secret" },
  { from: "monitoring.coreos.com/ScrapeConfig", path: "spec.basicAuth.password", to: "Secret" },
  { from: "monitoring.coreos.com/ScrapeConfig", path: "spec.authorization.credentials", to: "Secret" },

  { from: "apps/StatefulSet", path: "spec.serviceName", to: "Service" },
  { from: "apps/StatefulSet", path: "spec.volumeClaimTemplates[].spec.storageClassName", to: "StorageClass" },
  { from: "/PersistentVolumeClaim", path: "spec.storageClassName", to: "StorageClass" },
];
