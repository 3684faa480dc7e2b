import fc from "fast-check";
import { circleIn, expanded, inOrder, readBy, referencesIn } from "../../../../components/mes/role/templates";
import { asKubelet } from "../kubelet";

describe("references in a text", () => {
  it.each<[string, string[]]>([
    ["$(A)", ["A"]],
    ["a $(B) c $(D)$(B)", ["B", "D"]],
    ["$$(A)", []],
    ["$$$(A)", ["A"]],
    ["$(", []],
    ["$A ${B}", []],
    ["$(spring.datasource.url)", ["spring.datasource.url"]],
  ])("%s names %j", (text, names) => {
    expect(referencesIn(text)).toEqual(names);
  });

  it("become values, as the kubelet does it; what is not known stays", () => {
    const values: Record<string, string> = { A: "1", B: "$(A)" };
    const texts = ["$(A)", "$$(A)", "$$$(A)", "$(C) $(A", "$A$", "x$(B)$$", "$(A)$(B)", "a$$b"];
    for (const text of texts)
      expect([text, expanded(text, (name) => values[name])]).toEqual([text, asKubelet({ A: "1", B: "$$(A)", T: text }).T]);
  });
});

describe("the order of variables", () => {
  it("puts each after those that it refers to, and leaves the others where they are", () => {
    const env = { URL: "$(USER)@$(HOST)", FIRST: "1", USER: "u", HOST: "$(USER).example", LAST: "$(URL)" };
    expect(Object.keys(inOrder(env))).toEqual(["USER", "HOST", "URL", "FIRST", "LAST"]);
  });

  it("leaves no reference as it is written, unless one leads back to itself", () => {
    const name = fc.constantFrom("A", "B", "C", "D", "E");
    const text = fc
      .array(
        fc.oneof(
          name.map((one) => `$(${one})`),
          fc.constantFrom("x", "-"),
        ),
        { maxLength: 3 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.dictionary(name, text), (given) => {
        const env = Object.fromEntries(["A", "B", "C", "D", "E"].map((one) => [one, given[one] ?? ""]));
        fc.pre(circleIn(env) === undefined);
        for (const value of Object.values(asKubelet(inOrder(env)))) expect(value).not.toContain("$(");
      }),
    );
  });

  it.each<[Record<string, string>, string[] | undefined]>([
    [{ A: "$(A)" }, ["A", "A"]],
    [{ A: "$(B)", B: "$(C)", C: "$(B)" }, ["B", "C", "B"]],
    [{ A: "$(B)", B: "$$(A)" }, undefined],
  ])("knows %j for a circle", (env, circle) => {
    expect(circleIn(env)).toEqual(circle);
  });

  it("reads what is referred to, over others too", () => {
    expect([...readBy("$(URL)", { URL: "$(USER):$(PASSWORD)", USER: "u" })].sort()).toEqual(["PASSWORD", "URL", "USER"]);
  });
});
