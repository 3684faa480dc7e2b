import * as pulumi from "@pulumi/pulumi";
import { record } from "../../../review/plan/record";
import { declare } from "./pulumi-program";

/** The recorder of `mes plan`, where an input of every resource has to be waited for. */
const resources = Number(process.argv[2]);
const program = () => declare(resources, pulumi.output(Promise.resolve("bench")));
void record(program, { project: "bench", stack: "bench", projectDirectory: __dirname }).then((plan) => {
  if (plan.resources.length < resources) throw new Error(`only ${plan.resources.length} resources were recorded`);
});
