import { nearest } from "../../../../components/schema/did-you-mean";
import { configFiles } from "../../../kubernetes/config-files";
import type { Inventory } from "../../../kubernetes/inventory";
import { title } from "../../../kubernetes/objects";
import { containersOf } from "../../../kubernetes/pods";
import { entriesAt } from "../../../kubernetes/value";
import { reporter, type Finding } from "../../rule";
import { readYaml } from "../plain-yaml";
import { Judge, Shapes, type Problem } from "../shapes";
import { collectorNotation } from "./notation";
import { kept, ordered, used } from "./order";
import { collectorRefuses, typeOf } from "./refuses";
import { reading, remembering, sending } from "./sends";
import { filtering, listening, naming, resolving, seen } from "./serves";
import { pipelinesOf, type Collector, type Danger } from "./system";
import { COLLECTOR_KEYS } from "./table";

const { error, warning } = reporter("configurations-accepted");

let judge: Judge | undefined;

/** Blocks of components by kind and type, as `processors/memorylimiter`. */
let blocks: ReadonlyMap<string, string> | undefined;

/** Configurations of collectors: what they refuse, and what makes them lose or hide what is sent to them. */
export function collectorFindings(known: Inventory): Finding[] {
  return known.pods.flatMap((group) =>
    configFiles(group, known)
      .filter(({ text }) => /^service:\n(?:.*\n)*? +pipelines:/m.test(text))
      .flatMap((file) => {
        const finding = (severity: "error" | "warning", message: string) =>
          (severity === "error" ? error : warning)(file.resource, file.path, message);
        let root: unknown;
        try {
          root = readYaml(file.text);
        } catch (reason) {
          return [finding("error", `is no YAML: ${String((reason as Error).message).split("\n")[0] ?? ""}`)];
        }
        const [container] = containersOf(group.spec);
        const collector: Collector = { group, container, file, root, known, pipelines: pipelinesOf(root) };
        return [
          ...collectorProblems(root).map(({ path, message }) =>
            finding("error", `${path} ${message}: ${title(group.object)} does not start`),
          ),
          ...dangers(collector)
            .filter(([, is]) => is)
            .map(([path, , severity, message]) => finding(severity, `${path} ${message}`)),
        ];
      }),
  );
}

/** What a collector refuses when it reads its configuration. */
function collectorProblems(root: unknown): Problem[] {
  const own = (judge ??= new Judge(new Shapes(COLLECTOR_KEYS), collectorNotation));
  blocks ??= new Map(
    [...COLLECTOR_KEYS.matchAll(/^=((receivers|processors|exporters|connectors|extensions)\/\w+)$/gm)].map(
      ([, block = "", kind = ""]) => [`${kind}/${typeOf(kind, block.slice(kind.length + 1))}`, block],
    ),
  );
  const all = blocks;
  return [
    ...own.problems("root", root, ""),
    ...["receivers", "processors", "exporters", "connectors", "extensions"].flatMap((kind) =>
      entriesAt(root, kind).flatMap(([id, settings]): Problem[] => {
        const block = all.get(`${kind}/${typeOf(kind, id)}`);
        if (block !== undefined) return own.problems(block, settings, `${kind}.${id}`);
        const types = [...all.values()].filter((one) => one.startsWith(`${kind}/`)).map((one) => one.slice(kind.length + 1));
        const near = nearest(id.split("/")[0] ?? "", types);
        return near === undefined || typeOf(kind, id) === "healthcheckv2"
          ? []
          : [{ path: `${kind}.${id}`, message: `is of no type that there is; use ${near}` }];
      }),
    ),
    ...collectorRefuses(root),
  ];
}

function dangers(collector: Collector): Danger[] {
  return [
    ...ordered(collector),
    ...used(collector),
    ...kept(collector),
    ...sending(collector),
    ...remembering(collector),
    ...reading(collector),
    ...listening(collector),
    ...seen(collector),
    ...naming(collector),
    ...resolving(collector),
    ...filtering(collector),
  ];
}
