import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, isNotFound } from "./api";
import type { KubernetesObject } from "./resources";
import { watch } from "./watch";

/** An object as the API server has it. */
export interface Stored extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly uid: string };
}

/**
 * Acts on every object of a list, once as it is and then each time it changes, as a controller does: on one object it does
 * one thing at a time, and an act that fails is tried again, with what the object is by then, unless the object is gone. The end waits for
 * acts that are under way. It does not keep the process running.
 * @param list path of the list, e.g. `/api/v1/services`
 */
export function reconcile<T extends Stored>(
  api: ApiClient,
  list: string,
  act: (object: T) => Promise<unknown>,
): () => Promise<void> {
  const due = new Map<string, T>();
  const underWay = new Map<string, Promise<void>>();
  const end = new AbortController();
  const workOff = async (uid: string): Promise<void> => {
    for (let object = due.get(uid); object !== undefined && !end.signal.aborted; object = due.get(uid)) {
      due.delete(uid);
      try {
        await act(object);
      } catch (error) {
        if (isNotFound(error)) continue;
        if (!due.has(uid)) due.set(uid, object);
        await sleep(RETRY_MILLISECONDS, undefined, { ref: false, signal: end.signal }).catch(() => undefined);
      }
    }
    underWay.delete(uid);
  };
  const endWatch = watch<T>(api, list, (object) => {
    const { uid } = object.metadata;
    due.set(uid, object);
    if (!underWay.has(uid)) underWay.set(uid, workOff(uid));
  });
  return async () => {
    endWatch();
    end.abort();
    await Promise.all(underWay.values());
  };
}

const RETRY_MILLISECONDS = 100;
