import { writeFile } from "node:fs/promises";
import type { ControlPlane } from "./control-plane";
import type { Sandbox } from "./sandbox";
import { serverTool, toolPath } from "./tools";

/** Starts the controllers of Kubernetes: those named as in `--controllers`. */
export function startControllerManager(
  sandbox: Sandbox,
  { kubeconfigs, credentials, within }: ControlPlane,
  controllers: readonly string[],
  flags: readonly string[] = [],
): void {
  const args = [
    `--kubeconfig=${kubeconfigs.controllerManager}`,
    `--controllers=${controllers.join(",")}`,
    // Each controller has its own account and rights, as in production.
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    // Pods get it to know the API server by.
    `--root-ca-file=${credentials.authority.certificate}`,
    `--cluster-signing-cert-file=${credentials.authority.certificate}`,
    `--cluster-signing-key-file=${credentials.authority.key}`,
    // Its own limit of 20 requests a second makes it start in five seconds.
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    // It looks at once whether a new node is ready, so that pods may be placed there.
    "--node-monitor-period=1s",
    "--leader-elect=false",
    "--secure-port=0",
    ...flags,
  ];
  sandbox.start("kube-controller-manager", toolPath(serverTool("kube-controller-manager")), args, within);
}

export function startScheduler(sandbox: Sandbox, { kubeconfigs, within }: ControlPlane, flags: readonly string[] = []): void {
  const args = [
    `--kubeconfig=${kubeconfigs.scheduler}`,
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    "--leader-elect=false",
    "--secure-port=0",
    ...flags,
  ];
  sandbox.start("kube-scheduler", toolPath(serverTool("kube-scheduler")), args, within);
}

/** Starts what plays the kubelets of simulated nodes. */
export async function startKwok(sandbox: Sandbox, { kubeconfigs }: ControlPlane): Promise<void> {
  // Without one it would read the user's.
  const config = sandbox.file("kwok.yaml");
  await writeFile(config, "apiVersion: config.kwok.x-k8s.io/v1alpha1\nkind: KwokConfiguration\n");
  sandbox.start("kwok", toolPath("kwok"), [
    `--kubeconfig=${kubeconfigs.administrator}`,
    `--config=${config}`,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
    "--cidr=10.128.0.0/9",
  ]);
}
