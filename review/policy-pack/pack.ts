import { PolicyPack, type PolicyResource, type ReportViolation, type StackValidationPolicy } from "@pulumi/policy";
import { stackFilePath } from "../../stacks/config/load";
import { planStack } from "../plan/stack";
import { findingsOf, isOpen, RULES } from "../rules";
import type { Finding, Rule, Severity } from "../rules/rule";
import { asTheEngine, type EngineResource } from "./as-the-engine";
import { plainOf } from "./plain";

/** The inputs of each resource, by its URN: at the end the engine shows what became of them. */
const inputs = new Map<string, Readonly<Record<string, unknown>>>();
let findings: Promise<readonly Finding[]> | undefined;

/** What the rules say of the resources that the engine is about to make; asked by each of the policies, found once. */
function found(resources: readonly PolicyResource[]): Promise<readonly Finding[]> {
  return (findings ??= judged(resources.map(ofEngine)));
}

async function judged(resources: readonly EngineResource[]): Promise<readonly Finding[]> {
  const stack = resources[0]?.urn.split(":")[2];
  if (stack === undefined) return [];
  const projectDirectory = process.cwd();
  const planned = await planStack({ stack, file: stackFilePath(projectDirectory, stack), projectDirectory });
  return findingsOf(asTheEngine(planned, resources)).filter(isOpen);
}

function ofEngine({ urn, type, name, opts, provider, dependencies, props }: PolicyResource): EngineResource {
  return {
    urn,
    type,
    name,
    ...(opts.parent === undefined ? {} : { parent: opts.parent }),
    ...(provider === undefined ? {} : { provider: provider.urn }),
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    dependsOn: dependencies.map((each) => each.urn).sort(),
    inputs: inputs.get(urn) ?? plainOf(props),
  };
}

/** A rule as the engine enforces it: its errors refuse a deploy, its warnings advise. */
function policy(rule: Rule, severity: Severity): StackValidationPolicy {
  return {
    name: severity === "error" ? rule.name : `${rule.name}-advice`,
    description: rule.title,
    enforcementLevel: severity === "error" ? "mandatory" : "advisory",
    validateStack: async ({ resources }, report: ReportViolation) => {
      for (const finding of await found(resources)) {
        if (finding.rule === rule.name && finding.severity === severity) report(messageOf(finding), finding.urn);
      }
    },
  };
}

function messageOf({ path, message, setting }: Finding): string {
  const place = setting === undefined ? "" : ` (${setting.file}:${setting.line}:${setting.column} ${setting.key})`;
  return `${path === "" ? "" : `${path}: `}${message}${place}`;
}

new PolicyPack("mes-platform", {
  policies: [
    {
      name: "recorded",
      description: "Every resource is read before it is made, for the rules that look at all of them.",
      enforcementLevel: "advisory",
      validateResource: ({ urn, props }) => {
        findings = undefined;
        inputs.set(urn, plainOf(props));
      },
    },
    ...RULES.flatMap((rule) => [policy(rule, "error"), policy(rule, "warning")]),
  ],
});
