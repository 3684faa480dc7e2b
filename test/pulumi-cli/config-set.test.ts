import * as fs from "node:fs";
import * as path from "node:path";
import { loadEngineConfig, readStackFile, stackFilePath, stackNames } from "../../stacks/config/load";
import type { StackConfig } from "../../stacks/config/schema";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { configCli, type ConfigCli } from "./cli";

describe("pulumi config set", () => {
  let cli: ConfigCli;
  beforeAll(async () => {
    cli = await configCli();
  });
  afterAll(() => {
    cli.stop();
  });

  const original = (stack: string) => fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8");

  const set = async (...args: string[]) => {
    expect(await cli.run("config", "set", "--stack", "test", ...args)).toMatchObject({ code: 0, stderr: "" });
  };

  /** The configuration of the stack, read from its file and from what the engine hands over: always the same. */
  async function loaded(): Promise<StackConfig> {
    const fromFile = readStackFile(cli.stackFile).config;
    const fromEngine = loadEngineConfig((await cli.engineValues()) ?? {}, await cli.secretKeys(), cli.stackFile);
    expect(fromEngine).toEqual(fromFile);
    return fromFile;
  }

  it.each(stackNames(PROJECT_DIRECTORY))("hands a program what stands in the file of %s", async (stack) => {
    cli.write(original(stack));
    expect(await loaded()).toEqual(readStackFile(stackFilePath(PROJECT_DIRECTORY, stack)).config);
  });

  it.each(stackNames(PROJECT_DIRECTORY))("leaves the file of %s loadable, and its comments in place", async (stack) => {
    cli.write(original(stack));
    const before = await loaded();
    const [pool = ""] = Object.keys(before.cluster.nodePools);
    await set("--path", `mes:cluster.nodePools.${pool}.count`, "12");
    await set("--path", `mes:cluster.nodePools.${pool}.cpu`, "1.5");
    await set("--path", "mes:cluster.protectData", "true");
    await set("--path", "mes:cluster.zones[0]", "another-zone");
    await set("--path", "mes:images.registry", "mirror.example.com/hub");
    const after = await loaded();
    expect(after).toMatchObject({
      cluster: {
        nodePools: { [pool]: { count: 12, cpu: "1.5" } },
        protectData: true,
        zones: ["another-zone", ...before.cluster.zones.slice(1)],
      },
      images: { registry: "mirror.example.com/hub" },
    });
    const comments = (text: string) => text.split("\n").filter((line) => line.trim().startsWith("#"));
    expect(comments(fs.readFileSync(cli.stackFile, "utf8"))).toEqual(comments(original(stack)));
  });

  it("writes a fraction as text, which is read as the number it is", async () => {
    cli.write(original("dev"));
    await set("--path", "mes:cluster.apiServer.port", "0.8");
    expect(fs.readFileSync(cli.stackFile, "utf8")).toContain('port: "0.8"');
    expect(() => readStackFile(cli.stackFile).config).toThrow('apiServer.port: expected a whole number, found "0.8"');
    fs.writeFileSync(cli.stackFile, fs.readFileSync(cli.stackFile, "utf8").replace('"0.8"', '"6443"'));
    expect((await loaded()).cluster.apiServer.port).toBe(6443);
  });

  it("writes a tag of digits as a number; the message says how to set it", async () => {
    cli.write(original("dev"));
    await set("--path", "mes:images.overrides.mes.tag", "18");
    expect(() => readStackFile(cli.stackFile).config).toThrow(
      /mes:images\.overrides\.mes\.tag: expected a text, found 18; put it in quotes/,
    );
    await set("--path", "--type", "string", "mes:images.overrides.mes.tag", "18");
    expect((await loaded()).images.overrides.mes?.tag).toBe("18");
  });

  it("without --path writes a key that nothing reads; the message says so", async () => {
    cli.write(original("dev"));
    await set("mes:cluster.protectData", "true");
    expect(() => readStackFile(cli.stackFile).config).toThrow(
      /mes:cluster\.protectData: unknown key; set with --path, it would be in mes:cluster/,
    );
  });

  it("stores a secret under a structured key, which a real run reads and a plan does not", async () => {
    cli.write(original("dev"));
    await set("--secret", "--path", "mes:images.pullCredentials", '{"auths":{}}');
    expect(fs.readFileSync(cli.stackFile, "utf8")).toMatch(/pullCredentials:\n\s+secure: v1:/);
    const planned = readStackFile(cli.stackFile).config.images.pullCredentials;
    const values = (await cli.engineValues()) ?? {};
    const real = loadEngineConfig(values, await cli.secretKeys(), cli.stackFile).images.pullCredentials;
    expect(planned?.reveal()).toBe("[secret]");
    expect(real?.reveal()).toBe('{"auths":{}}');
  });

  it("stores a secret where none can be; the plan says so before a run reads it", async () => {
    cli.write(original("dev"));
    await set("--secret", "--path", "mes:cluster.context", "hidden");
    expect(() => readStackFile(cli.stackFile).config).toThrow(/mes:cluster\.context: is no place for a secret/);
  });

  it("can write a whole concern as JSON text", async () => {
    cli.write(original("dev"));
    await set("mes:namespaces", '{"prefix":"other"}');
    expect((await loaded()).namespaces.prefix).toBe("other");
  });

  it("rm of an optional key brings its default back", async () => {
    cli.write(original("prod"));
    expect(await cli.run("config", "rm", "--stack", "test", "--path", "mes:cluster.protectData")).toMatchObject({ code: 0 });
    expect((await loaded()).cluster.protectData).toBe(false);
  });

  it("cannot quote a secret in a message", async () => {
    cli.write(original("dev"));
    const secret = "correct horse battery staple";
    await set("--secret", "--path", "mes:images.pullPolicy", secret);
    await set("--secret", "--path", "mes:cluster.nodePools.laptop.memory", secret);
    const values = (await cli.engineValues()) ?? {};
    const keys = await cli.secretKeys();
    for (const file of [cli.stackFile, path.join(cli.directory, "Pulumi.absent.yaml")]) {
      const load = () => loadEngineConfig(values, keys, file);
      expect(load).toThrow(/mes:images\.pullPolicy: expected IfNotPresent, Always or Never, found a text/);
      expect(load).not.toThrow(secret);
    }
  });
});
