import type { Incident } from "./incidents";
import { BEFORE } from "./scenario";
import { groupsAt, pagesOf, type Result } from "./player";

/** What is wrong with how people are told of an incident, one line each; nothing where all is right. */
export function verdict(incident: Incident, result: Result): string[] {
  const wrong: string[] = [];
  const pages = pagesOf(result);
  const end = BEFORE + incident.minutes * 60;
  const minute = (at: number) => `${((at - BEFORE) / 60).toFixed(1)} min`;
  for (const { title, refused, at } of pages) {
    if (refused > 0) wrong.push(`PagerDuty refuses ${refused} messages of the page '${title}'`);
    if (at < BEFORE) wrong.push(`woken before anything happened: ${title}`);
  }
  const last = Math.max(...result.messages.map(({ at }) => at));
  const opened = (receiver: string) => {
    const seen = new Map<string, { at: number; names: string[]; resolved: boolean }>();
    for (const { at, groupKey, status, alerts } of groupsAt(result, receiver)) {
      const group = seen.get(groupKey);
      const names = [...new Set(alerts.map(({ labels }) => labels.alertname ?? ""))];
      if (group === undefined) seen.set(groupKey, { at, names, resolved: status === "resolved" });
      else group.resolved = status === "resolved";
    }
    return [...seen.values()];
  };
  if (incident.page === undefined) {
    for (const { title } of pages) wrong.push(`wakes somebody: ${title}`);
  } else {
    const [first] = pages;
    if (first === undefined) wrong.push("nobody is woken");
    else {
      if (!first.alerts.includes(incident.page))
        wrong.push(`the first page is ${first.alerts.join(", ")} (${first.title}), not ${incident.page}`);
      if (first.at - BEFORE > incident.within * 60)
        wrong.push(`the page comes after ${minute(first.at)}, later than ${incident.within} min`);
      const others = pages
        .slice(1)
        .filter(({ alerts, at }) => at < end || !alerts.every((name) => incident.left?.includes(name)));
      for (const { alerts, title, at } of others) wrong.push(`another page after ${minute(at)}: ${alerts.join(", ")} (${title})`);
      if (first.resolved === undefined) wrong.push("the page is never closed");
    }
  }
  const tickets = opened("team");
  if (incident.ticket !== undefined) {
    const own = tickets.find(({ names }) => names.includes(incident.ticket ?? ""));
    if (own === undefined) wrong.push(`no ticket ${incident.ticket}`);
    else if (!own.resolved) wrong.push(`the ticket ${incident.ticket} is never closed`);
    else if (own.at - BEFORE > incident.within * 60) wrong.push(`the ticket comes after ${minute(own.at)}`);
  }
  for (const { names, at } of tickets) {
    if (
      !names.includes(incident.ticket ?? "") &&
      !names.some((name) => name === `${incident.page}Today` || incident.beside?.includes(name))
    )
      wrong.push(`a ticket beside it after ${minute(at)}: ${names.join(", ")}`);
  }
  for (const error of new Set(result.errors)) wrong.push(`error: ${error}`);
  return wrong.concat(last < BEFORE ? ["no message at all"] : []);
}
