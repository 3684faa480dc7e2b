import { cause, harmful } from "../making";
import type { Generator, Harmful, World } from "../mutation";
import { otherOf, placesOf, type Place } from "./places";

const { plan } = harmful("reachability");

const SAYS = /certificate|secret|issuer|sign|trust|CA\b|name|TLS|there|self/i;

/** Each certificate that something waits for: left out, in another Secret, elsewhere, signed by itself, and with another's names. */
export const certificates: Generator<Harmful> = (world) => {
  const all = placesOf(world, ["Certificate"]).filter((place) => isUsed(world, place));
  const of = ({ name, inputs }: Place) => cause([name, inputs.spec.secretName], SAYS);
  const some = (slip: string, harm: (place: Place) => string, edit: (inputs: any, place: Place) => void, from = all) =>
    world.random
      .some(2, from)
      .map((place) =>
        plan({ id: `${slip}:${place.at}`, stack: place.stack, harm: harm(place), cause: of(place) }, (edited) =>
          edit(edited.inputs("Certificate", place.ref), place),
        ),
      );
  const waits = ({ inputs }: Place) => `who uses the Secret ${inputs.spec.secretName} waits for it for ever`;
  const ofServers = all.filter((place) => place.inputs.spec.usages?.includes("server auth") && !isAskedInTheClear(world, place));
  return [
    ...world.random.some(3, all).map((place) =>
      plan(
        {
          id: `certificate-left-out:${place.at}`,
          stack: place.stack,
          harm: `nobody makes it: ${waits(place)}`,
          cause: of(place),
        },
        (edited) => edited.drop("Certificate", place.ref),
      ),
    ),
    ...some("certificate-in-a-secret-of-another-name", waits, ({ spec }) => (spec.secretName += "-v2")),
    ...some(
      "certificate-elsewhere",
      (place) => `it is made in another namespace: ${waits(place)}`,
      ({ metadata }) => (metadata.namespace = "default"),
    ),
    ...some(
      "certificate-of-the-wrong-issuer",
      ({ name }) => `nobody trusts the issuer of ${name}: it signs with nothing but itself`,
      ({ spec }) => (spec.issuerRef.name = "mes-bootstrap"),
      all.filter(({ inputs }) => inputs.spec.issuerRef.name === "mes-ca"),
    ),
    ...world.random.some(3, ofServers).flatMap((place) => {
      const other = otherOf(world, place);
      if (other === undefined) return [];
      return plan(
        {
          id: `certificate-with-anothers-names:${place.at}`,
          stack: place.stack,
          harm: `${place.name} has the names of ${other.name}: clients refuse it`,
          cause: of(place),
        },
        (edited) => (edited.spec("Certificate", place.ref).dnsNames = structuredClone(other.inputs.spec.dnsNames ?? ["other"])),
      );
    }),
  ];
};

/** Whether clients talk to its server without TLS: its names are of no consequence then, as those of a certificate for clients. */
function isAskedInTheClear({ plans }: World, { stack, inputs }: Place): boolean {
  const text = JSON.stringify(plans[stack].resources.map((resource) => resource.inputs));
  return (inputs.spec.dnsNames ?? []).some((name: string) => text.includes(`http://${name}:`));
}

/** Whether something of the plan names its Secret: where nothing does, nobody misses it. */
function isUsed({ plans }: World, { stack, inputs, namespace }: Place): boolean {
  const { secretName } = inputs.spec;
  return plans[stack].resources.some((resource) => {
    const other = resource.inputs as any;
    if (other.kind === "Certificate") return false;
    if (other.kind === "ClusterIssuer") return other.spec.ca?.secretName === secretName;
    const isNear = [other.metadata?.namespace, other.namespace].includes(namespace);
    return isNear && JSON.stringify(other).includes(`"${secretName}"`);
  });
}
