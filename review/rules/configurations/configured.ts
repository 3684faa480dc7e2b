import { parse } from "yaml";
import { configFiles, type ConfigFile } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { reporter, type Finding } from "../rule";
import type { Problem } from "./shapes";

const { error, warning } = reporter("configurations-accepted");

/** Pods of a program, and the configuration that they have. */
export interface Configured {
  readonly group: PodGroup;
  readonly file: ConfigFile;
  /** Its values. */
  readonly root: unknown;
  readonly known: Inventory;
}

/** Something that a program takes, and by which it loses or hides what is sent to it: at a key, how bad it is, and what it does. */
export type Danger = readonly [path: string, is: boolean, severity: "error" | "warning", message: string];

/** How the configuration of a program is known and judged. */
export interface Program {
  /** What a file of it has and no other. */
  readonly has: RegExp;
  /** Why it does not start. */
  readonly refused: (root: unknown) => readonly Problem[];
  readonly dangers: (configured: Configured) => readonly Danger[];
}

/** Findings on the YAML files of a program, wherever pods mount them. */
export function findingsOfProgram(known: Inventory, { has, refused, dangers }: Program): Finding[] {
  return known.pods.flatMap((group) =>
    configFiles(group, known)
      .filter(({ text }) => has.test(text))
      .flatMap((file) => {
        const finding = (severity: Danger[2], message: string) =>
          (severity === "error" ? error : warning)(file.resource, file.path, message);
        let root: unknown;
        try {
          root = parse(file.text, { logLevel: "error" });
        } catch (reason) {
          return [finding("error", `is no YAML: ${String((reason as Error).message).split("\n")[0] ?? ""}`)];
        }
        return [
          ...refused(root).map(({ path, message }) =>
            finding("error", `${path} ${message}: ${title(group.object)} does not start`),
          ),
          ...dangers({ group, file, root, known })
            .filter(([, is]) => is)
            .map(([path, , severity, message]) => finding(severity, `${path} ${message}`)),
        ];
      }),
  );
}
