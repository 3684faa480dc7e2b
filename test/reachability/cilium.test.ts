import { spawnSync } from "node:child_process";
import { makeTools, toolPath } from "../cluster/tools";
import { note } from "../engine/figures";
import { attemptsOf, type NamedAttempt } from "./attempts";
import { CLUSTERS, stackOn } from "./clusters";
import { CILIUM, type Attempt } from "./engines";
import { Pods } from "./pods";
import type { Manifest } from "./stack";

/*
 * What the tests take Cilium's policies for (`engines.ts`) is held against Cilium's own policy engine: it reads every policy of the stack, and says
 * of each connection whether it would pass.
 */

const ON_CILIUM = Object.entries(CLUSTERS).filter(([, { place }]) => place.engine === CILIUM);
/** Where nobody listens. */
const OTHER_PORT = 9;

beforeAll(() => makeTools("cilium-verdicts"));

describe("Cilium's engine says the same as its model in the tests", () => {
  it.each(ON_CILIUM)("on %s", async (name, { cluster, place }) => {
    const stack = await stackOn(cluster);
    const needed = attemptsOf(stack, new Pods(stack), place);
    const attempts = [
      ...needed,
      ...needed.flatMap((attempt, i) => unneeded(attempt, needed[(i * 7919) % needed.length] ?? attempt)),
    ];
    const expected = attempts.map((attempt) => passes(stack.manifests, attempt));
    expect(expected.filter((passed) => passed).length).toBeGreaterThanOrEqual(needed.length);
    expect(expected.filter((passed) => !passed).length).toBeGreaterThan(needed.length);

    note("reachability", `held against Cilium on ${name}`, {
      connections: attempts.length,
      passing: expected.filter(Boolean).length,
    });
    const said = verdicts(stack.manifests, attempts);
    const differences = attempts.filter((_, i) => said[i] !== expected[i]);
    expect(
      differences.map(
        (attempt) => `${passes(stack.manifests, attempt) ? "refused" : "let pass"} by Cilium: ${described(attempt)}`,
      ),
    ).toEqual([]);
  });
});

it("a policy that Cilium does not understand is no policy", () => {
  const policy = (spec: object): Manifest => ({
    kind: "CiliumNetworkPolicy",
    metadata: { name: "odd", namespace: "mes" },
    spec: { endpointSelector: {}, ...spec },
  });
  expect(() => verdicts([policy({ egress: [{ toEntities: ["kube-api-server"] }] })], [])).toThrow("unsupported entity");
  expect(() => verdicts([policy({ egres: [] })], [])).toThrow('unknown field "egres"');
});

/** Connections that are like needed ones, most of which nobody needs. */
function unneeded(attempt: Attempt, another: Attempt): Attempt[] {
  return [
    { ...attempt, port: OTHER_PORT },
    { ...attempt, from: attempt.to, to: attempt.from },
    { ...attempt, to: another.to },
    { ...attempt, to: another.to, port: another.port, protocol: another.protocol },
    { ...attempt, protocol: attempt.protocol === "TCP" ? ("UDP" as const) : ("TCP" as const) },
  ].filter(({ from, to }) => from !== to && (from.pod !== undefined || to.pod !== undefined));
}

function passes(policies: readonly Manifest[], attempt: Attempt): boolean {
  return CILIUM.allows(policies, attempt, "egress") && CILIUM.allows(policies, attempt, "ingress");
}

/** Whether each attempt passes. */
function verdicts(manifests: readonly Manifest[], attempts: readonly Attempt[]): boolean[] {
  const policies = manifests.filter(({ kind }) => kind.endsWith("NetworkPolicy"));
  const questions = attempts.map(({ from, to, port, protocol }) => ({ from, to, port, protocol }));
  const input = [...policies, ...questions].map((line) => JSON.stringify(line)).join("\n");
  const { status, stdout, stderr } = spawnSync(toolPath("cilium-verdicts"), { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`cilium-verdicts failed: ${stderr}`);
  const answers = stdout.trim() === "" ? [] : stdout.trim().split("\n");
  expect(answers).toHaveLength(attempts.length);
  return answers.map((answer) => answer === "allowed");
}

function described({ from, to, port, protocol, ...rest }: Attempt & Partial<NamedAttempt>): string {
  return `${JSON.stringify(from)} → ${JSON.stringify(to)} ${protocol} ${port} ${rest.names?.join(" → ") ?? ""}`;
}
