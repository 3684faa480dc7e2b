/** The three objects of a scaled program, as plain data: what every contestant of the benchmark declares. */
export interface Trio {
  readonly deployment: { metadata: object; spec: any };
  readonly autoscaler: { metadata: object; spec: any };
  readonly service: { metadata: object; spec: any };
}

export function trio(name: string): Trio {
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "bench" };
  const metadata = { name, namespace: "bench", labels };
  const container = {
    name: "main",
    image: "registry.example.com/bench/main:1.2.3",
    ports: [{ name: "http", containerPort: 8080 }],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "PASSWORD", valueFrom: { secretKeyRef: { name, key: "password" } } },
    ],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
    readinessProbe: { httpGet: { path: "/ready", port: "http" } },
  };
  const cpu = { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } };
  return {
    deployment: {
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
    },
    autoscaler: {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: 2,
        maxReplicas: 6,
        metrics: [{ type: "Resource", resource: cpu }],
      },
    },
    service: { metadata, spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] } },
  };
}
