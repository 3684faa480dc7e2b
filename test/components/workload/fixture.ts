import { Workload, type WorkloadArgs } from "../../../components/workload/workload";
import { environment, recorded } from "../../helpers/record";

export const CONTAINER = { name: "web", image: "mes", resources: { cpu: "100m", memory: "128Mi" } } as const;

/** The least that a workload says. */
export const args = (overrides: Partial<WorkloadArgs> = {}): WorkloadArgs => ({
  environment: environment(),
  namespace: "mes",
  component: "orders",
  replicas: 2,
  priorityClassName: "mes-orders",
  containers: [CONTAINER],
  ...overrides,
});

export const workload = (overrides: Partial<WorkloadArgs> = {}) => recorded((opts) => new Workload("web", args(overrides), opts));

/** The spec of its pods. */
export async function podOf(overrides: Partial<WorkloadArgs> = {}) {
  const kind = overrides.kind ?? "Deployment";
  return (await workload(overrides)).object(kind, "web").spec.template.spec;
}

/** Its first container. */
export async function containerOf(overrides: Partial<WorkloadArgs["containers"][number]>) {
  return (await podOf({ containers: [{ ...CONTAINER, ...overrides }] })).containers[0];
}
