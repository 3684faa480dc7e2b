import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { containersOf, type PodGroup } from "../../kubernetes/pods";
import { inWords } from "../../kubernetes/sizes";
import { at, bytesAt, entryOf, listAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("settings-fit");

type Path = readonly (string | number)[];

/** What containers are told of their memory and their disk, against what they get. */
export function containersFit({ pods }: Inventory): Finding[] {
  return pods.flatMap((group) => [
    ...containersOf(group.spec).flatMap((container, i) => {
      const place = [...group.specPath, i < listAt(group.spec, "containers").length ? "containers" : "initContainers", i];
      return [...heap(group, container, place), ...disk(group, container, place)];
    }),
    ...inMemory(group),
  ]);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  ki: 2 ** 10,
  kib: 2 ** 10,
  m: 2 ** 20,
  mi: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gi: 2 ** 30,
  gib: 2 ** 30,
  t: 2 ** 40,
  tib: 2 ** 40,
};

function bytesOf(digits: string | undefined, unit: string): number | undefined {
  const factor = entryOf(UNITS, unit.toLowerCase());
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** A runtime's heap: `fills` where it grows up to its size before it collects garbage. */
interface Heap {
  readonly what: string;
  readonly bytes: number;
  readonly fills: boolean;
}

/** Sizes of heaps that runtimes are told. Sources: GOMEMLIMIT of Go's runtime package, -Xmx of `java`, --max-old-space-size (MiB) of Node.js */
function toldHeap(name: string, text: string): Heap | undefined {
  if (name === "GOMEMLIMIT") {
    const [, digits, unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(text.trim()) ?? [];
    const bytes = bytesOf(digits, unit);
    return bytes === undefined ? undefined : { what: "GOMEMLIMIT", bytes, fills: false };
  }
  const [, heapDigits, heapUnit = ""] = /(?:^|\s)-Xmx(\d+)([kKmMgGtT]?)\b/.exec(text) ?? [];
  const heapBytes = bytesOf(heapDigits, heapUnit);
  if (heapBytes !== undefined) return { what: "-Xmx", bytes: heapBytes, fills: true };
  const [, mebibytes] = /--max[-_]old[-_]space[-_]size[=\s](\d+)/.exec(text) ?? [];
  return mebibytes === undefined ? undefined : { what: "--max-old-space-size", bytes: Number(mebibytes) * 2 ** 20, fills: false };
}

/** Part of the memory that a heap may take: stacks, buffers and the program itself come on top of it. */
const SHARE = 0.95;

function heap(group: PodGroup, container: unknown, place: Path): Finding[] {
  const limit = bytesAt(container, "resources", "limits", "memory");
  if (limit === undefined) return [];
  const texts: readonly (readonly [Path, string, unknown])[] = [
    ...listAt(container, "env").map((env, j) => [["env", j, "value"], textAt(env, "name") ?? "", at(env, "value")] as const),
    ...["command", "args"].flatMap((part) => listAt(container, part).map((text, j) => [[part, j], "", text] as const)),
  ];
  return texts.flatMap(([path, name, text]) => {
    const told = typeof text === "string" ? toldHeap(name, text) : undefined;
    if (told === undefined || told.bytes <= limit * SHARE) return [];
    const message = `${title(group.object)} is told to use ${inWords(told.bytes)} (${told.what}), and is killed at ${inWords(limit)}: it collects too little garbage before; lower it to four fifths of the memory`;
    return [(told.fills && told.bytes > limit ? error : warning)(group.object.resource, [...place, ...path], message)];
  });
}

/** Bytes of logs that the kubelet keeps of a container: five files of 10 MiB. Source: containerLogMaxSize and containerLogMaxFiles of KubeletConfiguration */
const LOGS = { file: 10 * 2 ** 20, all: 50 * 2 ** 20 };

/** A container is evicted when its logs and what it writes are more than this. Source: https://kubernetes.io/docs/concepts/storage/ephemeral-storage/ */
function disk(group: PodGroup, container: unknown, place: Path): Finding[] {
  const limit = bytesAt(container, "resources", "limits", "ephemeral-storage");
  if (limit === undefined) return [];
  const mounted = listAt(container, "volumeMounts").map((mount) => textAt(mount, "name"));
  const scratch = listAt(group.spec, "volumes")
    .filter((volume) => mounted.includes(textAt(volume, "name")) && textAt(volume, "emptyDir", "medium") !== "Memory")
    .reduce<number>((sum, volume) => sum + (bytesAt(volume, "emptyDir", "sizeLimit") ?? 0), 0);
  const path = [...place, "resources", "limits", "ephemeral-storage"];
  if (limit < LOGS.all) {
    const message = `${title(group.object)} is evicted when it has written ${inWords(limit)}, and its logs alone may be ${inWords(LOGS.all)}: it loses what it has in hand, again and again; raise it`;
    return [(limit < LOGS.file && !group.finite ? error : warning)(group.object.resource, path, message)];
  }
  if (limit >= scratch) return [];
  const message = `${title(group.object)} is evicted when it has written ${inWords(limit)}, and its emptyDirs may hold ${inWords(scratch)}; raise it, or lower their sizeLimit`;
  return [warning(group.object.resource, path, message)];
}

/** What is written to a volume in memory counts as memory of the container that writes it. Source: https://kubernetes.io/docs/concepts/storage/volumes/#emptydir */
function inMemory({ object, spec, specPath }: PodGroup): Finding[] {
  return listAt(spec, "volumes").flatMap((volume, i) => {
    if (textAt(volume, "emptyDir", "medium") !== "Memory") return [];
    const limits = containersOf(spec)
      .filter((container) => listAt(container, "volumeMounts").some((mount) => textAt(mount, "name") === textAt(volume, "name")))
      .flatMap((container) => bytesAt(container, "resources", "limits", "memory") ?? []);
    if (limits.length === 0) return [];
    const limit = Math.max(...limits);
    // Without a limit of its own it has that of the pod's memory.
    const size = bytesAt(volume, "emptyDir", "sizeLimit") ?? limit;
    if (size <= limit / 2) return [];
    const much = `may hold ${inWords(size)}`;
    const message = `${textAt(volume, "name") ?? ""} is in memory and ${much}, and a container of ${title(object)} is killed at ${inWords(limit)}, with what it has in hand; leave medium out, or set a sizeLimit of a quarter`;
    return [(size > limit ? error : warning)(object.resource, [...specPath, "volumes", i, "emptyDir", "medium"], message)];
  });
}
