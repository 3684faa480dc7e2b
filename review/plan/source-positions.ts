import * as path from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";

interface Position {
  readonly uri: string;
  readonly line: number;
  readonly column: number;
}

/** The part of the SDK's `Resource` that finds out where a resource is declared. */
interface StackTraces {
  stackTrace(skip: number): Position[];
}

/** Enough for the frames of the SDK, of a component's helpers, and the line that declares. */
const FRAMES = 20;

/** Code that every part declares its objects through: the caller's line says more. */
const SEAMS = [path.join("components", "workload") + path.sep, path.join("components", "objects") + path.sep];

/**
 * Finds the line that declares a resource: the first frame of the project's own code, outside of the shared seams, which the SDK would name.
 * @returns undoes it
 */
export function useFirstOwnFrame(projectDirectory: string): () => void {
  const resource = pulumi.Resource as unknown as StackTraces;
  const original = Object.getOwnPropertyDescriptor(resource, "stackTrace");
  if (original === undefined) {
    throw new Error(
      "this version of @pulumi/pulumi finds source positions in another way; adapt review/plan/source-positions.ts",
    );
  }
  const dependencies = path.join(projectDirectory, "node_modules") + path.sep;
  const own = projectDirectory + path.sep;
  const seams = SEAMS.map((place) => own + place);
  resource.stackTrace = function stackTrace() {
    const ours = callSitesAbove(stackTrace).flatMap((site) => {
      const file = site.getFileName();
      return file?.startsWith(own) === true && !file.startsWith(dependencies) ? [{ file, site }] : [];
    });
    const found = ours.find(({ file }) => !seams.some((seam) => file.startsWith(seam))) ?? ours[0];
    if (found === undefined) return [];
    const { file, site } = found;
    return [{ uri: pathToFileURL(file).toString(), line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1 }];
  };
  return () => Object.defineProperty(resource, "stackTrace", original);
}

function callSitesAbove(caller: (...args: never[]) => unknown): NodeJS.CallSite[] {
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");
  try {
    Error.stackTraceLimit = FRAMES;
    Error.prepareStackTrace = (_error, sites) => sites;
    const trace: { stack?: NodeJS.CallSite[] } = {};
    Error.captureStackTrace(trace, caller);
    return trace.stack ?? [];
  } finally {
    Reflect.set(Error, "prepareStackTrace", prepareStackTrace);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
