import { z } from "zod";
import {
  certificates,
  cidr,
  holds,
  hostname,
  labels,
  literal,
  namespaceName,
  objectName,
  rule,
  secret,
  webAddress,
} from "../schema";

const port = z.int().min(1).max(65_535);

/** Names and values are checked by RabbitMQ itself from here on; before, quorum queues lack what the platform relies on. */
const OLDEST = [3, 13] as const;

const version = z
  .string()
  .regex(/^\d{1,2}\.\d{1,2}(?:\.\d{1,3})?$/, 'expected a version in quotes, e.g. "4.2"')
  .check(
    holds(
      (text) => isAtLeast(text, OLDEST),
      `expected ${OLDEST.join(".")} or newer: older quorum queues lack what keeps messages`,
    ),
  );

/** Whether a version such as `4.2` or `4.2.1` is this one or a newer one. */
export function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = text.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

const administrator = z
  .strictObject({
    secret: objectName
      .optional()
      .describe(
        'a Secret that is there already, in the namespace of database and broker (mes-data), with the keys uri (address of the management API), username and password, and the label rabbitmq.com/topology-operator: "true", without which the operator reads no Secret',
      ),
    username: literal.optional().describe("name of the administrator"),
    password: secret.optional().describe("password of the administrator"),
  })
  .check(
    rule((value, context) => {
      const given = value.username !== undefined || value.password !== undefined;
      const issue = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
      if (value.secret !== undefined && given) issue(["secret"], "stands for username and password: leave them out, or this");
      else if (value.secret === undefined && (value.username === undefined || value.password === undefined))
        issue([], "needs secret (the name of a Secret that is there), or username and password");
    }),
  );

const metrics = z.strictObject({
  hosts: z
    .array(hostname)
    .min(1)
    .describe("hosts whose metrics are read, one for each node: only the node that leads a queue tells of it"),
  port: port
    .default(15_691)
    .describe("port of the Prometheus plug-in: 15691 with TLS, 15692 without, unless somebody changed it"),
  scheme: z.enum(["https", "http"]).default("https").describe("http where the plug-in has no certificate"),
  login: z
    .boolean()
    .default(false)
    .describe("true: name and password of the user that measures queues are sent along, where the endpoint asks for them"),
});

/** A broker that was there before: where it is, who may declare in it, and what it promises. */
export const existingBroker = z
  .strictObject({
    kind: z
      .enum(["rabbitmq", "amazon-mq", "cloudamqp"])
      .default("rabbitmq")
      .describe("who runs it: a company's own RabbitMQ, or a service, for what that cannot do (docs/adoption.md)"),
    host: hostname.describe("host that clients connect to"),
    tls: z
      .boolean()
      .default(true)
      .describe("false: clients and the management API talk in plain text, orders and passwords included"),
    port: port.optional().describe("port of AMQP 0-9-1; default: 5671, without TLS 5672"),
    ca: certificates
      .optional()
      .describe(
        "certificate of the CA that its certificate is of, as text (PEM); default: one of the public CAs, which every image brings along",
      ),
    management: webAddress
      .optional()
      .describe(
        "address of the management API; default: https://HOST:15671, without TLS http://HOST:15672, of amazon-mq and cloudamqp https://HOST",
      ),
    servers: z
      .union(
        [
          z.strictObject({ cidrs: z.array(cidr).min(1).describe("addresses of the host") }),
          z.strictObject({
            namespace: namespaceName.describe("namespace of the broker's pods"),
            labels: labels.describe("labels of the broker's pods"),
          }),
        ],
        "expected the {cidrs} of the host, or {namespace, labels} of the pods behind it",
      )
      .describe("where it is, for network policies"),
    administrator: administrator.describe(
      "who declares virtual host, queues, exchanges, policies and users: a user with the tag administrator, and all rights in the virtual host",
    ),
    version: version.describe('its version, e.g. "4.2": what it does not know yet is left out of the policies of its queues'),
    nodes: z.int().min(1).max(9).describe("its nodes: with fewer than three no queue has a majority that survives one of them"),
    maxConnections: z
      .int()
      .min(1)
      .optional()
      .describe("most connections that it takes, of all clients; a plan counts those of the roles. Default: not known"),
    metrics: metrics
      .optional()
      .describe("where Prometheus reads its metrics; default: nowhere, and no alert and no dashboard is made on the broker"),
  })
  .check(
    rule((broker, context) => {
      for (const { path, message } of problemsOf(broker)) context.addIssue({ code: "custom", path, message });
    }),
  )
  .describe(
    "a broker that is there already (Amazon MQ, CloudAMQP, a company's own RabbitMQ): virtual host, queues, rights and users are declared in it, and no node is made; default: the platform runs one",
  );

interface Shape {
  readonly kind: string;
  readonly tls: boolean;
  readonly ca?: string | undefined;
  readonly management?: string | undefined;
  readonly administrator: { readonly secret?: string | undefined };
  readonly version: string;
  readonly nodes: number;
  readonly metrics?: { readonly hosts: readonly string[] } | undefined;
}

function* problemsOf(broker: Shape): Generator<{ path: (string | number)[]; message: string }> {
  const { kind, tls, ca, management, administrator: by, nodes, metrics: read } = broker;
  if (!tls && ca !== undefined) yield { path: ["ca"], message: "is of no use: tls is false" };
  if (!tls && kind !== "rabbitmq") yield { path: ["tls"], message: `cannot be false: ${kind} takes connections with TLS only` };
  if (tls && management?.startsWith("http://") === true)
    yield { path: ["management"], message: "expected https://: the administrator's password goes there; or set tls to false" };
  if (by.secret !== undefined && management?.endsWith("/") === true)
    yield { path: ["management"], message: "expected no slash at the end" };
  if (read !== undefined && new Set(read.hosts).size !== read.hosts.length)
    yield { path: ["metrics", "hosts"], message: "names a host twice" };
  else if (read !== undefined && read.hosts.length !== nodes)
    yield {
      path: ["metrics", "hosts"],
      message: `expected ${nodes} hosts, one for each node (nodes): each tells of the queues alone that it leads, so behind one load balancer the numbers would jump`,
    };
  // Source: https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-prometheus-metrics.html
  if (kind === "amazon-mq" && read !== undefined && !isAtLeast(broker.version, [4, 2]))
    yield { path: ["metrics"], message: "needs version 4.2 or newer: Amazon MQ has no metrics for Prometheus before" };
}

export type ExistingBroker = z.infer<typeof existingBroker>;
