import { gpuQuery, requestRateQuery, type ScaledRole } from "../../components/autoscaling/triggers";
import { managementEndpoint } from "../../components/broker/endpoints";
import { prometheusEndpoint } from "../../components/monitoring/endpoints";
import type { Environment } from "../../components/platform";
import { ownLoopbackAddress } from "../cluster/address";
import type { Authority } from "../cluster/certificates";
import type { Load } from "./load";
import { serve, type Answer, type Served } from "./served";

/** What KEDA measures the load with, played: Prometheus, and the broker's management API over TLS. */
export interface Sources {
  /** Addresses of their host names. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Address of the management API, as the Secret of the autoscalers has it. */
  readonly brokerUrl: string;
  /** From now on they answer every question with an error, or no more. */
  fail(failing: boolean): void;
  close(): void;
}

export interface SourcesArgs {
  /** Signs the broker's certificate. */
  readonly authority: Authority;
  readonly environment: Environment;
  readonly vhost: string;
  /** Roles whose load Prometheus knows. */
  readonly roles: readonly ScaledRole[];
  readonly load: () => Load;
}

const USER = "autoscaler";
const PASSWORD = "password";

export async function serveSources(args: SourcesArgs): Promise<Sources> {
  let failing = false;
  const unlessFailing = (answer: Answer): Answer => (failing ? { status: 503, body: { message: "away" } } : answer);
  const management = managementEndpoint(args.environment);
  const prometheus = prometheusEndpoint(args.environment);

  const broker = await serve(
    {
      address: ownLoopbackAddress(),
      port: management.port,
      certificate: await args.authority.issueServer("broker", [`DNS:${management.host}`]),
    },
    ({ pathname }, { headers }) => {
      const credentials = Buffer.from(`${USER}:${PASSWORD}`).toString("base64");
      if (headers.authorization !== `Basic ${credentials}`) return { status: 401, body: { error: "not_authorised" } };
      return unlessFailing(queue(pathname, args));
    },
  );
  const metrics = await serve({ address: ownLoopbackAddress(), port: prometheus.port }, ({ searchParams }) =>
    unlessFailing(sample(searchParams.get("query") ?? "", args)),
  );
  return {
    hosts: { [management.host]: broker.address, [prometheus.host]: metrics.address },
    brokerUrl: `https://${USER}:${PASSWORD}@${management.host}:${management.port}/${args.vhost}`,
    fail: (value) => {
      failing = value;
    },
    close: () => [broker, metrics].forEach((served: Served) => served.close()),
  };
}

/** Source: https://www.rabbitmq.com/docs/http-api-reference#get-apiqueuesvhostname */
function queue(pathname: string, { vhost, load }: SourcesArgs): Answer {
  const [, name = ""] = new RegExp(`^/api/queues/${encodeURIComponent(vhost)}/([^/]+)$`).exec(pathname) ?? [];
  if (name === "") return { status: 404, body: { error: "Object Not Found" } };
  const { messages = 0, rate = 0 } = load().queues[decodeURIComponent(name)] ?? {};
  return {
    body: {
      name: decodeURIComponent(name),
      messages,
      messages_ready: messages,
      messages_unacknowledged: 0,
      message_stats: { publish_details: { rate }, deliver_get_details: { rate } },
    },
  };
}

/** Answers the questions that the components ask, and no others. Source: https://prometheus.io/docs/prometheus/latest/querying/api/ */
function sample(query: string, { roles, load }: SourcesArgs): Answer {
  for (const role of roles) {
    const { requests = 0, gpu = 0 } = load().roles[role.name] ?? {};
    const value = query === requestRateQuery(role) ? requests : query === gpuQuery(role) ? gpu : undefined;
    if (value === undefined) continue;
    const result = [{ metric: {}, value: [Date.now() / 1000, String(value)] }];
    return { body: { status: "success", data: { resultType: "vector", result } } };
  }
  return { status: 400, body: { status: "error", errorType: "bad_data", error: `nobody declares the query ${query}` } };
}
