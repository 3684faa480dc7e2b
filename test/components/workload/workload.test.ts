import { Workload, type WorkloadArgs } from "../../../components/workload/workload";
import { environment, recorded } from "../../helpers/record";

const args = (overrides: Partial<WorkloadArgs> = {}): WorkloadArgs => ({
  environment: environment(),
  namespace: "mes",
  component: "mes",
  replicas: 2,
  priorityClassName: "mes-orders",
  containers: [{ name: "web", image: "mes", ports: { http: 8080 }, resources: { cpu: "100m", memory: "128Mi" } }],
  servicePorts: { http: { port: 80 } },
  ...overrides,
});

const workload = (overrides: Partial<WorkloadArgs> = {}) => recorded((opts) => new Workload("web", args(overrides), opts));

describe("a workload", () => {
  it("runs on the restricted baseline", async () => {
    const { object } = await workload();
    const pod = object("Deployment", "web").spec.template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
        },
      ],
    });
  });

  it("has the volume claims of its pods as resources that grow, and leaves the size in its template as it was made", async () => {
    const claims = [{ name: "data", size: "5Gi", mountPath: "/data" }];
    const { objects, resource } = await workload({
      kind: "StatefulSet",
      claims,
      environment: environment({ storageClass: "gp3" }),
    });
    const made = objects("PersistentVolumeClaim");
    expect(Object.keys(made)).toEqual(["data-web-0", "data-web-1"]);
    const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "gp3", resources: { requests: { storage: "5Gi" } } };
    expect(Object.values(made).map((claim) => claim.spec)).toEqual([spec, spec]);
    expect(resource("PersistentVolumeClaimPatch", "data-web-0")).toMatchObject({ retainOnDelete: true });
    expect(resource("StatefulSet", "web").ignoreChanges).toEqual([
      "spec.volumeClaimTemplates[0].spec.resources.requests.storage",
    ]);
  });

  it("leaves the number of replicas to its autoscaler", async () => {
    const { object } = await workload({ replicas: undefined });
    expect(object("Deployment", "web").spec).not.toHaveProperty("replicas");
  });

  it("never has a version or an image among the labels that select its pods", async () => {
    const { object } = await workload();
    expect(object("Deployment", "web").spec.selector.matchLabels).toEqual({
      "app.kubernetes.io/name": "web",
      "app.kubernetes.io/part-of": "mes",
    });
  });

  it("rolls once when a configuration file changes: the ConfigMap is named by its content and immutable", async () => {
    const before = await workload({ files: { "/etc/web/web.yaml": "level: info" } });
    const after = await workload({ files: { "/etc/web/web.yaml": "level: debug" } });
    const [first] = Object.values(before.objects("ConfigMap"));
    const [second] = Object.values(after.objects("ConfigMap"));
    expect(first).toMatchObject({ immutable: true });
    expect(first?.metadata.name).not.toEqual(second?.metadata.name);
    const pod = after.object("Deployment", "web").spec.template.spec;
    expect(pod.volumes[0].configMap.name).toEqual(second?.metadata.name);
    expect(pod.containers[0].volumeMounts).toEqual([{ name: "config", mountPath: "/etc/web", readOnly: true }]);
  });

  it.each([true, false])("is the same in a preview and in a real run (preview: %s)", async (preview) => {
    const { object } = await recorded((opts) => new Workload("web", args(), opts), { preview });
    expect(object("Deployment", "web").spec.template.spec.serviceAccountName).toBe("web");
  });
});
