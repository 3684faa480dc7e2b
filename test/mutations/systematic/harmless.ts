import { harmless } from "../making";
import type { Generator, Harmless } from "../mutation";
import { placesOf, type Place } from "./places";

/** Objects that nothing names: another name of theirs changes nothing. */
const UNNAMED = ["NetworkPolicy", "PrometheusRule", "PodDisruptionBudget", "PodMonitor"];

/** Changes of names and orders that mean nothing, of each object of their kind. */
export const meaningless: Generator<Harmless> = (world) => {
  const pick = (count: number, kinds: readonly string[]) => world.random.some(count, placesOf(world, kinds, ["prod"]));
  return [
    ...pick(8, UNNAMED).map((place) =>
      harmless.plan(`object-of-another-name:${place.at}`, "nothing names it", (edited) => {
        edited.inputs(place.kind, place.ref).metadata.name += "-v2";
      }),
    ),
    ...pick(4, ["PrometheusRule"]).map((place) =>
      harmless.plan(`group-of-another-name:${place.at}`, "a group's name is for people", (edited) => {
        for (const group of edited.spec("PrometheusRule", place.ref).groups) group.name += "-v2";
      }),
    ),
    ...pick(3, ["Policy"]).map((place) =>
      harmless.plan(`policy-of-another-name:${place.at}`, "no other policy has it", (edited) => {
        edited.spec("Policy", place.ref).name += "-v2";
      }),
    ),
    ...world.random.some(4, placesOf(world, ["Deployment"], ["prod"]).filter(hasSeveralVariables)).map((place) =>
      harmless.plan(`variables-in-another-order:${place.at}`, "none refers to one that comes later", (edited) => {
        const { env } = edited.container(place.kind, place.ref);
        env.splice(1, 0, env.pop());
      }),
    ),
    ...pick(3, ["Certificate"]).map((place) =>
      harmless.plan(`certificate-for-a-name-more:${place.at}`, "one name more", (edited) => {
        const spec = edited.spec("Certificate", place.ref);
        spec.dnsNames = [...(spec.dnsNames ?? []), "alias.mes.internal"];
      }),
    ),
  ];
};

function hasSeveralVariables({ inputs }: Place): boolean {
  return (inputs.spec.template.spec.containers[0].env ?? []).length > 2;
}
