import { bytesAt, textAt } from "../kubernetes/value";
import { effectOf, type Changed, type Effect } from "./effect";

/** How volumes that are there follow another size: the operator changes their claims, or nobody does. */
type Resizing = "online" | "never";

/**
 * What becomes of volumes that are there when their size or class is another one.
 * @param places where each is described: `size`, or a claim's `resources.requests.storage` and `storageClassName`, are below
 */
export function volumeEffects(changed: Changed, places: readonly (readonly string[])[], resizing: Resizing): Effect[] {
  return places.flatMap((place) => [...sizeEffects(changed, place, resizing), ...classEffects(changed, place)]);
}

const SIZES: readonly (readonly string[])[] = [["size"], ["storage"], ["resources", "requests", "storage"]];

function sizeEffects(changed: Changed, place: readonly string[], resizing: Resizing): Effect[] {
  return SIZES.flatMap((rest) => {
    const path = [...place, ...rest];
    const [was, is] = [bytesAt(changed.was, ...path), bytesAt(changed.is, ...path)];
    if (was === undefined || is === undefined || was === is) return [];
    const pattern = new RegExp(`^${path.join("\\.")}$`);
    const sizes = `${String(textAt(changed.was, ...path))} to ${String(textAt(changed.is, ...path))}`;
    if (is < was) return effectOf(changed, pattern, "refused", `volumes cannot shrink from ${sizes}: it is refused`);
    return resizing === "online"
      ? effectOf(
          changed,
          pattern,
          "acts",
          `volumes grow from ${sizes} while they are in use, where their class allows it (allowVolumeExpansion)`,
        )
      : effectOf(
          changed,
          pattern,
          "refused",
          `volumes that are there do not grow this way from ${sizes}: change their claims by hand`,
        );
  });
}

const CLASSES = ["storageClass", "storageClassName"];

function classEffects(changed: Changed, place: readonly string[]): Effect[] {
  return CLASSES.flatMap((field) =>
    effectOf(
      changed,
      new RegExp(`^${[...place, field].join("\\.")}$`),
      "refused",
      "volumes that are there stay of the class that they have: only new ones get the other",
    ),
  );
}
