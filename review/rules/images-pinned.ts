import { inventory } from "../kubernetes/inventory";
import { imagesOf } from "../kubernetes/images";
import { count, listed, reporter, type Finding, type Rule } from "./rule";

const name = "images-pinned";
const { error, warning } = reporter(name);

export const imagesPinned: Rule = {
  name,
  title: "Every image has a tag, which is not `latest`; where the stack requires it, a digest too.",
  why: "`latest` and a missing tag are another program tomorrow, in half of the pods; a tag can be moved, a digest cannot.",
  check: (plan) => {
    const images = inventory(plan).objects.flatMap(imagesOf);
    const moving = images.filter(({ image }) => !isPinned(image));
    const undigested = images.filter((one) => isPinned(one.image) && !one.image.includes("@sha256:"));
    const findings: Finding[] = moving.map(({ object, path, image }) =>
      error(object.resource, path, `${image} may be another image tomorrow; name a version`),
    );
    const [first] = undigested;
    if (first === undefined) return findings;
    if (plan.facts?.requireDigest === true) {
      return [
        ...findings,
        ...undigested.map(({ object, path, image }) =>
          error(object.resource, path, `${image} has no digest; set it in mes:images.overrides, as sha256:…`),
        ),
      ];
    }
    const names = [...new Set(undigested.map(({ image }) => image))].sort();
    const message = `${count(names.length, "image")} named by tag alone (${listed(names, 3)}); a tag can be moved: set digests in mes:images.overrides, and mes:images.requireDigest to keep them`;
    return [...findings, warning(first.object.resource, first.path, message)];
  },
};

function isPinned(image: string): boolean {
  if (image.includes("@sha256:")) return true;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== "latest";
}
