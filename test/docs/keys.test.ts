import * as fs from "node:fs";
import * as path from "node:path";
import { didYouMean } from "../../components/schema";
import { stackSchema } from "../../stacks/config/schema";
import { keysAt, schemasAt } from "../../stacks/config/schema-walk";
import { pages, PROJECT_DIRECTORY } from "./pages";

/** `mes:broker.queues.<name>.maxLength`, as pages, stack files and messages write it; not a type as `mes:broker:Broker`. */
const KEY = /(?<![\w/:])mes:([a-z][a-zA-Z]*(?:\.(?:[\w-]+|<[\w-]+>|\$\{[^}]+\}|\*))*)(?![\w-]|:\w)/g;
/** A tag of Amazon's resources. */
const NO_KEY = ["stack"];

interface Mention {
  readonly place: string;
  readonly key: string;
}

function mentions({ file, text }: { file: string; text: string }): Mention[] {
  return text.split("\n").flatMap((line, i) => {
    // What is said of a file with mistakes.
    if (line.startsWith("Pulumi.broken.yaml:")) return [];
    const keys = [...line.matchAll(KEY)].map(([, key = ""]) => key).filter((key) => !NO_KEY.includes(key));
    return keys.map((key) => ({ place: `${file}:${i + 1}`, key }));
  });
}

/** What is wrong with a key that is named somewhere. */
function unknownKey({ place, key }: Mention): string | undefined {
  const parts = key.split(".");
  for (const [i, part] of parts.entries()) {
    const above = parts.slice(0, i);
    if (schemasAt(stackSchema, parts.slice(0, i + 1)).length > 0) continue;
    const known = keysAt(stackSchema, above);
    // A placeholder as `<name>` stands for any key.
    if (!/^[\w-]+$/.test(part) && known.length > 0) return undefined;
    return `${place}: there is no mes:${key}${didYouMean(part, known)}`;
  }
  return undefined;
}

const read = (file: string) => ({ file, text: fs.readFileSync(path.join(PROJECT_DIRECTORY, file), "utf8") });

describe("every key of the stack file that is named", () => {
  const stackFiles = fs.readdirSync(PROJECT_DIRECTORY).filter((file) => /^Pulumi\..+\.yaml$/.test(file));

  it("in pages and stack files is in the schema", () => {
    const named = [...pages(), ...stackFiles.map(read)].flatMap(mentions);
    expect(named.length).toBeGreaterThan(50);
    expect(named.map(unknownKey).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("in messages and descriptions is in the schema", () => {
    const sources = ["components", "review", "stacks"].flatMap((folder) =>
      fs
        .readdirSync(path.join(PROJECT_DIRECTORY, folder), { recursive: true })
        .map((file) => path.join(folder, String(file)))
        .filter((file) => file.endsWith(".ts"))
        .map(read),
    );
    const named = sources.flatMap(mentions);
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(unknownKey).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("otherwise would be told with its place", () => {
    const text = "a\nChange `mes:postgres.passwordRotation`, or mes:roles.dashboard.scale.max, of `mes:broker:Broker`.";
    const [wrong, ...others] = mentions({ file: "x.md", text }).map(unknownKey);
    expect(wrong).toMatch(/^x\.md:2: there is no mes:postgres\.passwordRotation; /);
    expect(others).toEqual([undefined]);
  });
});
