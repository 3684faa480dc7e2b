import * as fs from "node:fs";
import * as path from "node:path";
import { concernsSchema, stackFileSchema, type JsonSchema } from "../../../stacks/config/json-schema";
import { stackNames } from "../../../stacks/config/load";
import { configurationReference } from "../../../stacks/config/reference";
import { stackSchema } from "../../../stacks/config/schema";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..", "..");
const read = (...file: string[]) => fs.readFileSync(path.join(PROJECT_DIRECTORY, ...file), "utf8");

/** Every key of the configuration with its schema. */
function keys(schema: JsonSchema, prefix: string): [string, JsonSchema][] {
  const children = Object.entries(schema.properties ?? {}).map(([name, child]): [string, JsonSchema] => [
    `${prefix}.${name}`,
    child,
  ]);
  const inner = [
    ...children,
    ...(typeof schema.additionalProperties === "object"
      ? [[`${prefix}.<name>`, schema.additionalProperties] as [string, JsonSchema]]
      : []),
    ...(schema.items === undefined ? [] : [[`${prefix}[]`, schema.items] as [string, JsonSchema]]),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((branch): [string, JsonSchema] => [prefix, branch]),
  ];
  return [...children, ...inner.flatMap(([key, child]) => keys(child, key))];
}

describe("the reference of the configuration", () => {
  const reference = configurationReference();

  it("is docs/configuration.md, generated again by `npm run docs`", () => {
    expect(read("docs", "configuration.md")).toBe(reference);
  });

  it("has every concern, and what it is for", () => {
    for (const concern of Object.keys(stackSchema.shape))
      expect(reference).toMatch(new RegExp(`^## mes:${concern}\n\n\\w.+\\.$`, "m"));
  });

  it("has every key, and what it is for", () => {
    const silent = keys(concernsSchema(), "mes")
      .filter(([key, schema]) => schema.description === undefined && !key.endsWith(".secure"))
      .map(([key]) => key);
    expect([...new Set(silent)]).toEqual([]);
  });

  it("has tables that Markdown reads as such", () => {
    for (const row of reference.split("\n").filter((line) => line.startsWith("|"))) {
      expect(row.replaceAll("\\|", "").match(/\|/g)).toHaveLength(5);
    }
  });
});

describe("the JSON Schema of a stack file", () => {
  it("is stacks/schema.json, generated again by `npm run schema`", () => {
    expect(read("stacks", "schema.json")).toBe(`${JSON.stringify(stackFileSchema(), null, 2)}\n`);
  });

  it.each(stackNames(PROJECT_DIRECTORY))(
    "is named in the first lines of the stack file of %s, so that editors find it",
    (stack) => {
      expect(read(`Pulumi.${stack}.yaml`)).toMatch(
        /^# yaml-language-server: \$schema=\.\/stacks\/schema\.json\n(?:#.*\n)*config:\n/,
      );
    },
  );

  it("takes secrets only as they stand in a stack file", () => {
    const { properties } = concernsSchema();
    expect(properties?.images?.properties?.pullCredentials).toMatchObject({
      title: "Secret",
      type: "object",
      required: ["secure"],
    });
    expect(JSON.stringify(properties?.images?.properties?.pullCredentials)).not.toContain("anyOf");
  });

  it("leaves keys of other namespaces alone, and none of the platform's", () => {
    const { properties } = stackFileSchema() as { properties: { config: { patternProperties: Record<string, unknown> } } };
    const [pattern = ""] = Object.keys(properties.config.patternProperties);
    expect(["aws:region", "pulumi:disable-default-providers"].filter((key) => !new RegExp(pattern).test(key))).toEqual([]);
    expect(["mes:rolse", "region", "aws:", "a:b:c"].filter((key) => new RegExp(pattern).test(key))).toEqual([]);
  });
});
