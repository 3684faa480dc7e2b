import { formatKey, type KeyPath, type StackFile } from "./stack-file";

/** A value of a stack file that is an example. */
export interface Placeholder {
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

/**
 * What nobody owns: names and addresses that are set aside for documentation, and the account and identities of Amazon's examples.
 * Source: RFC 2606, RFC 6761, RFC 5737, RFC 3849
 */
const EXAMPLES: readonly RegExp[] = [
  /(?:^|[^a-z0-9-])example\.(?:com|net|org)(?![a-z0-9-]|\.[a-z0-9])/i,
  /\.(?:example|invalid|test)(?=$|[:/"\s])/i,
  /(?:^|[^\d.])(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}(?!\d)/,
  /(?:^|[^0-9a-f:])2001:db8:/i,
  /(?:^|\D)(?:123456789012|111122223333)(?!\d)/,
  /(?<![A-Z])EXAMPLE(?=[A-Z0-9]*(?:$|[/:]))/,
];

/** Values of the stack file that are examples, in the order of the file. */
export function placeholdersIn(file: StackFile): Placeholder[] {
  return file
    .texts()
    .filter(({ value }) => isPlaceholder(value))
    .map(({ path, value, line }) => ({ key: formatKey(path), value, file: file.file, line }));
}

export function isPlaceholder(value: string): boolean {
  return EXAMPLES.some((example) => example.test(value));
}

/** A text of a stack file, and where it is. */
export interface PlacedText {
  readonly path: KeyPath;
  readonly value: string;
  readonly line: number;
}
