import * as fc from "fast-check";
import { registry, repository, tag } from "../../../components/images/reference";

/*
 * The grammar of references as its own project writes it down, rule by rule.
 * Source: https://github.com/distribution/reference/blob/main/regexp.go
 */
const alphanumeric = "[a-z0-9]+";
const separator = "(?:[._]|__|[-]+)";
const component = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const host = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[(?:[a-fA-F0-9:]+)\\])`;
const domainAndPort = `${host}(?::[0-9]+)?`;
const name = `(?:${domainAndPort}/)?${component}(?:/${component})*`;
const REFERENCE = new RegExp(`^(${name})(?::([\\w][\\w.-]{0,127}))?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?$`);

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: string) =>
  schema.safeParse(value).success;

const pieces = fc.constantFrom(
  "a",
  "b9",
  ".",
  "-",
  "--",
  "_",
  "__",
  "/",
  ":",
  "5000",
  "example.com",
  "localhost",
  "[",
  "]",
  "::1",
  " ",
  "@",
  "A",
);
const text = fc.array(pieces, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));

describe("parts of a reference to an image", () => {
  it("that are accepted make a reference that every registry understands", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        if (accepts(repository, one)) expect(`${one}:1.0`).toMatch(REFERENCE);
        if (accepts(registry, one)) expect(`${one.replace(/\/$/, "")}/name:1.0`).toMatch(REFERENCE);
        if (accepts(tag, other)) expect(`name:${other}`).toMatch(REFERENCE);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it("that are refused make none, or are another thing than they say", () => {
    fc.assert(
      fc.property(text, (one) => {
        const parsed = REFERENCE.exec(one);
        const whole = parsed !== null && parsed[2] === undefined && !/[A-Z@]/.test(one) && one.length <= 255;
        // Where the host cannot be told from a path, the first part is a host if it looks like one.
        const [first = "", ...rest] = one.split("/");
        const looksLikeHost = rest.length > 0 && (first === "localhost" || /[.:[]/.test(first));
        const asHost = !looksLikeHost || new RegExp(`^${domainAndPort}$`).test(first);
        const portFits = !/:\d{6,}/.test(one);
        if (whole && asHost && portFits) expect({ one, accepted: accepts(repository, one) }).toEqual({ one, accepted: true });
      }),
      { numRuns: 3000, seed: 2 },
    );
  });

  it.each([
    "mirror",
    "https://mirror.example.com",
    "mirror.example.com:latest",
    "Mirror.example.com",
    "mirror.example.com/a b",
    "",
  ])("no host of a registry: %j", (value) => {
    expect(accepts(registry, value)).toBe(false);
  });
});
