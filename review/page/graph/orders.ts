import { addressesOf, backendOf } from "../../kubernetes/addresses";
import { inventory, type Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { isDatabase } from "../../kubernetes/systems";
import { numberAt, textAt } from "../../kubernetes/value";
import type { Queue } from "../../orders/broker";
import { flowOf, type Flow, type Sending } from "../../orders/flow";
import type { PlannedProgram } from "../../orders/programs";
import { deadLetterQueues } from "../../orders/routing";
import type { Plan } from "../../plan/plan";
import { bucketRights } from "../../report/bucket-rights";
import type { Marks } from "../marks";
import { tidied, type Graph, type GraphEdge, type GraphNode } from "./graph";
import { podsInWords } from "./pods";

/** Rows of the way of an order. Whoever sends and receives, as the CRM, is in the first and in the last one. */
export const STAGES = [
  "Come from",
  "Enter by",
  "Wait in the broker",
  "Are handled by",
  "Which ask",
  "Are kept in",
  "Are sent on by",
  "Wait in the broker",
  "Go to",
] as const;
const STAGE = { source: 0, entrance: 1, waiting: 2, program: 3, asked: 4, kept: 5, sender: 6, leaving: 7, goal: 8 } as const;

/** The way of orders and statuses through the platform; nothing where the plan does not know what programs do with orders. */
export function ordersGraph(plan: Plan, marks: Marks): Graph | undefined {
  const flow = flowOf(plan);
  if (flow === undefined) return undefined;
  const context: Context = { plan, flow, known: inventory(plan), marks };
  const parts = [
    ...flow.sendings.map((sending) => sendingPart(sending, context)),
    ...[...flow.unknown].map(([program, queues]) => unknownPart(program, queues, context)),
    ...flow.running.map((program) => programPart(program, context)),
    entrancePart(context),
    ...storePart(context),
  ];
  const nodes = new Map(parts.flatMap((part) => part.nodes.map((node) => [node.id, node] as const)));
  return tidied({ nodes: [...nodes.values()], edges: parts.flatMap(({ edges }) => edges) });
}

interface Context {
  readonly plan: Plan;
  readonly flow: Flow;
  readonly known: Inventory;
  readonly marks: Marks;
}

/** Messages from who sends them to who takes them, by way of the outbox and its relays where they go through it. */
function sendingPart({ sender, key, relays, queues, some }: Sending, context: Context): Graph {
  const into = new Set([...queues, ...some]);
  const from = relays ?? [sender];
  return {
    nodes: [
      ...from.map((program) => programNode(program, context)),
      ...[...into].flatMap((queue) => queueNodes(queue, relays !== undefined, context)),
    ],
    edges: [...into].flatMap((queue) => [
      ...from.map((program): GraphEdge => ({ from: idOf(program), to: queueId(queue), label: key, kind: "order" })),
      ...queueEdges(queue, context),
    ]),
  };
}

function unknownPart(program: PlannedProgram, queues: ReadonlySet<Queue>, context: Context): Graph {
  return {
    nodes: [
      programNode(program, context),
      ...[...queues].flatMap((queue) => queueNodes(queue, !program.program.outside, context)),
    ],
    edges: [...queues].flatMap((queue) => [
      { from: idOf(program), to: queueId(queue), label: "keys not stated", kind: "order" as const },
      ...queueEdges(queue, context),
    ]),
  };
}

function queueEdges(queue: Queue, { flow }: Context): GraphEdge[] {
  return [
    ...flow.consumers(queue).map((consumer): GraphEdge => {
      const prefetch = consumer.program.consumes.find((one) => one.queue === queue.name)?.prefetch;
      const to = consumer.program.outside ? `${idOf(consumer)} receives` : idOf(consumer);
      return { from: queueId(queue), to, label: prefetch === undefined ? "" : `${prefetch} at a time`, kind: "order" };
    }),
  ];
}

function queueNodes(queue: Queue, leaves: boolean, context: Context): GraphNode[] {
  const { object, name, type, settings } = queue;
  const most = numberAt(settings, "max-length");
  const waiting = context.flow.waiting(queue);
  const parked = [...(deadLetterQueues(context.flow.broker, queue) ?? [])].map((one) => one.name);
  const goals = context.flow
    .consumers(queue)
    .filter(({ program }) => program.outside)
    .map((consumer) => programNode(consumer, context, true));
  const node = {
    ...common(object, context.marks),
    id: queueId(queue),
    title: name,
    lines: [
      `${type} queue${most === undefined ? "" : `, ${inThousands(most)} at most`}`,
      ...(waiting === undefined ? [] : [`worked off within ${inMinutes(waiting)}`]),
      ...(parked.length === 0 ? [] : [`failed ones to ${parked.join(", ")}`]),
    ],
    shape: "queue" as const,
    stage: leaves ? STAGE.leaving : STAGE.waiting,
  };
  return [node, ...goals];
}

/** A program, what it asks other programs for, and where it keeps what it knows. */
function programPart(planned: PlannedProgram, context: Context): Graph {
  const { program, group } = planned;
  if (program.outside) return { nodes: [], edges: [] };
  const own = programNode(planned, context);
  const calls = program.calls.flatMap((name) =>
    context.known.pods.filter(({ object }) => object.kind === "Deployment" && object.name === name),
  );
  const called = calls.map((one) => podsNode(one, STAGE.asked, "program", context));
  const kept = group === undefined ? [] : keptBy(planned, group, context);
  const label = { readwrite: "reads and writes", readonly: "reads", relay: "outbox" };
  const relayed = program.database === "relay";
  return {
    nodes: [own, ...called, ...kept.map(({ node }) => node)],
    edges: [
      ...called.map((one): GraphEdge => ({ from: own.id, to: one.id, label: "requests", kind: "order" })),
      ...kept.map(({ node, database }): GraphEdge => {
        const text = database ? label[program.database ?? "readonly"] : "reads and writes";
        const ends = relayed && database ? { from: node.id, to: own.id } : { from: own.id, to: node.id };
        return { ...ends, label: text, kind: database && program.database !== "readonly" ? "order" : "data" };
      }),
    ],
  };
}

interface Kept {
  readonly node: GraphNode;
  readonly database: boolean;
}

/** Databases, caches and stores in the plan that a program is given the address of; behind a pooler, the database. */
function keptBy({ program }: PlannedProgram, group: PodGroup, context: Context): Kept[] {
  const { known, flow } = context;
  const programs = new Set(flow.programs.map(({ group: own }) => own));
  const objects = addressesOf(group, known).flatMap(({ name, namespace }) =>
    (backendOf(name, namespace, known)?.groups ?? []).filter((one) => !programs.has(one)).map((one) => ({ one, service: name })),
  );
  const seen = new Set<string>();
  return objects.flatMap(({ one }): Kept[] => {
    const { kind } = one.object;
    const isBroker = kind === "RabbitmqCluster";
    if (seen.has(one.object.resource.urn) || isBroker || program.calls.includes(one.object.name)) return [];
    seen.add(one.object.resource.urn);
    if (kind === "Pooler" || isDatabase(one.object)) return [{ node: databaseNode(one, context), database: true }];
    // What only watches it, or proves who it is, keeps no orders.
    return isStore(one) ? [{ node: podsNode(one, STAGE.kept, "store", context), database: false }] : [];
  });
}

function isStore({ object }: PodGroup): boolean {
  return object.kind === "StatefulSet" || /cache|valkey|redis|storage|s3/.test(object.name);
}

function databaseNode(group: PodGroup, context: Context): GraphNode {
  const { known } = context;
  if (group.object.kind !== "Pooler") return podsNode(group, STAGE.kept, "database", context);
  const cluster = textAt(group.object.spec, "cluster", "name") ?? "";
  const database = known.pods.find(
    ({ object }) => isDatabase(object) && object.namespace === group.namespace && object.name === cluster,
  );
  const only = textAt(group.object.spec, "type") === "ro";
  const node = podsNode(group, STAGE.kept, "database", context);
  const behind =
    database === undefined ? cluster : `${only ? "replicas" : "primary"} of ${cluster}, ${podsInWords(database, known)}`;
  return { ...node, lines: [...node.lines, behind] };
}

/** Who comes in through the gateway, and where they are led. */
function entrancePart({ plan, flow, marks, known }: Context): Graph {
  const { entrance } = plan.facts ?? {};
  if (entrance === undefined) return { nodes: [], edges: [] };
  const hosts = [...new Set(entrance.requests.map(({ host }) => host))];
  const routed = entrance.requests.flatMap(({ role, host, path }) => {
    const planned = flow.running.find(({ program }) => program.name === role);
    return planned === undefined ? [] : [{ planned, host, path }];
  });
  const gateway = known.ofKind("Gateway")[0];
  const users = hosts.map((host): GraphNode => ({
    id: `users ${host}`,
    title: "Partners, shops, operators",
    lines: [`https://${host}`],
    shape: "outside",
    stage: STAGE.source,
    within: [],
    findings: 0,
  }));
  const gates = hosts.map((host): GraphNode => ({
    ...(gateway === undefined ? { within: [], findings: 0 } : common(gateway, marks)),
    id: `gateway ${host}`,
    title: "Gateway",
    lines: [`HTTPS, port ${entrance.port}`],
    shape: "entrance",
    stage: STAGE.entrance,
  }));
  return {
    nodes: [...users, ...gates],
    edges: [
      ...hosts.map((host): GraphEdge => ({ from: `users ${host}`, to: `gateway ${host}`, label: "requests", kind: "order" })),
      ...routed.map(({ planned, host, path }): GraphEdge => ({
        from: `gateway ${host}`,
        to: idOf(planned),
        label: path,
        kind: "order",
      })),
    ],
  };
}

/** Buckets that programs read and write files in. */
function storePart(context: Context): Graph[] {
  const { plan, flow, marks } = context;
  return [...bucketRights(plan)].flatMap(([user, buckets]) => {
    const planned = [...flow.running].find(({ program }) => user === program.name || user === `${program.name}-buckets`);
    const group = context.known.pods.find(
      ({ object }) => object.kind === "Deployment" && (object.name === user || `${object.name}-buckets` === user),
    );
    const own =
      planned !== undefined
        ? programNode(planned, context)
        : group !== undefined
          ? podsNode(group, STAGE.asked, "program", context)
          : undefined;
    if (own === undefined) return [];
    const stores = buckets.map(([bucket, access]) => {
      const resource = plan.resources.find(({ type, inputs }) => type.endsWith(":Bucket") && inputs.bucket === bucket);
      const node: GraphNode = {
        id: `bucket ${bucket}`,
        title: bucket,
        lines: ["bucket of files"],
        shape: "store",
        stage: STAGE.kept,
        within: [],
        findings: resource === undefined ? 0 : marks.findings(resource.urn).length,
        ...(resource === undefined ? {} : { urn: resource.urn, verdict: marks.verdict(resource.urn) }),
      };
      return { node, access };
    });
    return [
      {
        nodes: [own, ...stores.map(({ node }) => node)],
        edges: stores.map(({ node, access }): GraphEdge => ({ from: own.id, to: node.id, label: access, kind: "data" })),
      },
    ];
  });
}

/** @param receives for a client outside: at the end of the way, not at its beginning */
function programNode({ program, group, resource }: PlannedProgram, context: Context, receives = false): GraphNode {
  if (program.outside) {
    return {
      id: receives ? `program ${program.name} receives` : `program ${program.name}`,
      title: program.name.toUpperCase() === "CRM" ? "CRM" : program.name,
      lines: [receives ? "takes them off the broker" : "outside, sends to the broker"],
      shape: "outside",
      stage: receives ? STAGE.goal : STAGE.source,
      within: [],
      urn: resource.urn,
      verdict: context.marks.verdict(resource.urn),
      findings: context.marks.findings(resource.urn).length,
    };
  }
  const called = context.flow.running.some((other) => other.program.calls.includes(program.name));
  const stage = program.database === "relay" ? STAGE.sender : called ? STAGE.asked : STAGE.program;
  const does = program.parts.flatMap((part) => context.flow.facts.parts[part]?.does ?? []);
  if (group === undefined)
    return { id: `program ${program.name}`, title: program.name, lines: does, shape: "program", stage, within: [], findings: 0 };
  const node = podsNode(group, stage, "program", context);
  return { ...node, lines: [...does, ...node.lines] };
}

function podsNode(group: PodGroup, stage: number, shape: GraphNode["shape"], { known, marks, flow }: Context): GraphNode {
  const program = flow.programs.find((one) => one.group === group);
  const id = program === undefined ? `object ${group.object.resource.urn}` : `program ${program.program.name}`;
  const title = group.object.name;
  return { ...common(group.object, marks), id, title, lines: [podsInWords(group, known)], shape, stage };
}

function common({ resource, namespace }: KubeObject, marks: Marks): Pick<GraphNode, "urn" | "verdict" | "findings" | "within"> {
  const { urn } = resource;
  return { urn, verdict: marks.verdict(urn), findings: marks.findings(urn).length, within: namespace === "" ? [] : [namespace] };
}

function idOf({ program }: PlannedProgram): string {
  return `program ${program.name}`;
}

function queueId({ scope, name }: Queue): string {
  return `queue ${scope} ${name}`;
}

function inThousands(number: number): string {
  return number.toLocaleString("en-US");
}

function inMinutes(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
