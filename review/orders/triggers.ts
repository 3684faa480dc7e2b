import type { Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { listAt, numberAt, textAt, textsAt } from "../kubernetes/value";

/** A trigger of KEDA that looks at a queue. Source: https://keda.sh/docs/2.21/scalers/rabbitmq-queue/ */
export interface QueueTrigger {
  readonly object: KubeObject;
  /** Path in the resource's inputs. */
  readonly path: readonly (string | number)[];
  readonly queue: string;
  readonly mode: "QueueLength" | "MessageRate";
  /** Messages, or messages a second, for each pod. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export function queueTriggers({ autoscalers }: Inventory): QueueTrigger[] {
  return autoscalers.flatMap(({ object, min, max }) =>
    listAt(object.spec, "triggers").flatMap((trigger, i): QueueTrigger[] => {
      if (textAt(trigger, "type") !== "rabbitmq") return [];
      const { queueName, mode, queueLength } = textsAt(trigger, "metadata");
      const value = numberAt(trigger, "metadata", "value") ?? Number(queueLength);
      if (queueName === undefined || !Number.isFinite(value) || value <= 0) return [];
      const path = ["spec", "triggers", i, "metadata", "value"];
      return [{ object, path, queue: queueName, mode: mode === "MessageRate" ? mode : "QueueLength", value, min, max }];
    }),
  );
}
