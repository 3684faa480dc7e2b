import { z } from "zod";
import { holds, rule } from "../../schema";

/** Characters of a path, those that are encoded included. Source: RFC 3986, section 3.3 */
const PATH = /^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2})*$/;

/**
 * The beginning of the paths of requests. A route of the Gateway API compares it segment by segment, as it is written.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httppathmatch
 */
export const routePath = z.string().check(
  rule((path, context) => {
    const message = routePathProblem(path);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
);

function routePathProblem(path: string): string | undefined {
  if (!path.startsWith("/")) return "expected a path that begins with a slash";
  if (path.length > 1024) return "expected at most 1024 characters";
  if (path.includes("*")) return "expected a path without *: whatever begins with it is meant anyway";
  if (/[?#]/.test(path)) return "expected a path alone, without a query (?) or a fragment (#)";
  if (!PATH.test(path)) return "expected a path without spaces and characters that would have to be encoded";
  if (/\/\/|\/\.{1,2}(?:\/|$)|%2f/i.test(path)) return "expected a path without //, /./, /../ and encoded slashes";
  if (path !== "/" && path.endsWith("/"))
    return `expected a path without a slash at its end: ${path.slice(0, -1)} is all that is below it too`;
  return undefined;
}

/** A directory of a container, as it is mounted. */
export const directory = z
  .string()
  .regex(/^\/\S*$/, "expected a path that begins with a slash")
  .check(holds((path) => !/^\/+$|:|\/\.{1,2}(?:\/|$)/.test(path), "expected a directory below /, without a colon, /./ or /../"));
