import { isPlaceholder } from "../../stacks/config/placeholders";
import { inventory } from "../kubernetes/inventory";
import { imagesOf } from "../kubernetes/images";
import { count, reporter, type Rule } from "./rule";

const name = "no-placeholders";
const { warning } = reporter(name);

export const noPlaceholders: Rule = {
  name,
  title: "Names, addresses and accounts are real ones, not those of examples.",
  why: "Nobody owns example.com: an image is not found there, an order does not arrive, and nobody reads the mail.",
  check: (plan) => {
    const [stack] = plan.resources;
    if (stack === undefined) return [];
    const stated = (plan.facts?.placeholders ?? []).map(({ key, value, line }) => ({ value, text: `${key} (line ${line})` }));
    const images = new Set(
      inventory(plan)
        .objects.flatMap(imagesOf)
        .map(({ image }) => image)
        .filter((image) => isPlaceholder(image) && !stated.some(({ value }) => image.includes(value))),
    );
    const all = [
      ...[...images].sort().map((image) => `the image ${image} (mes:images.overrides)`),
      ...stated.map(({ text }) => text),
    ];
    if (all.length === 0) return [];
    const what = `${count(all.length, "value is an example", "values are examples")}`;
    const finding = warning(stack, "", `${what}, to be replaced by your own: ${all.join(", ")}`);
    const [first] = plan.facts?.placeholders ?? [];
    return [{ ...finding, source: first === undefined ? undefined : { file: first.file, line: first.line } }];
  },
};
