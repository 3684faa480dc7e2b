import { cause, harmful } from "../making";
import type { Generator, Harmful, World } from "../mutation";
import { placesOf, type Place } from "./places";

const { plan } = harmful("reachability");

const SAYS =
  /reach|port|Service|polic|connect|listen|host|name|address|variable|set|missing|there|certificate|database|pooler|namespace|PGHOST|AMQP_HOST/i;

interface Address {
  readonly place: Place;
  readonly variable: string;
  readonly value: string;
}

/** Each variable with an address in the cluster: left out, of another name, in another namespace, and with another's address. */
export const addresses: Generator<Harmful> = (world) => {
  const all = addressesOf(world);
  const made = (slip: string, harm: (address: Address) => string, edit: (one: any, address: Address) => void) =>
    world.random.some(3, all).map((address) =>
      plan(
        {
          id: `${slip}:${address.place.at}/${address.variable}`,
          stack: address.place.stack,
          harm: harm(address),
          cause: cause([address.place.name, address.variable], SAYS),
        },
        (edited) => edit(edited.variable(address.place.kind, address.place.ref, address.variable), address),
      ),
    );
  return [
    ...world.random.some(3, all).map(({ place, variable, value }) =>
      plan(
        {
          id: `address-left-out:${place.at}/${variable}`,
          stack: place.stack,
          harm: `${place.name} is not told ${value}, and connects to nothing or to itself`,
          cause: cause([place.name, variable], SAYS),
        },
        (edited) => {
          const container = edited.container(place.kind, place.ref);
          container.env = container.env.filter((one: any) => one.name !== variable);
        },
      ),
    ),
    ...made(
      "address-of-another-variable",
      ({ place, variable, value }) => `${place.name} looks for ${value} in ${variable}, and it is in another variable`,
      (one) => (one.name = `MES_${one.name}`),
    ),
    ...made(
      "address-in-another-namespace",
      ({ place, value }) => `${place.name} looks for ${value} in a namespace where it is not`,
      (one) => (one.value = one.value.replace(/\.[a-z-]+\.svc/, ".default.svc")),
    ),
    ...made(
      "address-of-another-server",
      ({ place, variable }) => `${place.name} connects to another server than ${variable} is for`,
      (one, { place, value }) => (one.value = differentFrom(value, all, place)),
    ),
  ];
};

function addressesOf(world: World): Address[] {
  return placesOf(world, ["Deployment", "CronJob", "Job"])
    .filter(({ namespace }) => ["mes", "mes-data"].includes(namespace ?? ""))
    .flatMap((place) => {
      const spec = place.inputs.spec.jobTemplate?.spec ?? place.inputs.spec;
      const { env = [] } = spec.template.spec.containers[0];
      return env
        .filter(({ value }: any) => /\.[a-z-]+\.svc/.test(value ?? ""))
        .map(({ name, value }: any) => ({ place, variable: name, value }));
    });
}

/** The address of another server, which is no pooler or instance of the same database. */
function differentFrom(value: string, all: readonly Address[], { stack }: Place): string {
  const server = (address: string) => /([a-z]+)[a-z-]*\.[a-z-]+\.svc/.exec(address)?.[1];
  const other = all.find((one) => one.place.stack === stack && server(one.value) !== server(value));
  if (other === undefined) throw new Error(`no other address than ${value}`);
  return other.value;
}
