/**
 * Takes the frames of packages out of the stack of an error. The SDK colours the stack of every error that ends a program,
 * and by its source maps its own files seem to lie in `node_modules/@pulumi/` itself: Node 20 goes round in circles over such
 * a frame until its memory for one string is full, for half a minute, before the user is told anything.
 */
export function keepOwnFrames(error: unknown): void {
  if (!(error instanceof Error) || error.stack === undefined) return;
  error.stack = error.stack
    .split("\n")
    .filter((line) => !/^ {4}at .*[/\\]node_modules[/\\]/.test(line))
    .join("\n");
}
