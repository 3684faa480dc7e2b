import type { KubeObject } from "./objects";
import { leaves } from "./value";

/** A field that names an image. */
export interface ImageUse {
  readonly object: KubeObject;
  readonly path: readonly (string | number)[];
  readonly image: string;
}

/** Fields of pods and of operators' custom resources that name an image. */
const FIELDS = ["image", "imageName"];

/** Every image that an object names. */
export function imagesOf(object: KubeObject): ImageUse[] {
  if (object.kind === "CustomResourceDefinition") return [];
  return leaves(object.spec, ["spec"]).flatMap(([path, value]) =>
    FIELDS.includes(String(path.at(-1))) && typeof value === "string" && value !== "" ? [{ object, path, image: value }] : [],
  );
}
