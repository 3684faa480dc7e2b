import { cause, harmful } from "../making";
import type { Generator, Harmful, Kind } from "../mutation";
import { placesOf, type Place } from "./places";

/** What the broker is told: what happens when it is not. */
const DECLARED: Readonly<Record<string, readonly [of: Kind, harm: (name: string) => string]>> = {
  Queue: ["order paths", (name) => `there is no queue ${name}: what it should hold is returned to its publisher or lost`],
  Exchange: [
    "order paths",
    (name) => `there is no exchange ${name}: what is published to it closes the channel, or is never parked`,
  ],
  Binding: ["order paths", (name) => `no message is led where ${name} leads`],
  Policy: [
    "queue semantics",
    (name) => `${name} has neither bound nor dead letters, and the default limit of attempts deletes orders`,
  ],
  Permission: ["rights", (name) => `${name} has no right in the virtual host: it is refused`],
  User: ["rights", (name) => `the broker has no user ${name}: it is refused`],
};

const SAYS =
  /queue|exchange|bind|polic|permission|user|right|vhost|virtual host|broker|cluster|namespace|declare|dead|rout|publish|consum|refus|there/i;

const slips: readonly [slip: string, of: string, edit: (inputs: any) => void, kinds: readonly string[]][] = [
  ["in-another-vhost", "it is declared in another virtual host", ({ spec }) => (spec.vhost = "/"), withoutUsers()],
  [
    "of-another-broker",
    "it is for a broker that is not there",
    ({ spec }) => (spec.rabbitmqClusterReference.name = "rabbit"),
    all(),
  ],
  [
    "in-another-namespace",
    "it looks for the broker in its own namespace, where there is none",
    ({ metadata }) => (metadata.namespace = "mes-operators"),
    all(),
  ],
  ["of-another-name", "the broker is told another name", ({ spec }) => (spec.name += "-v2"), ["Queue", "Exchange"]],
];

function all(): string[] {
  return Object.keys(DECLARED);
}

function withoutUsers(): string[] {
  return all().filter((kind) => kind !== "User");
}

/** Each object of the broker's topology: left out, and declared where it is of no use. */
export const broker: Generator<Harmful> = (world) => {
  // The autoscaler's tag lets it see queues of every virtual host: its empty permission is of no consequence.
  const places = placesOf(world, all()).filter(({ kind, name }) => kind !== "Permission" || name !== "autoscaler");
  const made = (id: string, place: Place, why: string, edit: (inputs: any) => void | "drop") => {
    const [of, harm] = DECLARED[place.kind] ?? ["order paths", () => why];
    const names = [place.name, String(place.inputs.spec.name ?? place.name), String(place.inputs.spec.destination ?? place.name)];
    return harmful(of).plan(
      { id: `${id}:${place.at}`, stack: place.stack, harm: `${why}: ${harm(place.name)}`, cause: cause(names, SAYS) },
      (edited) => {
        if (edit(edited.inputs(place.kind, place.ref)) === "drop") edited.drop(place.kind, place.ref);
      },
    );
  };
  const drops = world.random
    .some(8, places)
    .map((place) => made("declared-by-nobody", place, "nobody declares it", () => "drop"));
  const others = slips.flatMap(([slip, why, edit, kinds]) =>
    world.random
      .some(
        3,
        places.filter(({ kind }) => kinds.includes(kind)),
      )
      .map((place) => made(slip, place, why, edit)),
  );
  return [...drops, ...others];
};
