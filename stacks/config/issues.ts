/** Something wrong in a stack file. Lines and columns count from 1; both are absent where no file is at hand. */
export interface Issue {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The key as a user writes it: `mes:roles.dashboard.scale.max`. Empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
}

export function formatIssue(issue: Issue): string {
  const place = issue.line === undefined ? issue.file : `${issue.file}:${issue.line}:${issue.column ?? 1}`;
  return `${place}${issue.key === "" ? "" : ` ${issue.key}`}: ${issue.message}`;
}

/** Everything that is wrong with the configuration of a stack, at once. */
export class ConfigError extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super(issues.map(formatIssue).join("\n"));
    this.name = "ConfigError";
  }
}
