import type { Inventory } from "./inventory";
import type { PodGroup } from "./pods";
import { entriesAt, listAt, textAt } from "./value";
import type { Resource } from "../plan/plan";

/** A text that pods read as a file. */
export interface ConfigFile {
  /** The ConfigMap. */
  readonly resource: Resource;
  /** Path in its inputs. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Files of the ConfigMaps that a pod mounts. */
export function configFiles(
  { spec, namespace }: Pick<PodGroup, "spec" | "namespace">,
  known: Pick<Inventory, "find">,
): ConfigFile[] {
  return listAt(spec, "volumes").flatMap((volume) => {
    const name = textAt(volume, "configMap", "name");
    const config = name === undefined ? undefined : known.find("ConfigMap", namespace, name);
    if (config === undefined) return [];
    return entriesAt(config.resource.inputs, "data").flatMap(([key, text]) =>
      typeof text === "string" ? [{ resource: config.resource, path: ["data", key], text }] : [],
    );
  });
}
