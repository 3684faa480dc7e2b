import { didYouMean, nearest } from "../../../components/schema";

const KNOWN = ["cluster", "images", "roles", "gpus", "cpu"];

describe("a name that is not known", () => {
  it.each([
    ["rolse", "roles"],
    ["Cluster", "cluster"],
    ["image", "images"],
    ["gpu", "gpus"],
    ["clutser", "cluster"],
  ])("%s was probably meant as %s", (name, meant) => {
    expect(nearest(name, KNOWN)).toBe(meant);
    expect(didYouMean(name, KNOWN)).toBe(`; did you mean ${meant}? Known here are cluster, cpu, gpus, images, roles`);
  });

  it.each(["weather", "x", ""])("%p was meant as nothing that is known", (name) => {
    if (name !== "x") expect(nearest(name, ["cluster", "images"])).toBeUndefined();
    expect(didYouMean(name, ["cluster", "images"])).toBe("; known here are cluster, images");
  });

  it("is not guessed where nothing is known", () => {
    expect(didYouMean("x", [])).toBe("");
  });

  it("gets a list that ends somewhere", () => {
    const many = Array.from({ length: 50 }, (_, index) => `name-${index + 10}`);
    expect(didYouMean("weather", many)).toMatch(/^; known here are name-10, .*name-39, and 20 more$/);
  });
});
