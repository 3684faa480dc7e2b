/** The command line was used wrongly: one line, no stack trace. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The program does something that no plan can show: it reaches out, or hides resources in a plug-in. */
export class PlanError extends Error {
  override readonly name: string = "PlanError";
}

/** Marks of the SDK's errors that are meant for the user: they work across copies of the SDK. */
const USER_ERRORS = ["__pulumiRunError", "__pulumResourceError", "__pulumiInputPropertyError", "__pulumiInputPropertiesError"];

/** What to tell the user of a mistake in a stack file, in the program or in the command line; undefined for our own defects. */
export function userMessage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (["UsageError", "OutputError", "PlanError", "ConfigError", "NetworkRefused"].includes(error.name)) return error.message;
  if (!USER_ERRORS.some((mark) => mark in error)) return systemMessage(error);
  const property = "propertyPath" in error && typeof error.propertyPath === "string" ? `${error.propertyPath}: ` : "";
  const several =
    "errors" in error && Array.isArray(error.errors) ? (error.errors as { propertyPath: string; reason: string }[]) : [];
  return [`${property}${error.message}`, ...several.map((one) => `  ${one.propertyPath}: ${one.reason}`)].join("\n");
}

/** Files and folders that cannot be written are the user's to fix. */
function systemMessage(error: NodeJS.ErrnoException): string | undefined {
  const codes = ["EACCES", "EEXIST", "EISDIR", "ENOENT", "ENOSPC", "ENOTDIR", "EPERM", "EROFS"];
  return error.code !== undefined && codes.includes(error.code) && error.syscall !== undefined ? error.message : undefined;
}
