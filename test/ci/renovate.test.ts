import * as fs from "node:fs";
import * as path from "node:path";
import { CATALOGUE } from "../../components/images/catalogue";
import { OPERATORS } from "../../components/operators/catalogue/catalogue";
import { PROJECT_DIRECTORY } from "../helpers/record";

interface Manager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly datasourceTemplate: string;
}

const { customManagers } = JSON.parse(fs.readFileSync(path.join(PROJECT_DIRECTORY, ".github", "renovate.json"), "utf8")) as {
  customManagers: readonly Manager[];
};
const FILES = ["components", ".github", ".gitlab-ci.yml"].flatMap((name) => {
  const place = path.join(PROJECT_DIRECTORY, name);
  if (fs.statSync(place).isFile()) return name;
  return (fs.readdirSync(place, { recursive: true }) as string[]).map((file) => path.posix.join(name, file));
});

/** What a manager would find, e.g. `name version`. */
function found({ managerFilePatterns, matchStrings }: Manager): string[] {
  const files = FILES.filter((file) => managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)));
  return files.flatMap((file) => {
    const text = fs.readFileSync(path.join(PROJECT_DIRECTORY, file), "utf8");
    return matchStrings.flatMap((pattern) =>
      [...text.matchAll(new RegExp(pattern, "g"))].map(({ groups }) => `${groups?.depName ?? ""} ${groups?.currentValue ?? ""}`),
    );
  });
}

describe("updates are found of", () => {
  const [images, ...others] = customManagers;

  it("every image", () => {
    const expected = Object.values(CATALOGUE).map(({ repository, tag }) => `${repository} ${tag}`);
    expect(images && found(images).sort()).toEqual(expected.sort());
  });

  it("every chart", () => {
    const charts = others.slice(0, 2).flatMap(found);
    const expected = Object.values(OPERATORS).map(({ chart, version }) => `${chart.replace("oci://", "")} ${version}`);
    expect(charts.sort()).toEqual(expected.sort());
  });

  it("the Pulumi CLI in both pipelines", () => {
    const cli = others.slice(2).flatMap(found);
    expect(cli).toHaveLength(2);
    expect(new Set(cli).size).toBe(1);
  });
});
