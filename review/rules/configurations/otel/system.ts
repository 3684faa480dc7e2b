import type { ConfigFile } from "../../../kubernetes/config-files";
import type { Inventory } from "../../../kubernetes/inventory";
import type { PodGroup } from "../../../kubernetes/pods";
import { entriesAt, listAt } from "../../../kubernetes/value";
import { typeOf } from "./refuses";

/** Pods of a collector, and the configuration that they have. */
export interface Collector {
  readonly group: PodGroup;
  readonly container: unknown;
  readonly file: ConfigFile;
  readonly root: unknown;
  readonly known: Inventory;
  readonly pipelines: readonly Pipeline[];
}

export interface Pipeline {
  readonly name: string;
  readonly path: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** Something that a collector takes, and that loses or hides what is sent: at a key, how bad it is, and what it does. */
export type Danger = readonly [path: string, is: boolean, severity: "error" | "warning", message: string];

export function pipelinesOf(root: unknown): Pipeline[] {
  const names = (pipeline: unknown, kind: string) => listAt(pipeline, kind).map(String);
  return entriesAt(root, "service", "pipelines").map(([name, one]) => ({
    name,
    path: `service.pipelines.${name}`,
    receivers: names(one, "receivers"),
    processors: names(one, "processors"),
    exporters: names(one, "exporters"),
  }));
}

/** Components of a type, by their paths. @param type without `_`, as `memorylimiter` */
export function componentsOf(
  root: unknown,
  kind: string,
  type: string,
): { readonly id: string; readonly path: string; readonly settings: unknown }[] {
  return entriesAt(root, kind)
    .filter(([id]) => typeOf(kind, id) === type)
    .map(([id, settings]) => ({ id, path: `${kind}.${id}`, settings }));
}
