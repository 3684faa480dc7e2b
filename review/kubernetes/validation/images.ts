import { imagesOf } from "../images";
import type { KubeObject } from "../objects";
import { hidden, type Problem } from "./problem";

const HOST = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?|\[[A-Fa-f0-9:]+\](?::\d+)?`;
const PART = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
/** Source: https://github.com/distribution/reference/blob/v0.6.0/reference.go */
const REFERENCE = new RegExp(
  String.raw`^(?:(?:${HOST})/)?${PART}(?:/${PART})*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9A-Fa-f]{32,})?$`,
);

/** Images that no node can ask for. */
export function imageProblems(object: KubeObject): Problem[] {
  return imagesOf(object)
    .filter(({ image }) => !hidden(image) && !REFERENCE.test(image))
    .map(({ path, image }) => ({
      path,
      message: `"${image}" is no name of an image, so that it is never pulled; write it as HOST/NAME:TAG, the name in small letters, without spaces`,
    }));
}
