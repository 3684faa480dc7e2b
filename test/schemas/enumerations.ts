import * as fs from "node:fs";
import * as path from "node:path";

/** Texts that fields may have, by the name of the schema in the OpenAPI, and by field. */
export type Enumerations = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Marked as an enumeration, and open all the same: the API server takes further texts. */
const OPEN = [/^core\/v1\.(?:Finalizer|Namespace|Resource|PersistentVolume|Volume|Node|Event|Condition|UID)/];

/**
 * Reads the types that are marked `+enum` in the sources of k8s.io/api. The checked-in OpenAPI of Kubernetes is made without them.
 *
 * @param folder of the module k8s.io/api
 */
export function enumerations(folder: string): Enumerations {
  const found: Record<string, Record<string, string[]>> = {};
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const [, group = "", version = ""] = /^(\w+)\/(v\d+)\/types\.go$/.exec(file) ?? [];
    if (group === "") continue;
    const source = fs.readFileSync(path.join(folder, file), "utf8");
    const values = valuesOf(source, `${group}/${version}`);
    for (const [, name = "", body = ""] of source.matchAll(/^type (\w+) struct \{\n([^]*?)^\}/gm)) {
      for (const [, type = "", field = ""] of body.matchAll(/^\s+\w+\s+(?:\[\]|\*)?(\w+)\s+`json:"(\w+)/gm)) {
        const texts = values.get(type);
        if (texts !== undefined) (found[`io.k8s.api.${group}.${version}.${name}`] ??= {})[field] = texts;
      }
    }
  }
  return found;
}

/** Constants of each enumeration. */
function valuesOf(source: string, from: string): Map<string, string[]> {
  const types = [...source.matchAll(/^\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => !OPEN.some((open) => open.test(`${from}.${name}`)));
  return new Map(
    types.map((type) => [
      type,
      [...source.matchAll(new RegExp(`^\\s*(?:const )?\\w+\\s+${type}\\s*=\\s*"([^"]*)"`, "gm"))].map(([, text = ""]) => text),
    ]),
  );
}
