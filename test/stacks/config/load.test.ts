import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ConfigError } from "../../../stacks/config/issues";
import { loadEngineConfig, readStackFile, stackNames } from "../../../stacks/config/load";
import { readText } from "../../../stacks/config/text";
import { StackFile } from "../../../stacks/config/stack-file";
import { readExample, VALID } from "../fixtures";

let directory: string;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-load-"));
});
afterAll(() => {
  fs.rmSync(directory, { recursive: true });
});

const write = (name: string, text: string) => {
  const file = path.join(directory, name);
  fs.writeFileSync(file, text);
  return file;
};

const said = (load: () => unknown): string => {
  try {
    load();
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${directory}/`, "");
    throw error;
  }
};

describe("a stack file that cannot be read", () => {
  it("that is not there: the stacks that are", () => {
    write("Pulumi.one.yaml", "");
    write("Pulumi.two.yaml", "");
    expect(said(() => readStackFile(path.join(directory, "Pulumi.three.yaml")).config)).toBe(
      "Pulumi.three.yaml: no such file; the stacks here are one, two",
    );
    expect(stackNames(directory)).toEqual(["one", "two"]);
  });

  it("that is not there, and is no file of a stack", () => {
    expect(said(() => readStackFile(path.join(directory, "three.yaml")).config)).toBe("three.yaml: no such file");
    expect(said(() => readStackFile(path.join(directory, "no", "Pulumi.three.yaml")).config)).toBe(
      "no/Pulumi.three.yaml: no such file",
    );
  });

  it("that is a folder", () => {
    fs.mkdirSync(path.join(directory, "folder.yaml"));
    expect(said(() => readStackFile(path.join(directory, "folder.yaml")).config)).toBe(
      "folder.yaml: this is a folder; a stack file is needed here",
    );
  });

  it("that this user may not read", () => {
    // The tests may run as root, who may read everything.
    const message = said(() =>
      readText(path.join(directory, "Pulumi.one.yaml"), () => {
        throw Object.assign(new Error("denied"), { code: "EACCES" });
      }),
    );
    expect(message).toBe("Pulumi.one.yaml: the file may not be read by this user");
  });
});

/** What the engine would hand over for a stack file: structured values as JSON, secrets decrypted. */
function engineValues(text: string, decrypted = "hunter2"): Record<string, string> {
  const { config } = StackFile.parse("file", text).value as { config: Record<string, unknown> };
  const isSecret = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (typeof value === "string") return [key, value];
      if (isSecret(value)) return [key, decrypted];
      return [key, JSON.stringify(value, (_, inner: unknown) => (isSecret(inner) ? decrypted : inner))];
    }),
  );
}

describe("what the engine hands over", () => {
  const secrets = readExample(VALID, "secrets");

  it("is read with the secrets that a plan does not know", () => {
    const file = write("Pulumi.secrets.yaml", secrets);
    const real = loadEngineConfig(engineValues(secrets), ["mes:images"], file);
    const planned = readStackFile(file).config;
    expect(JSON.stringify(real)).toBe(JSON.stringify(planned));
    expect(real.images.pullCredentials?.reveal()).toBe("hunter2");
    expect(planned.images.pullCredentials?.reveal()).toBe("[secret]");
  });

  it("gets the places of its mistakes from the stack file", () => {
    const text = secrets.replace("config:\n", "config:\n  mes:namespaces: { prefix: MES }\n");
    const file = write("Pulumi.places.yaml", text);
    expect(said(() => loadEngineConfig(engineValues(text), ["mes:images"], file))).toBe(said(() => readStackFile(file).config));
  });

  it("gets no places where it is not from the stack file", () => {
    const file = write("Pulumi.other.yaml", secrets);
    const values = { ...engineValues(secrets), "mes:namespaces": '{"prefix":"MES"}' };
    expect(said(() => loadEngineConfig(values, [], file))).toMatch(/^configuration mes:namespaces\.prefix: expected lower-case/);
  });

  it("that lacks a concern is told so at the stack file's `config`", () => {
    const file = write("Pulumi.lacking.yaml", "config:\n  aws:region: eu-central-1\n");
    expect(said(() => loadEngineConfig({ "aws:region": "eu-central-1" }, [], file))).toMatch(
      /^Pulumi\.lacking\.yaml:1:1 mes:[a-z]+: missing; expected a mapping$/m,
    );
  });

  it("is read where there is no stack file at all", () => {
    expect(
      loadEngineConfig(engineValues(secrets), ["mes:images"], path.join(directory, "none.yaml")).images.pullCredentials,
    ).toBeDefined();
  });

  it.each([
    ["where the file tells which value is the secret", true],
    ["where no file tells which value is the secret", false],
  ])("never has a secret in a message, %s", (_, hasFile) => {
    const text = [
      "config:",
      "  mes:images:",
      "    registry: ''",
      "    pullPolicy: { secure: v1:x }",
      "    overrides: { mes: { digest: { secure: v1:x }, tag: { secure: v1:x } } }",
      "  mes:namespaces: { secure: v1:x }",
      "",
    ].join("\n");
    const file = write("Pulumi.hidden.yaml", text);
    const message = said(() =>
      loadEngineConfig(engineValues(text), ["mes:images", "mes:namespaces"], hasFile ? file : path.join(directory, "none.yaml")),
    );
    expect(message).not.toContain("hunter2");
    expect(message).toContain("mes:images.pullPolicy: expected IfNotPresent, Always or Never, found a text");
    expect(message).toContain("mes:namespaces: expected a mapping, found a text");
  });
});
