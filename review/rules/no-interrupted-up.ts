import { identityOf } from "../kubernetes/identity";
import { count, listed, reporter, type Rule } from "./rule";

const name = "no-interrupted-up";
const { error } = reporter(name);

/** What the plug-in has to be told, for this one time, so that it takes over what exists. */
export const REPAIR = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up";

export const noInterruptedUp: Rule = {
  name,
  title: "No earlier `up` was interrupted while it created objects. Looks only where `mes plan` is given a state.",
  why: "What it was creating may be there, and the state does not know: the next `up` is refused with “already exists”.",
  check: (plan) => {
    const interrupted = (plan.before?.interrupted ?? []).filter(({ type, inputs }) => identityOf(type, inputs) !== undefined);
    const urns = new Set(interrupted.map(({ urn }) => urn));
    // One finding for all: the way out is the same.
    const resource = plan.resources.find(({ urn }) => urns.has(urn)) ?? plan.resources[0];
    if (interrupted.length === 0 || resource === undefined) return [];
    const names = interrupted.flatMap(({ type, inputs }) => identityOf(type, inputs) ?? []);
    const objects = `${count(names.length, "object")} (${listed(names)})`;
    const command = `${REPAIR} --stack ${plan.stack}`;
    return [
      error(resource, "", `an \`up\` ended while it created ${objects}: continue it with \`${command}\`, see docs/operations.md`),
    ];
  },
};
