/** Small slips in an object, made of its own leaves: the generator knows nothing of schemas or rules. */

type Path = readonly (string | number)[];
export interface Mutant {
  /** What was changed, e.g. `spec.replicas = "3"`. */
  readonly name: string;
  readonly object: Record<string, unknown>;
}

/** What may stand in the place of a value. */
function others(value: unknown): unknown[] {
  if (typeof value === "string")
    return ["", `${value}!`, value.toUpperCase(), 7, true, {}, [value], `${value} `, "x".repeat(300)];
  if (typeof value === "number") return [String(value), -value - 1, value + 0.5, value * 1000, true, {}, "many"];
  if (typeof value === "boolean") return [String(value), "yes", Number(value)];
  if (Array.isArray(value)) return [{}, "none", value[0] === undefined ? [null] : [...(value as unknown[]), value[0]], [{}], [7]];
  return [[], "none", 7];
}

/** A name as fingers slip over it: two letters in the other order, one twice, one left out. */
function misspelt(key: string): string[] {
  const at = Math.floor(key.length / 2);
  return [
    key.slice(0, at - 1) + (key[at] ?? "") + (key[at - 1] ?? "") + key.slice(at + 1),
    key.slice(0, at) + (key[at] ?? "") + key.slice(at),
    key.slice(0, at) + key.slice(at + 1),
  ].filter((other) => other !== key && other !== "");
}

/** Every slip of every place in an object, but for its own kind, version, name and namespace. */
export function mutantsOf(object: Readonly<Record<string, unknown>>): Mutant[] {
  const mutants: Mutant[] = [];
  const add = (name: string, path: Path, change: (parent: any, key: string | number) => void) => {
    const copy = structuredClone(object) as Record<string, unknown>;
    let parent: any = copy;
    for (const key of path.slice(0, -1)) parent = parent[key];
    change(parent, path.at(-1) ?? "");
    mutants.push({ name, object: copy });
  };
  for (const path of placesOf(object)) {
    const shown = path.join(".");
    const value = path.reduce<any>((parent, key) => parent[key], object);
    for (const other of others(value))
      add(`${shown} = ${JSON.stringify(other).slice(0, 60)}`, path, (parent, key) => (parent[key] = other));
    const key = path.at(-1);
    if (typeof key !== "string") continue;
    add(`without ${shown}`, path, (parent) => delete parent[key]);
    for (const name of misspelt(key)) {
      add(`${shown} as ${name}`, path, (parent) => {
        parent[name] = parent[key];
        delete parent[key];
      });
    }
  }
  return mutants;
}

const FIXED = /^(?:apiVersion|kind|metadata|metadata\.(?:name|namespace))$/;

function placesOf(value: unknown, path: Path = []): Path[] {
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, one]) => placesOf(one, [...path, Array.isArray(value) ? Number(key) : key]))
      : [];
  return path.length === 0 || FIXED.test(path.join(".")) ? inner : [path, ...inner];
}
