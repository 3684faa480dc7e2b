import { record } from "../../../review/plan/record";
import { declare } from "./pulumi-program";

/** The recorder of `mes plan`. */
const resources = Number(process.argv[2]);
void record(() => declare(resources), { project: "bench", stack: "bench", projectDirectory: __dirname }).then((plan) => {
  if (plan.resources.length < resources) throw new Error(`only ${plan.resources.length} resources were recorded`);
});
