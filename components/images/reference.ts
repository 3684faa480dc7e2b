import { z } from "zod";
import { rule } from "../schema";

/**
 * Parts of a reference to an image: `registry.example.com:5000/mes/mes:2.14.0@sha256:…`.
 * Source: https://github.com/distribution/reference/blob/main/reference.go
 */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const LONGEST = 255;

/** The host of a registry, and a path in it where there is one: what comes before the name of each image. */
export const registry = z.string().check(
  rule((value, context) => {
    const [host = "", ...path] = value.replace(/\/$/, "").split("/");
    const message =
      commonProblem(value) ??
      (HOST.test(host) && isHost(host)
        ? pathProblem(path)
        : "expected the host of a registry, e.g. mirror.example.com or mirror.example.com:5000/proxy");
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
);

/** The whole name of an image, without tag and digest. */
export const repository = z.string().check(
  rule((value, context) => {
    const parts = value.split("/");
    const [host = ""] = parts;
    const path = parts.length > 1 && isHost(host) ? parts.slice(1) : parts;
    const message =
      commonProblem(value) ??
      (path !== parts && !HOST.test(host) ? `${host} is not the host of a registry` : undefined) ??
      (path.length === 0 || value.length > LONGEST ? EXPECTED_REPOSITORY : pathProblem(path));
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
);

/** A tag that names one version. */
export const tag = z.string().check(
  rule((value, context) => {
    const message = /[:@]/.test(value)
      ? "expected the tag alone; a digest has a key of its own, `digest`"
      : TAG.test(value)
        ? undefined
        : "expected a tag: letters, digits, dashes, dots and underscores";
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
);

const EXPECTED_REPOSITORY = "expected a repository, e.g. registry.example.com/mes/mes";

/** A first part is a host where it looks like one, as Docker and containerd decide. */
function isHost(part: string): boolean {
  return part === "localhost" || /[.:[]/.test(part);
}

function commonProblem(value: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0];
  if (scheme !== undefined) return `expected it without ${scheme}`;
  if (/\s/.test(value)) return "has a space in it";
  if (value.includes("@")) return "expected it without a digest, which has a key of its own: `digest`";
  if (/[A-Z]/.test(value)) return "expected lower case: the names of images have no capitals";
  return undefined;
}

function pathProblem(path: readonly string[]): string | undefined {
  const last = path.at(-1) ?? "";
  if (last.includes(":")) return "expected it without a tag, which has a key of its own: `tag`";
  const wrong = path.find((part) => !PATH_COMPONENT.test(part));
  if (wrong === undefined) return undefined;
  return `expected lower-case letters and digits, with dots, dashes and underscores between them; found ${JSON.stringify(wrong)}`;
}
