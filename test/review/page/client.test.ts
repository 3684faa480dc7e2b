import fc from "fast-check";
import { parse } from "yaml";
import { addressOf, formatAddress, keyOf, parseAddress } from "../../../review/page/address";
import { isFound, wordsOf } from "../../../review/page/client/search";
import { readable } from "../../../review/page/client/text";

const URN = "urn:pulumi:prod::mes::mes:mes:Mes$kubernetes:apps/v1:Deployment::order-api";

describe("an address within a page", () => {
  it("of a resource is the same in every stack", () => {
    expect(addressOf(URN)).toBe("#resource/mes%3Ames%3AMes%24kubernetes%3Aapps%2Fv1%3ADeployment%3A%3Aorder-api");
    expect(addressOf(URN.replace(":prod:", ":dev:"))).toBe(addressOf(URN));
  });

  it("leads back to what it was made of, whatever its name is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const urn = `urn:pulumi:prod::mes::a:b:C::${name}`;
        expect(parseAddress(addressOf(urn))).toEqual({ view: "resource", key: keyOf(urn), query: {} });
      }),
    );
  });

  it("of a view has what it is narrowed to", () => {
    const query = { q: "a&b=c #1", kind: "Secret", part: "" };
    expect(parseAddress(formatAddress("resources", query))).toEqual({
      view: "resources",
      query: { q: "a&b=c #1", kind: "Secret" },
    });
    expect(formatAddress("resources", { q: "" })).toBe("#resources");
  });

  test.each(["", "#", "#nowhere", "#__proto__", "#main"])("that leads nowhere leads to the verdict: %s", (hash) => {
    expect(parseAddress(hash).view).toBe("overview");
  });

  it("with a percent sign that encodes nothing is taken as it is", () => {
    expect(parseAddress("#resource/100%")).toEqual({ view: "resource", key: "100%", query: {} });
  });
});

describe("the search", () => {
  const row = { title: "deployment order-api mes", content: () => '{"image":"registry.example.com/mes:2"}' };

  test.each([
    ["", true],
    ["Order-API", true],
    ["deployment mes:2", true],
    ["deployment mes:3", false],
    ["  api   ORDER ", true],
  ])("for %j finds it: %s", (search, found) => {
    expect(isFound(row, wordsOf(search))).toBe(found);
  });

  it("reads no inputs where the title has every word", () => {
    const content = jest.fn(() => "");
    expect(isFound({ title: "secret a", content }, ["secret", "a"])).toBe(true);
    expect(content).not.toHaveBeenCalled();
  });
});

describe("inputs as people read them", () => {
  it("are like YAML, texts of several lines as they are", () => {
    const inputs = {
      kind: "ConfigMap",
      data: { "a.conf": "x = 1\n\ny = 2\n" },
      list: [{ name: "a", ports: [1] }, "b"],
      none: {},
      not: [],
    };
    expect(readable(inputs)).toBe(
      "kind: ConfigMap\ndata:\n  a.conf: |\n    x = 1\n\n    y = 2\nlist:\n  - name: a\n    ports:\n      - 1\n  - b\nnone: {}\nnot: []",
    );
  });

  it("tell texts from numbers and words of YAML", () => {
    const key = fc.string({ unit: fc.constantFrom(..."abz-._ :#\"'{") });
    const leaf = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom("1", "true", "", " ", "1e3", "- a", "a: b", "[x", "null", "0x1", "*"),
      key,
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(leaf, fc.array(tie("node"), { maxLength: 3 }), fc.dictionary(key, tie("node"), { maxKeys: 3 })),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), tree), (inputs) => {
        expect(parse(readable(inputs), { schema: "core", uniqueKeys: false })).toEqual(
          Object.keys(inputs).length === 0 ? {} : inputs,
        );
      }),
    );
  });
});
