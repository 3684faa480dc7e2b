import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { listAt, textAt } from "../../kubernetes/value";
import { seconds } from "../../promql/duration";
import { reporter, type Finding } from "../rule";

const { error } = reporter("alerts-delivered");

/** Ranges that reach back further than Prometheus keeps, or hold no two samples. */
export function rangeFindings({ spec }: KubeObject, known: Inventory): Finding[] {
  const retention = seconds(textAt(spec, "retention") ?? "24h") ?? Infinity;
  const interval = seconds(textAt(spec, "scrapeInterval") ?? "30s") ?? 0;
  return known.ofKind("PrometheusRule").flatMap((object) =>
    listAt(object.spec, "groups").flatMap((group, i) =>
      listAt(group, "rules").flatMap((rule, j) => {
        const expr = textAt(rule, "expr") ?? "";
        const path = ["spec", "groups", i, "rules", j, "expr"];
        const which = textAt(rule, "alert") ?? textAt(rule, "record") ?? "";
        const ranges = [...expr.matchAll(/\[\s*([\d.a-z]+)\s*(:[^\]]*)?\]/g)].map(([, range = "", sub]) => ({
          range,
          of: seconds(range),
          sub,
        }));
        const back = [...expr.matchAll(/\boffset\s+([\da-z]+)/g)].map(([, range = ""]) => ({
          range,
          of: seconds(range),
          sub: undefined,
        }));
        const long = [...ranges, ...back].filter(({ of }) => of !== undefined && of > retention);
        const short = ranges.filter(({ of, sub }) => of !== undefined && sub === undefined && of < 2 * interval);
        return [
          ...long.map(({ range }) =>
            error(
              object.resource,
              path,
              `${which} looks back ${range}, and Prometheus keeps ${textAt(spec, "retention") ?? "24h"} (mes:monitoring.prometheus.retention)`,
            ),
          ),
          ...short.map(({ range }) =>
            error(
              object.resource,
              path,
              `${which} takes a range of ${range}, in which there are no two samples, as Prometheus asks every ${interval} s; take ${4 * interval} s or more`,
            ),
          ),
        ];
      }),
    ),
  );
}
