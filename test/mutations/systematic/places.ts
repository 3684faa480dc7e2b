import { objectsOf, type PlannedObject } from "../edited-plan";
import type { StackName, World } from "../mutation";

/** An object of a plan, where something is to be changed. */
export interface Place extends PlannedObject {
  readonly stack: StackName;
  /** End of an id: the object, and the stack where it is not prod. */
  readonly at: string;
}

const STACKS: readonly StackName[] = ["prod", "dev"];

/** All objects of these kinds, of both stacks unless they are named. */
export function placesOf({ plans }: World, kinds: readonly string[], stacks: readonly StackName[] = STACKS): Place[] {
  return stacks.flatMap((stack) =>
    kinds.flatMap((kind) =>
      objectsOf(plans[stack], kind).map((object) => ({
        ...object,
        stack,
        at: `${kind}/${object.ref}${stack === "prod" ? "" : `@${stack}`}`,
      })),
    ),
  );
}

/** Another object of the same kind and namespace, if there is one. */
export function otherOf(world: World, { stack, kind, ref, namespace }: Place): Place | undefined {
  const others = placesOf(world, [kind], [stack]).filter((one) => one.namespace === namespace && one.ref !== ref);
  return others.length === 0 ? undefined : world.random.one(others);
}
