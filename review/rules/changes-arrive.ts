import type { Plan, Resource } from "../plan/plan";
import { reporter, shortName, type Finding, type Rule } from "./rule";

const name = "changes-arrive";
const { error, warning } = reporter(name);

export const changesArrive: Rule = {
  name,
  title: "The engine carries out what is declared: it ignores no change of it.",
  why: "What is ignored shows in no preview and never arrives, while everybody believes that it is deployed.",
  check: (plan: Plan) => plan.resources.flatMap(ignored),
};

/** Fields of which others are the owners, wherever they are. */
const OTHERS = /(?:replicas|storage|caBundle|clusterIP|status)(?:$|[.[])|annotations|labels|tags/;

/** Source: https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/ */
function ignored(resource: Resource): Finding[] {
  return resource.ignoreChanges.flatMap((path): Finding[] => {
    const parts = path.split(/[.[]/).filter((part) => part !== "" && part !== "*" && part !== "*]");
    if (OTHERS.test(path) && parts.length > 1) return [];
    const whole = parts.length <= 1;
    const message = `ignores all changes of ${path === "*" ? "everything" : path} (ignoreChanges): what is declared of ${shortName(resource.urn)} never gets there, and no preview shows it; ${whole ? "remove it" : "name the one field that somebody else writes"}`;
    return [(whole ? error : warning)(resource, path, message)];
  });
}
