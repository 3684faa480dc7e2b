import type { ImageName } from "../images/catalogue";
import { pullSecretNames, resolveImage } from "../images/resolve";
import type { Environment } from "../platform";

/** The image of a custom resource that takes `imageName` and `imagePullPolicy`. */
export function imageOf(environment: Environment, name: ImageName) {
  const { reference, pullPolicy } = resolveImage(environment.images, name);
  return { imageName: reference, imagePullPolicy: pullPolicy };
}

/** Names of pull secrets, as a pod's spec has them; undefined if there are none. */
export function pullSecretReferences(environment: Environment): { name: string }[] | undefined {
  const names = pullSecretNames(environment.images);
  return names.length === 0 ? undefined : names.map((name) => ({ name }));
}
