import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "./api";
import type { KubernetesObject } from "./resources";

interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/**
 * Tells of every object of a list, once as it is and then each time it changes, until the end is called. A list that the
 * API server does not serve, or not any more, is asked for again. It does not keep the process running.
 * @param list path of the list, e.g. `/api/v1/services`
 */
export function watch<T extends KubernetesObject>(api: ApiClient, list: string, seen: (object: T) => void): () => void {
  const end = new AbortController();
  const follow = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await api.follow<WatchEvent<T>>(`${list}?watch=true`, end.signal, ({ type, object }) => {
        if (type === "ADDED" || type === "MODIFIED") seen(object);
      });
      await sleep(RETRY_MILLISECONDS, undefined, { ref: false });
    }
  };
  void follow();
  return () => end.abort();
}

const RETRY_MILLISECONDS = 300;
