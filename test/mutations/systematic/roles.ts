import { cause, harmful } from "../making";
import type { Generator, Harmful, Kind } from "../mutation";
import { placesOf, type Place } from "./places";

/** What belongs to a role on the path of an order: its kind, how the object is called, and what happens without it. */
const COMPANIONS: readonly [
  kind: string,
  of: Kind,
  name: (role: string) => string,
  harm: (role: string) => string,
  says: RegExp,
][] = [
  ["ServiceAccount", "cannot run or deploy", (role) => role, (role) => `no pod of ${role} is made`, /account/i],
  [
    "NetworkPolicy",
    "reachability",
    (role) => `allow-${role}`,
    (role) => `pods of ${role} may ask for names, and nothing else is let through`,
    /polic|reach|connect|let|allow|egress|ingress/i,
  ],
  [
    "PodDisruptionBudget",
    "availability",
    (role) => role,
    (role) => `a drain may take all pods of ${role} at once`,
    /budget|drain|disruption|evict/i,
  ],
  [
    "PodMonitor",
    "alerts that cannot fire",
    (role) => role,
    (role) => `nothing reads the metrics of ${role}: no alert on them fires`,
    /metric|scrape|target|read|series|alert|monitor/i,
  ],
  [
    "ScaledObject",
    "scaling that does nothing",
    (role) => role,
    (role) => `no load adds a pod of ${role}`,
    /scal|replicas|pods|number/i,
  ],
  [
    "HorizontalPodAutoscaler",
    "scaling that does nothing",
    (role) => role,
    (role) => `no load adds a pod of ${role}`,
    /scal|replicas|pods|number/i,
  ],
  [
    "Service",
    "reachability",
    (role) => role,
    (role) => `${role} has no name: neither gateway nor roles find it`,
    /Service|backend|reach|name|route/i,
  ],
  [
    "HTTPRoute",
    "order paths",
    (role) => role,
    (role) => `requests to the paths of ${role} get another role's answer`,
    /route|path|lead|reach/i,
  ],
];

/** In a namespace that is not the role's these are of no use. */
const ELSEWHERE = "mes-operators";

/** Each role on the path of an order without each of the objects that belong to it. */
export const roles: Generator<Harmful> = (world) => {
  const onOrderPath = placesOf(world, ["Deployment"]).filter(
    ({ inputs }) => inputs.spec.template.spec.priorityClassName === "mes-orders",
  );
  const all = onOrderPath.flatMap((role) => companionsOf(role, placesOf(world, companionKinds(role), [role.stack])));
  return [
    ...world.random
      .some(8, all)
      .map(({ role, companion, of, harm, says }) =>
        harmful(of).plan(
          { id: `companion-dropped:${companion.at}`, stack: role.stack, harm: harm(role.name), cause: cause([role.name], says) },
          (edited) => edited.drop(companion.kind, companion.ref),
        ),
      ),
    ...world.random.some(6, all).map(({ role, companion, of, harm }) =>
      harmful(of).plan(
        {
          id: `companion-elsewhere:${companion.at}`,
          stack: role.stack,
          harm: `in ${ELSEWHERE} it is of no use: ${harm(role.name)}`,
          cause: cause([role.name]),
        },
        (edited) => (edited.inputs(companion.kind, companion.ref).metadata.namespace = ELSEWHERE),
      ),
    ),
  ];
};

/** With one pod a budget keeps nothing. */
function companionKinds({ stack }: Place): string[] {
  return COMPANIONS.map(([kind]) => kind).filter((kind) => stack === "prod" || kind !== "PodDisruptionBudget");
}

function companionsOf(role: Place, objects: readonly Place[]) {
  return COMPANIONS.flatMap(([kind, of, name, harm, says]) =>
    objects
      .filter((object) => object.kind === kind && object.name === name(role.name))
      .filter(({ namespace }) => kind === "PodMonitor" || namespace === role.namespace)
      .map((companion) => ({ role, companion, of, harm, says })),
  );
}
