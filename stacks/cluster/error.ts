/** Why a stack is not previewed or changed on a cluster: one line, and the key under `mes:cluster` that it is about. */
export class ClusterError extends Error {
  constructor(
    readonly key: string,
    message: string,
  ) {
    // What others say may have several lines.
    super(message.replace(/\s*\n\s*/g, " ").trim());
    this.name = "ClusterError";
  }
}
