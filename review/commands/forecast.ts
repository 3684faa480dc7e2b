import { didYouMean } from "../../components/schema";
import { readText } from "../../stacks/config/text";
import { EXIT } from "../exit";
import { UsageError, userMessage } from "../errors";
import { curveOf } from "../forecast/curve";
import { forecastOf, type Forecast } from "../forecast/forecast";
import { pricesFor } from "../forecast/prices";
import { forecastReport } from "../forecast/report";
import { denyNetwork } from "../offline";
import { print } from "../output";
import type { Plan } from "../plan/plan";
import { planStack } from "../plan/stack";
import { widthFor } from "../report/layout";
import { paletteFor } from "../report/palette";
import { parseOptions } from "./arguments";
import { PROJECT_DIRECTORY, requestedStacks, type StackRequest } from "./stacks";

export const HELP = `mes forecast: whether the orders that are expected are handled in time, what is overrun first, and what it costs

  mes forecast [--stack NAME]… [--stack-file PATH] [--curve FILE] [--format text|json]

  --stack NAME       a stack of this project (Pulumi.NAME.yaml); may be repeated. Default: all that have mes:forecast
  --stack-file PATH  any stack file, wherever it is; its stack is the NAME in Pulumi.NAME.yaml, or --stack
  --curve FILE       orders as they were recorded (CSV), in place of the busiest day: a line time,CHANNEL,… and for each time the
                     orders that came until the next, as 08:15,120,30 (docs/forecast.md)
  --format text      a report for people (default)
           json      the same for programs; a list for several stacks; null stands for never

Needs no cluster, no credential and no network. Exit code 0: no order is late; 1: some are; 2: invalid input.`;

const FORMATS = ["text", "json"];

/** `mes forecast`: plays the orders of each stack against its plan. The worst stack gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    "mes forecast",
    args,
    {
      stack: { type: "string", multiple: true },
      "stack-file": { type: "string" },
      curve: { type: "string" },
      format: { type: "string", default: "text" },
      help: { type: "boolean", short: "h", default: false },
    },
    (argument) => (argument.endsWith(".csv") ? `; a curve is named with --curve ${argument}` : "; see mes forecast --help"),
  );
  if (options.help) {
    await print(`${HELP}\n`);
    return EXIT.fine;
  }
  const { format, curve } = options;
  if (!FORMATS.includes(format)) throw new UsageError(`mes forecast: unknown format ${format}${didYouMean(format, FORMATS)}`);
  const named = (options.stack ?? []).length > 0 || options["stack-file"] !== undefined;
  const requests = requestedStacks("mes forecast", options.stack ?? [], options["stack-file"]);
  if (curve === "") throw new UsageError("mes forecast: --curve needs the name of a file");
  // Read once: it may be a pipe.
  const recorded = curve === undefined ? undefined : { file: curve, text: readText(curve) };
  denyNetwork();
  const forecasts: Forecast[] = [];
  let failed = false;
  for (const request of requests) {
    try {
      const plan = await planStack({ ...request, projectDirectory: PROJECT_DIRECTORY });
      if (!named && plan.facts?.forecast === undefined) continue;
      forecasts.push(forecasted(plan, request, recorded));
    } catch (error) {
      const message = userMessage(error);
      if (message === undefined) throw error;
      process.stderr.write(`${message}\n`);
      failed = true;
    }
  }
  if (forecasts.length === 0 && !failed)
    throw new UsageError("mes forecast: no stack file has mes:forecast: say how many orders are expected (docs/forecast.md)");
  await show(forecasts, format, requests.length);
  if (failed) return EXIT.invalid;
  return forecasts.some(({ outcome }) => outcome.late >= 0.5) ? EXIT.findings : EXIT.fine;
}

interface Recorded {
  readonly file: string;
  readonly text: string;
}

function forecasted(plan: Plan, { file }: StackRequest, recorded: Recorded | undefined): Forecast {
  const today = plan.facts?.today ?? new Date().toISOString().slice(0, 10);
  const prices = pricesFor(file, plan.facts?.forecast?.prices);
  if (recorded === undefined) return forecastOf(plan, prices, today);
  return forecastOf(plan, prices, today, { curve: (facts) => curveOf(recorded.file, recorded.text, facts, today) });
}

async function show(forecasts: readonly Forecast[], format: string, stacks: number): Promise<void> {
  if (format === "text") {
    const palette = paletteFor(process.stdout, process.env);
    const width = widthFor(process.stdout, process.env);
    for (const forecast of forecasts) await print(forecastReport(forecast, width, palette));
    return;
  }
  const shown = stacks === 1 ? forecasts[0] : forecasts;
  if (shown !== undefined) await print(`${JSON.stringify(shown, null, 2)}\n`);
}
