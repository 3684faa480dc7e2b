import { readFileSync } from "node:fs";
import { THRIFTY } from "../cluster/sandbox";
import { amazonNames, echoProvider } from "./provider/echo";
import { randomProvider } from "./provider/random";
import { serve, type TestProvider } from "./provider/serve";

export interface Plugins {
  /** Makes an engine talk to them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/**
 * Serves the test providers in place of the plug-ins of an engine.
 * @default of both: one that creates nothing
 */
export async function servePlugins(
  kubernetes: TestProvider = echoProvider(),
  aws: TestProvider = echoProvider(amazonNames),
): Promise<Plugins> {
  const providers = { kubernetes, aws, random: randomProvider() };
  const served = await Promise.all(
    Object.entries(providers).map(async ([name, provider]) => ({ name, ...(await serve(provider, versionOf(name))) })),
  );
  return {
    environment: {
      PULUMI_DEBUG_PROVIDERS: served.map(({ name, port }) => `${name}:${port}`).join(","),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_CONFIG_PASSPHRASE: "test",
      ...THRIFTY,
    },
    stop: () => served.forEach((provider) => provider.stop()),
  };
}

/** Version of the SDK that the program uses: the plug-in has the same. */
function versionOf(name: string): string {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version.replace(/^v/, "");
}
