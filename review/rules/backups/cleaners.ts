import { configFiles } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { timeInWords } from "../../kubernetes/sizes";
import { variablesOf } from "../../kubernetes/variables";
import { at, listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("backups-restorable");

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Seconds that a message which was handled is remembered: as long as a sender or a person may send it again. */
const INBOX = { least: DAY, usual: 7 * DAY };
/** Seconds that a sent message is kept: as long as somebody may ask what became of an order. */
const OUTBOX = { least: HOUR, usual: DAY };
/** Seconds beyond which tables grow without need. */
const MOST = 400 * DAY;

/** Jobs that delete by age: not what is still needed, and not everything. */
export function cleanersKeep(known: Inventory): Finding[] {
  return known.pods
    .filter(({ finite }) => finite)
    .flatMap((group) => [...messages(group, known), ...indices(group), ...otherIndices(group, known)]);
}

function messages(group: PodGroup, known: Inventory): Finding[] {
  const variables = variablesOf(group, known);
  const kept = [
    { name: "KEEP_INBOX", ...INBOX, harm: "an order that is sent again is taken for a new one, and made twice" },
    { name: "KEEP_OUTBOX", ...OUTBOX, harm: "nobody can say any more whether an order was sent" },
  ];
  return kept.flatMap(({ name, least, usual, harm }) => {
    const variable = variables.get(name);
    if (variable === undefined) return [];
    const time = Number(variable.value);
    const found = (report: typeof error, message: string) => [
      report(group.object.resource, variable.path, `${title(group.object)} ${message} (${name}, mes:outbox)`),
    ];
    if (!Number.isFinite(time) || variable.value.trim() === "") {
      return found(
        error,
        `is told to keep messages for ${JSON.stringify(variable.value)}, which is no number of seconds: it deletes nothing, or ends`,
      );
    }
    if (time < least)
      return found(error, `deletes what is older than ${timeInWords(time)}: ${harm}; keep it for ${timeInWords(usual)}`);
    if (time < usual)
      return found(warning, `deletes what is older than ${timeInWords(time)}: ${harm}; keep it for ${timeInWords(usual)}`);
    return time > MOST
      ? found(warning, `keeps messages for ${timeInWords(time)}: the tables grow until they are slow; lower it`)
      : [];
  });
}

/** Cleaners of indices by age in days, as the first argument. Source: https://www.jaegertracing.io/docs/2.13/storage/elasticsearch/#index-cleaner */
const INDEX_CLEANER = /(?:^|\/)[\w-]*(?:es|opensearch|elasticsearch)-index-cleaner(?:[:@]|$)/;

function indices({ object, spec, specPath }: PodGroup): Finding[] {
  return listAt(spec, "containers").flatMap((container, i) => {
    if (!INDEX_CLEANER.test(textAt(container, "image") ?? "")) return [];
    const given = at(container, "args", 0);
    const days = Number(given);
    const path = [...specPath, "containers", i, "args", 0];
    if (typeof given !== "string" || !/^\d+$/.test(given)) {
      return [
        error(
          object.resource,
          path,
          `${title(object)} is told ${JSON.stringify(given ?? null)} for the days to keep: it deletes nothing, and the disk fills; name a number`,
        ),
      ];
    }
    if (days >= 2) return [];
    const message = `${title(object)} deletes every index that is older than ${days} days: the traces of last night are gone when somebody looks for an order; keep seven (mes:tracing.storage.retention)`;
    return [(days < 1 ? error : warning)(object.resource, path, message)];
  });
}

/** The cleaner and whoever writes have to call the indices by the same prefix. Source: INDEX_PREFIX of the cleaner, index_prefix of Jaeger */
function otherIndices(group: PodGroup, known: Inventory): Finding[] {
  if (!listAt(group.spec, "containers").some((one) => INDEX_CLEANER.test(textAt(one, "image") ?? ""))) return [];
  const written = new Set(
    known.pods
      .filter(({ finite }) => !finite)
      .flatMap((one) => configFiles(one, known))
      .flatMap(({ text }) => [...text.matchAll(/^\s*index_prefix:\s*["']?([\w.-]+)/gm)].map(([, prefix = ""]) => prefix)),
  );
  const variable = variablesOf(group, known).get("INDEX_PREFIX");
  const own = (variable?.value ?? "").replace(/-$/, "");
  if (written.size === 0 || written.has(own) || written.has(`${own}-`)) return [];
  const message = `${title(group.object)} looks for indices that begin with ${JSON.stringify(own)}, and they begin with ${listed([...written])}: nothing is deleted, until the search cluster is full and takes no trace any more; correct INDEX_PREFIX`;
  return [error(group.object.resource, variable?.path ?? [...group.specPath, "containers"], message)];
}
