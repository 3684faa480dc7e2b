import type { Plan, Resource } from "../../plan/plan";
import type { Finding, Report } from "../rule";
import { holderOf, type Holder } from "./holders";

/**
 * What holds data, is there, and is in the plan no more: given another name, so that an empty one takes its place, or left out.
 * @param report an error where data is protected
 */
export function leftBehind({ resources, before, facts }: Plan, error: Report, warning: Report): Finding[] {
  const former = (before?.resources ?? []).flatMap((one) => {
    const holder = holderOf(one);
    return holder === undefined ? [] : [{ ...holder, protect: one.protect === true }];
  });
  if (former.length === 0) return [];
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const planned = resources.flatMap((one) => holderOf(one) ?? []);
  const stay = identities(planned);
  const were = identities(former);
  const gone = former.filter((one) => !stay.has(key(one)));
  const lost = new Set(gone.map(({ identity }) => identity));
  return gone
    .filter(({ within }) => within === undefined || !lost.has(within))
    .map((one) => {
      const fresh = planned.filter((other) => other.kind === one.kind && !were.has(key(other)));
      const heir = fresh.find(({ urn }) => urn === one.urn) ?? fresh[0];
      const place = byUrn.get(heir?.urn ?? one.urn) ?? absent(one);
      const report = heir?.filled !== true && (one.protect || facts?.protectData === true) ? error : warning;
      return report(place, "", message(one, heir));
    });
}

function message({ name, holds, key: setting }: Holder, heir: Holder | undefined): string {
  if (heir === undefined) {
    return `${name} is deployed, and the plan has it no more: ${holds} would be lost or left to nobody; keep it, or empty it first (${setting})`;
  }
  if (heir.filled)
    return `${heir.name} takes the place of ${name}, which is deployed: what was written after the backup stays behind`;
  return `${heir.name} takes the place of ${name}, which is deployed, and is empty: ${holds} would be left behind; keep the name, or move what is there first (${setting})`;
}

function identities(holders: readonly Holder[]): ReadonlySet<string> {
  return new Set(holders.map(key));
}

function key({ kind, identity }: Holder): string {
  return `${kind} ${identity}`;
}

/** What a finding is about that the plan does not have. */
function absent({ urn }: Holder): Resource {
  return { urn } as Resource;
}
