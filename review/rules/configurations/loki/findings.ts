import { configFiles } from "../../../kubernetes/config-files";
import type { Inventory } from "../../../kubernetes/inventory";
import { title } from "../../../kubernetes/objects";
import { reporter, type Finding } from "../../rule";
import { readYaml } from "../plain-yaml";
import { Judge, Shapes } from "../shapes";
import { holding, keeping } from "./keeps";
import { lokiNotation } from "./notation";
import { lokiRefuses } from "./refuses";
import { copies, together } from "./ring";
import { searching, shown } from "./searches";
import { encrypted, serving } from "./serves";
import type { Danger, Loki } from "./system";
import { LOKI_KEYS } from "./table";
import { bounds, taking } from "./takes";

const { error, warning } = reporter("configurations-accepted");

let judge: Judge | undefined;

/** Configurations of Loki: what it refuses, and what makes it refuse, lose or hide what others send. @param today the day of the plan, as 2026-01-31 */
export function lokiFindings(known: Inventory, today: string | undefined): Finding[] {
  return known.pods.flatMap((group) =>
    configFiles(group, known)
      .filter(({ text }) => /^schema_config:/m.test(text))
      .flatMap((file) => {
        const finding = (severity: "error" | "warning", message: string) =>
          (severity === "error" ? error : warning)(file.resource, file.path, message);
        let root: unknown;
        try {
          root = readYaml(file.text);
        } catch (reason) {
          return [finding("error", `is no YAML: ${String((reason as Error).message).split("\n")[0] ?? ""}`)];
        }
        judge ??= new Judge(new Shapes(LOKI_KEYS), lokiNotation);
        const refused = [...judge.problems("loki", root, ""), ...lokiRefuses(root)];
        const loki: Loki = { group, file, root, known, pods: Math.max(1, known.scale(group).min) };
        return [
          ...refused.map(({ path, message }) => finding("error", `${path} ${message}: ${title(group.object)} does not start`)),
          ...dangers(loki, today)
            .filter(([, is]) => is)
            .map(([path, , severity, message]) => finding(severity, `${path} ${message}`)),
        ];
      }),
  );
}

function dangers(loki: Loki, today: string | undefined): Danger[] {
  return [
    ...taking(loki),
    ...bounds(loki),
    ...searching(loki),
    ...shown(loki),
    ...keeping(loki, today),
    ...holding(loki),
    ...together(loki),
    ...copies(loki),
    ...serving(loki),
    ...encrypted(loki),
  ];
}
