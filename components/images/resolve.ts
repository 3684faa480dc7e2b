import { CATALOGUE, type ImageName } from "./catalogue";
import type { ImageOverride, ImagesConfig } from "./config";

export interface Image {
  /** The whole reference: `registry/repository:tag[@digest]`. */
  readonly reference: string;
  readonly tag: string;
  readonly pullPolicy: "IfNotPresent" | "Always" | "Never";
}

/** Name of the pull secret made from `mes:images.pullCredentials`. */
export const PULL_SECRET = "mes-registry";

/** Replaces the registry host of a repository: `docker.io/grafana/grafana` + `mirror.local` → `mirror.local/grafana/grafana`. */
export function mirrored(repository: string, registry: string | undefined): string {
  if (registry === undefined) return repository;
  const [host, ...rest] = repository.split("/");
  const path = host?.includes(".") || host?.includes(":") ? rest.join("/") : repository;
  return `${registry.replace(/\/$/, "")}/${path}`;
}

/** @param of what one program has otherwise. A repository or tag of its own has no digest of another one's. */
export function resolveImage(config: ImagesConfig, name: ImageName, of: ImageOverride = {}): Image {
  const { digest, ...shared } = config.overrides[name] ?? {};
  const isOther = of.repository !== undefined || of.tag !== undefined || of.registry !== undefined;
  const own = { ...shared, ...(isOther ? {} : { digest }), ...defined(of) };
  const repository = own.repository ?? mirrored(CATALOGUE[name].repository, own.registry ?? config.registry);
  const tag = own.tag ?? CATALOGUE[name].tag;
  return {
    reference: `${repository}:${tag}${own.digest === undefined ? "" : `@${own.digest}`}`,
    tag,
    pullPolicy: own.pullPolicy ?? config.pullPolicy,
  };
}

function defined(override: ImageOverride): ImageOverride {
  return Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
}

export function pullSecretNames(config: ImagesConfig): string[] {
  return config.pullCredentials === undefined ? config.pullSecrets : [...config.pullSecrets, PULL_SECRET];
}
