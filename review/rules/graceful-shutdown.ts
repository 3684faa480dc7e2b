import { POD_FACTS } from "../../components/workload/facts";
import { inventory } from "../kubernetes/inventory";
import { preStopSeconds } from "../kubernetes/pods";
import { numberAt } from "../kubernetes/value";
import { reporter, type Rule } from "./rule";

const name = "graceful-shutdown";
const { error } = reporter(name);

/** Default of Kubernetes, in seconds. */
const DEFAULT_GRACE = 30;

export const gracefulShutdown: Rule = {
  name,
  title: "A program has the time to finish what it has taken on before it is killed.",
  why: "A pod that is killed while it handles messages hands them to another one: each is late, and handled twice where the program does not notice.",
  check: (plan) =>
    inventory(plan).pods.flatMap((group) => {
      const grace = numberAt(group.spec, "terminationGracePeriodSeconds") ?? DEFAULT_GRACE;
      const waiting = preStopSeconds(group);
      const path = [...group.specPath, "terminationGracePeriodSeconds"];
      const prefetch = numberAt(group.annotations, POD_FACTS.prefetch);
      const handling = numberAt(group.annotations, POD_FACTS.handlingSeconds);
      if (prefetch !== undefined && handling !== undefined) {
        const needed = waiting + prefetch * handling;
        if (grace > needed) return [];
        const message = `killed ${grace} s after it is asked to stop, but may need ${needed} s: ${waiting} s of preStop, then ${prefetch} messages of up to ${handling} s; give it more than that, or lower the prefetch`;
        return [error(group.object.resource, path, message)];
      }
      if (waiting > 0 && grace <= waiting) {
        const message = `killed ${grace} s after it is asked to stop, and its preStop hook alone takes ${waiting} s; give it more`;
        return [error(group.object.resource, path, message)];
      }
      return [];
    }),
};
