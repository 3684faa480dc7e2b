import type { ApiClient } from "../cluster/api";

interface Event {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly reportingComponent: string;
  readonly source?: { readonly component?: string };
  readonly involvedObject: { readonly kind: string; readonly namespace?: string; readonly name: string };
}

/** Warning events of some reporters, as lines for people. */
export async function warnings(api: ApiClient, reporter: RegExp): Promise<string[]> {
  const { items } = await api.get<{ items: Event[] }>("/api/v1/events?fieldSelector=type%3DWarning");
  return items.flatMap(({ reason, message, reportingComponent, source, involvedObject: { kind, namespace, name } }) => {
    const from = source?.component ?? reportingComponent;
    return reporter.test(from) ? [`${from}: ${kind} ${namespace ?? ""}/${name}: ${reason}: ${message}`] : [];
  });
}
