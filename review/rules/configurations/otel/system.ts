import { entriesAt, listAt } from "../../../kubernetes/value";
import type { Configured } from "../configured";
import { typeOf } from "./refuses";

/** Pods of a collector, and the configuration that they have. */
export interface Collector extends Configured {
  readonly container: unknown;
  readonly pipelines: readonly Pipeline[];
}

export interface Pipeline {
  readonly name: string;
  readonly path: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

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
