import { objectsOf } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful, World } from "../mutation";
import { placesOf, type Place } from "./places";

const { plan } = harmful("cannot run or deploy");

const SAYS =
  /secret|ConfigMap|key|there|nobody|unknown|volume|mount|variable|password|user|certificate|file|set|missing|found|name/i;

/** Where a pod names a Secret or a ConfigMap: a variable of its first container, or a volume. */
interface Reference {
  readonly place: Place;
  readonly at: string;
  readonly object: string;
  readonly kind: "Secret" | "ConfigMap";
  /** The reference in the pod's spec, to be changed. */
  readonly find: (pod: any) => { holder: any; field: "name" | "secretName"; key: any };
}

/** Each reference of a pod to a Secret or a ConfigMap: unknown, of an unknown key, to another one, and to one that is elsewhere or not made. */
export const references: Generator<Harmful> = (world) => {
  const all = placesOf(world, ["Deployment", "StatefulSet", "DaemonSet", "CronJob"]).flatMap(referencesOf);
  const some = (
    count: number,
    slip: string,
    harm: (reference: Reference) => string,
    edit: (pod: any, one: Reference) => void,
    from = all,
  ) =>
    world.random.some(count, from).map((one) =>
      plan(
        {
          id: `${slip}:${one.place.at}/${one.at}`,
          stack: one.place.stack,
          harm: harm(one),
          cause: cause([one.place.name, one.object], SAYS),
        },
        (edited) => edit(edited.pod(one.place.kind, one.place.ref), one),
      ),
    );
  return [
    ...some(
      4,
      "reference-unknown",
      ({ place, kind, object }) => `there is no ${kind} ${object}-v2: pods of ${place.name} never start`,
      (pod, { find }) => {
        const { holder, field } = find(pod);
        holder[field] += "-v2";
      },
    ),
    ...some(
      4,
      "reference-of-an-unknown-key",
      ({ place, kind, object }) => `the ${kind} ${object} has no such key: pods of ${place.name} never start`,
      (pod, { find }) => (find(pod).key.key += "-v2"),
      all.filter(hasKey),
    ),
    ...some(
      4,
      "reference-to-another",
      ({ place, kind, object }) =>
        `pods of ${place.name} get another ${kind} than ${object}: its keys, or what is in them, are not theirs`,
      (pod, { find, place, object, kind }) => {
        const { holder, field } = find(pod);
        holder[field] = anotherThan(world, place, kind, object);
      },
      all.filter(({ place, kind, object }) => anotherThan(world, place, kind, object) !== undefined),
    ),
    ...objects(world, all),
  ];
};

function objects({ random, plans }: World, all: readonly Reference[]): Harmful[] {
  const declared = all.filter(({ place, kind, object }) =>
    objectsOf(plans[place.stack], kind).some(({ ref }) => ref === `${place.namespace}/${object}`),
  );
  const of = ({ place, object }: Reference) => cause([place.name, object], SAYS);
  return [
    ...random.some(4, declared).map((one) =>
      plan(
        {
          id: `object-not-made:${one.place.at}/${one.at}`,
          stack: one.place.stack,
          harm: `nobody makes the ${one.kind} ${one.object}: pods of ${one.place.name} never start`,
          cause: of(one),
        },
        (edited) => edited.drop(one.kind, `${one.place.namespace}/${one.object}`),
      ),
    ),
    ...random.some(4, declared).map((one) =>
      plan(
        {
          id: `object-elsewhere:${one.place.at}/${one.at}`,
          stack: one.place.stack,
          harm: `the ${one.kind} ${one.object} is made in another namespace: pods of ${one.place.name} never start`,
          cause: of(one),
        },
        (edited) => (edited.inputs(one.kind, `${one.place.namespace}/${one.object}`).metadata.namespace = "default"),
      ),
    ),
  ];
}

function referencesOf(place: Place): Reference[] {
  const pod = place.inputs.spec.jobTemplate?.spec.template.spec ?? place.inputs.spec.template.spec;
  const variables = (pod.containers[0].env ?? []).flatMap(({ name, valueFrom }: any) => {
    const from = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
    if (from === undefined) return [];
    const kind = valueFrom.secretKeyRef === undefined ? "ConfigMap" : "Secret";
    const find = (spec: any) => {
      const found = spec.containers[0].env.find((one: any) => one.name === name).valueFrom;
      const holder = found.secretKeyRef ?? found.configMapKeyRef;
      return { holder, field: "name", key: holder };
    };
    return [{ place, at: name, object: from.name, kind, find }];
  });
  const volumes = (pod.volumes ?? []).flatMap(({ name, secret, configMap }: any) => {
    const from = secret ?? configMap;
    if (from === undefined) return [];
    const field = secret === undefined ? "name" : "secretName";
    const find = (spec: any) => {
      const found = spec.volumes.find((one: any) => one.name === name);
      const holder = found.secret ?? found.configMap;
      return { holder, field, key: holder.items?.[0] };
    };
    return [{ place, at: name, object: from[field], kind: secret === undefined ? "ConfigMap" : "Secret", find }];
  });
  return [...variables, ...volumes];
}

function hasKey({ place, find }: Reference): boolean {
  return find(place.inputs.spec.jobTemplate?.spec.template.spec ?? place.inputs.spec.template.spec).key !== undefined;
}

function anotherThan({ plans }: World, place: Place, kind: string, object: string): string | undefined {
  return objectsOf(plans[place.stack], kind).find(({ name, namespace }) => namespace === place.namespace && name !== object)
    ?.name;
}
