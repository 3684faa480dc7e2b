import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";
import { otherOf, placesOf, type Place } from "./places";

const { plan } = harmful("reachability");

const WAY =
  /reach|port|select|polic|ingress|egress|allow|let|connect|listen|address|route|way|send|receive|peer|from|to\b|DNS|backend|scrape|metrics|pod|API server|webhook/i;

/** Each policy that lets something through: left out, for other pods, elsewhere, and without each of its rules. */
export const network: Generator<Harmful> = (world) => {
  const policies = placesOf(world, ["NetworkPolicy"]).filter(({ name }) => name.startsWith("allow-"));
  const shut = ({ name }: Place) => `pods of ${program(name)} may ask for names, and nothing else is let through`;
  return [
    ...world.random
      .some(8, policies)
      .map((place) =>
        plan(
          { id: `policy-left-out:${place.at}`, stack: place.stack, harm: shut(place), cause: cause([program(place.name)], WAY) },
          (edited) => edited.drop("NetworkPolicy", place.ref),
        ),
      ),
    ...world.random.some(4, policies).map((place) => {
      const namespace = place.namespace === "mes-data" ? "mes" : "mes-data";
      return plan(
        {
          id: `policy-elsewhere:${place.at}`,
          stack: place.stack,
          harm: `a policy is for pods of its own namespace: ${shut(place)}`,
          cause: cause([program(place.name)], WAY),
        },
        (edited) => (edited.inputs("NetworkPolicy", place.ref).metadata.namespace = namespace),
      );
    }),
    ...world.random.some(4, policies).flatMap((place) => swapped(place, otherOf(world, place))),
    ...world.random.some(8, ofProdsPrograms(policies).flatMap(rulesOf)).map(({ place, direction, index, port }) =>
      plan(
        {
          id: `rule-left-out:${place.at}/${direction}-${port}-${index}`,
          stack: place.stack,
          harm: `${program(place.name)}: ${direction} by port ${port} is shut`,
          cause: cause([program(place.name)], WAY),
        },
        (edited) => edited.spec("NetworkPolicy", place.ref)[direction].splice(index, 1),
      ),
    ),
  ];
};

function swapped(place: Place, other: Place | undefined): Harmful[] {
  if (other === undefined || !other.name.startsWith("allow-") || letThrough(place) === letThrough(other)) return [];
  return [
    plan(
      {
        id: `policies-swapped:${place.at}`,
        stack: place.stack,
        harm: `${program(place.name)} is let through what ${program(other.name)} needs, and the other way round`,
        cause: cause([program(place.name), program(other.name)], WAY),
      },
      (edited) => {
        const [one, two] = [edited.spec("NetworkPolicy", place.ref), edited.spec("NetworkPolicy", other.ref)];
        [one.podSelector, two.podSelector] = [two.podSelector, one.podSelector];
      },
    ),
  ];
}

/** On a laptop broker and database have one pod each, which need not talk to others of their kind. */
function ofProdsPrograms(policies: readonly Place[]): Place[] {
  return policies.filter(({ stack, namespace }) => stack === "prod" && ["mes", "mes-data"].includes(namespace ?? ""));
}

function letThrough({ inputs }: Place): string {
  const { ingress, egress, policyTypes } = inputs.spec;
  return JSON.stringify([ingress, egress, policyTypes]);
}

function rulesOf(place: Place) {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    (place.inputs.spec[direction] ?? []).map((rule: any, index: number) => ({
      place,
      direction,
      index,
      port: String(rule.ports?.[0]?.port ?? "any"),
    })),
  ) as { place: Place; direction: "ingress" | "egress"; index: number; port: string }[];
}

function program(policy: string): string {
  return policy.replace(/^allow-/, "");
}
