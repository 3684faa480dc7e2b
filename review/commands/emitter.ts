import * as path from "node:path";
import type { Assessment } from "../assessment/assess";
import type { Outlook } from "../forecast/outlook";
import { print, writeFileAtomically, writeFolderAtomically } from "../output";
import type { Plan } from "../plan/plan";
import { changeReport } from "../report/changes";
import { changesReport } from "../report/changes-json";
import { findingLines, summary } from "../report/findings";
import { jsonReport } from "../report/json";
import { DEFAULT_WIDTH, widthFor } from "../report/layout";
import { manifestsOf, UNKNOWN_PLACEHOLDER } from "../report/manifests";
import { COMMENT_LIMIT, markdownReport } from "../report/markdown";
import { NO_COLOURS, paletteFor } from "../report/palette";
import { sarifLog, sarifRun } from "../report/sarif";
import { textReport } from "../report/text";
import { count, type Finding } from "../rules/rule";

export const FORMATS = ["text", "json", "manifests", "markdown", "sarif", "html"] as const;
export type Format = (typeof FORMATS)[number];

/** What is shown of one stack. */
interface Shown {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  /** Its changes, where it is compared with something. */
  readonly assessment?: Assessment;
  /** What becomes of the orders that are expected; of a page only. */
  readonly outlook?: Outlook;
}

export interface Emitter {
  readonly stack: (shown: Shown) => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface EmitterArgs {
  readonly format: Format;
  /** Folder; standard output without one. */
  readonly out: string | undefined;
  /** How many stacks are shown. */
  readonly stacks: number;
  readonly details: boolean;
  /** File of the page. @default STACK.html in the folder */
  readonly page: string | undefined;
}

/** Shows stacks in a format, on standard output or as files. */
export function emitter({ format, out, stacks, details, page }: EmitterArgs): Emitter {
  switch (format) {
    case "text":
      return each(out, "txt", (shown) => textOf(shown, details, out));
    // A comment has room for all stacks together.
    case "markdown":
      return each(out, "md", ({ assessment }) =>
        assessment === undefined ? "" : markdownReport(assessment, Math.floor(COMMENT_LIMIT / stacks) - 10),
      );
    case "json":
      return together(out, stacks, "json", ({ plan, findings, assessment }) =>
        assessment === undefined ? jsonReport(plan, findings) : changesReport(assessment),
      );
    case "sarif":
      return sarif(out);
    case "manifests":
      return manifests(out);
    case "html":
      return pages(out ?? "", page);
  }
}

const nothing = () => Promise.resolve();

function each(out: string | undefined, ending: string, textFor: (shown: Shown) => string): Emitter {
  return {
    stack: (shown) => {
      const text = textFor(shown);
      return out === undefined ? print(`${text}\n`) : toFile(out, `${shown.plan.stack}.${ending}`, text);
    },
    end: nothing,
  };
}

function toFile(out: string, file: string, text: string): Promise<void> {
  return Promise.resolve(writeFileAtomically(path.join(out, file), text));
}

function textOf({ plan, findings, assessment }: Shown, details: boolean, out: string | undefined): string {
  const palette = out === undefined ? paletteFor(process.stdout, process.env) : NO_COLOURS;
  const width = out === undefined ? widthFor(process.stdout, process.env) : DEFAULT_WIDTH;
  if (assessment === undefined) return textReport(plan, findings, { palette, width, details });
  const found = findingLines(assessment.newFindings, width, palette);
  const report = changeReport(assessment, { palette, width });
  return [report, ...(found.length > 0 ? [...found, ""] : []), summary(plan, findings, palette), ""].join("\n");
}

/** Values of several stacks are one list on standard output. */
function together(out: string | undefined, stacks: number, ending: string, valueOf: (shown: Shown) => unknown): Emitter {
  const values: unknown[] = [];
  return {
    stack: async (shown) => {
      const value = valueOf(shown);
      if (out === undefined) values.push(value);
      else await toFile(out, `${shown.plan.stack}.${ending}`, `${JSON.stringify(value, null, 2)}\n`);
    },
    end: async () => {
      if (out !== undefined || (stacks === 1 && values.length === 0)) return;
      await print(`${JSON.stringify(stacks === 1 ? values[0] : values, null, 2)}\n`);
    },
  };
}

function sarif(out: string | undefined): Emitter {
  const runs: object[] = [];
  const textFor = (own: readonly object[]) => `${JSON.stringify(sarifLog(own), null, 2)}\n`;
  return {
    stack: async ({ plan, findings, assessment }) => {
      const run = sarifRun(plan.stack, findings, assessment);
      if (out === undefined) runs.push(run);
      else await toFile(out, `${plan.stack}.sarif`, textFor([run]));
    },
    end: () => (out === undefined ? print(textFor(runs)) : nothing()),
  };
}

function pages(out: string, page: string | undefined): Emitter {
  return {
    stack: async ({ plan, findings, assessment, outlook }) => {
      // Loaded only here: nobody else waits for it.
      const { reviewPage } = await import("../page/page");
      const text = reviewPage(plan, findings, { assessment, outlook });
      if (page === undefined) await toFile(out, `${plan.stack}.html`, text);
      else writeFileAtomically(page, text);
      process.stderr.write(`${summary(plan, findings, paletteFor(process.stderr, process.env))}\n`);
    },
    end: nothing,
  };
}

function manifests(out: string | undefined): Emitter {
  return {
    stack: async ({ plan, findings }) => {
      const { manifests: files, unknown, secret, left } = manifestsOf(plan);
      if (out === undefined) await print(files.map(({ text }) => `---\n${text}`).join(""));
      else writeFolderAtomically(path.join(out, plan.stack), files);
      const notes = [
        count(files.length, "object"),
        ...(unknown > 0 ? [`${count(unknown, "value")} known only after apply, written ${UNKNOWN_PLACEHOLDER}`] : []),
        ...(secret > 0 ? [`${count(secret, "secret value")} written as placeholder`] : []),
        ...(left > 0 ? [`${count(left, "resource")} that ${left === 1 ? "is" : "are"} no Kubernetes object left out`] : []),
      ];
      process.stderr.write(`${plan.stack}: ${notes.join("; ")}\n`);
      process.stderr.write(`${summary(plan, findings, paletteFor(process.stderr, process.env))}\n`);
    },
    end: nothing,
  };
}
