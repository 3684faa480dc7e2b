import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject } from "./resources";

/** An object and the file that it was read from. */
export interface Manifest {
  readonly file: string;
  readonly object: KubernetesObject;
}

/** Reads every object of the YAML files in a folder and the folders below it, in the order of their names. */
export async function readManifests(folder: string): Promise<Manifest[]> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
  const perFile = await Promise.all(files.map((name) => readManifestFile(path.join(folder, name))));
  return perFile.flat();
}

/** Reads every object of a YAML file. */
export async function readManifestFile(file: string): Promise<Manifest[]> {
  return parseManifests(file, await readFile(file, "utf8")).map((object) => ({ file, object }));
}

/** The objects that a YAML text holds. @param file how errors name it */
export function parseManifests(file: string, text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file} is not YAML: ${error.message}`);
    const value: unknown = document.toJS();
    // Between two separators there may be nothing, or a comment.
    if (value === null || value === undefined) return [];
    if (!isKubernetesObject(value)) {
      throw new Error(`${file} holds something that has no apiVersion, kind and metadata.name`);
    }
    return [value];
  });
}

function isKubernetesObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata } = value as Partial<KubernetesObject>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}
