import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";
import { placesOf, type Place } from "./places";

const { plan } = harmful("alerts that cannot fire");

const SAYS = /alert|rule|label|select|load|namespace|interval|evaluat|missing|runbook|record|no /i;

/** Each group of alerts: left out, not selected, elsewhere, and looked at too rarely. */
export const alerts: Generator<Harmful> = (world) => {
  const all = placesOf(world, ["PrometheusRule"]).filter((place) => alertsOf(place).length > 0);
  const some = (slip: string, harm: string, edit: (inputs: any) => void, from = all) =>
    world.random.some(2, from).map((place) =>
      plan(
        {
          id: `${slip}:${place.at}`,
          stack: place.stack,
          harm: `${harm}: ${alertsOf(place).join(", ")}`,
          cause: cause([place.name, ...alertsOf(place)], SAYS),
        },
        (edited) => edit(edited.inputs("PrometheusRule", place.ref)),
      ),
    );
  return [
    ...world.random.some(3, all).map((place) =>
      plan(
        {
          id: `alerts-left-out:${place.at}`,
          stack: place.stack,
          harm: `nobody is told of ${alertsOf(place).join(", ")}`,
          cause: cause([place.name, ...alertsOf(place)], SAYS),
        },
        (edited) => edited.drop("PrometheusRule", place.ref),
      ),
    ),
    ...some("alerts-not-selected", "Prometheus selects other labels than these", ({ metadata }) => {
      metadata.labels = { ...metadata.labels, "mes.platform/prometheus": "metrics" };
    }),
    ...some("alerts-elsewhere", "Prometheus looks for rules in its own namespace", ({ metadata }) => {
      metadata.namespace = "mes-operators";
    }),
    ...some(
      "pages-looked-at-twice-a-day",
      "they are to wake somebody, and are looked at twice a day",
      ({ spec }) => {
        for (const group of spec.groups) group.interval = "12h";
      },
      all.filter(({ inputs }) => JSON.stringify(inputs).includes('"severity":"page"')),
    ),
    ...some("alerts-emptied", "the group has no alert any more", ({ spec }) => {
      for (const group of spec.groups) group.rules = group.rules.filter(({ alert }: any) => alert === undefined);
    }),
  ];
};

function alertsOf({ inputs }: Place): string[] {
  return inputs.spec.groups.flatMap(({ rules }: any) => rules.flatMap(({ alert }: any) => alert ?? []));
}
