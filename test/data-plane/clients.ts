import { readFileSync } from "node:fs";
import path from "node:path";
import type { Cluster } from "../cluster/cluster";
import { Applier } from "../cluster/apply";
import type { KubernetesObject } from "../cluster/resources";
import { until } from "../cluster/until";

/** A pod that runs a program of the tests in the place of a role. */
export interface Client {
  readonly name: string;
  /** What it has printed so far, a line each. */
  lines(): Promise<string[]>;
  /** Tells it to end, waits until it has, and returns all that it printed. */
  finish(): Promise<string[]>;
}

interface Role extends KubernetesObject {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [Readonly<Record<string, unknown>>];
  readonly [field: string]: unknown;
}

/** Label of all clients, with their names. */
export const CLIENT_LABEL = "mes.test/client";

const PROGRAMS = path.join(__dirname, "clients");

/**
 * Runs a program of `clients/` with all that a role is given: its account, variables, Secrets, CA and limits. So whatever the program
 * can do, the role could do.
 * @param name of the pod
 */
export async function runAs(
  cluster: Cluster,
  namespace: string,
  role: string,
  program: string,
  name: string,
  args: readonly string[] = [],
): Promise<Client> {
  const deployment = await cluster.api.get<Role>(`/apis/apps/v1/namespaces/${namespace}/deployments/${role}`);
  const { containers, ...spec } = deployment.spec.template.spec;
  const [{ startupProbe: _, readinessProbe: __, livenessProbe: ___, lifecycle: ____, ...container }] = containers;
  const text = readFileSync(path.join(PROGRAMS, program), "utf8");
  const interpreter = program.endsWith(".py") ? ["python3", "-u", "-c"] : ["sh", "-c"];
  await new Applier(cluster.api).apply({
    apiVersion: "v1",
    kind: "Pod",
    // Labels of its own: nothing that looks for the role is to find it.
    metadata: { name, namespace, labels: { [CLIENT_LABEL]: name } },
    spec: {
      ...spec,
      restartPolicy: "Never",
      containers: [{ ...container, command: [...interpreter, text, program, ...args] }],
    },
  });
  const pod = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const lines = async (): Promise<string[]> => (await cluster.api.text(`${pod}/log`)).split("\n").filter((line) => line !== "");
  const phase = async (): Promise<string> => (await cluster.api.get<{ status: { phase: string } }>(pod)).status.phase;
  await until(`the client ${name} runs`, async () => (await phase()) !== "Pending");
  return {
    name,
    lines,
    finish: async () => {
      await cluster.kubectl("-n", namespace, "exec", name, "--", "touch", "/tmp/finish").catch(() => undefined);
      await until(`the client ${name} has ended`, async () => ["Succeeded", "Failed"].includes(await phase()));
      return lines();
    },
  };
}
