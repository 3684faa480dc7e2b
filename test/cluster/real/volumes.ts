import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Storage } from "../volumes";
import type { Node } from "./node";

const FOLDER = "/var/lib/volumes";

/**
 * Folders on the disk of the node where the first pod of a claim runs, as `local` volumes: what is in one outlives pods and
 * restarts of its node, and can be reached on this node only. Sizes are not enforced.
 */
export function nodeVolumes(nodes: readonly Node[]): Storage {
  const onDisk = (node: Node, name: string): string => path.join(node.disk, "lib/volumes", name);
  return {
    driver: "node-volumes.test",
    volumeBindingMode: "WaitForFirstConsumer",
    objects: [],
    make: ({ metadata }) => {
      const chosen = metadata.annotations?.["volume.kubernetes.io/selected-node"];
      const node = nodes.find(({ name }) => name === chosen);
      if (node === undefined) return undefined;
      mkdirSync(onDisk(node, metadata.uid), { recursive: true });
      const values = [node.name];
      return {
        local: { path: path.join(FOLDER, metadata.uid) },
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values }] }] },
        },
      };
    },
    remove: ({ spec }) => {
      const name = path.basename(spec.local?.path ?? "");
      for (const node of nodes) rmSync(onDisk(node, name), { recursive: true, force: true });
    },
  };
}
