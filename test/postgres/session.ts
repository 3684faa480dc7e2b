import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

const END = "-- end of answer --";

/** One connection to Postgres, held by a psql. Statements run one after the other; a transaction spans several. */
export class Session {
  private output = "";
  private errors = "";
  private readonly psql: ChildProcessWithoutNullStreams;
  private wake: () => void = () => undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.psql = spawn("psql", ["-X", "-q", "-A", "-t", "-v", "VERBOSITY=terse"], { env });
    this.psql.stdout.on("data", (chunk: Buffer) => this.received(() => (this.output += chunk.toString())));
    this.psql.stderr.on("data", (chunk: Buffer) => this.received(() => (this.errors += chunk.toString())));
    this.psql.on("exit", () => this.wake());
    // A killed session has nobody who reads what is still written.
    this.psql.stdin.on("error", () => undefined);
  }

  private received(add: () => void): void {
    add();
    this.wake();
  }

  /**
   * Rows of a statement, columns joined by `|`.
   * @throws with what Postgres says against it
   */
  async query(sql: string): Promise<string[]> {
    this.output = "";
    this.errors = "";
    // The second line goes the way of the errors, so that none of them is still under way.
    this.psql.stdin.write(`${sql.trim().replace(/;?$/, ";")}\n\\echo ${END}\n\\warn ${END}\n`);
    while (!this.output.includes(END) || !this.errors.includes(END)) {
      if (this.psql.exitCode !== null || this.psql.signalCode !== null) throw new Error(`the connection is gone: ${this.errors}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const errors = this.errors.replace(END, "").trim();
    if (errors.includes("ERROR:")) throw new Error(errors);
    return this.output
      .slice(0, this.output.indexOf(END))
      .split("\n")
      .filter((line) => line !== "");
  }

  /** Ends it at once, in the middle of whatever it does. */
  kill(): void {
    this.psql.kill("SIGKILL");
  }
}
