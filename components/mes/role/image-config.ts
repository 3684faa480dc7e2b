import { z } from "zod";
import { imageOverride } from "../../images/config";
import { bytes, dnsLabel, holds, objectName, positiveDuration, rule } from "../../schema";
import { PATHS, PORTS } from "../contract/contract";
import { directory } from "./paths";

/*
 * What the image of a role can do, where it does not honour all of docs/app-contract.md: its user, ports, checks, files and volumes.
 */

const path = z.string().regex(/^\/\S*$/, "expected a path that begins with a slash");
export const port = z.int().min(1).max(65_535);
const command = z.array(z.string().min(1)).min(1);
const objectKey = z
  .string()
  .regex(/^(?!\.\.?$)[-.\w]{1,253}$/, "expected a key of an object: letters, digits, dashes, dots and underscores");

/** Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const numericId = z
  .int()
  .min(0)
  .max(2_147_483_647)
  .check(
    holds(
      (id) => id > 0,
      "is root, and Pod Security refuses such a pod in the namespace of the roles: name the image's own user, or any other (1000); what it writes to is named in scratch and volumes",
    ),
  );

/** The image of one role, where it is another than that of the others, and as whom it runs. */
export const roleImage = imageOverride
  .safeExtend({
    user: numericId.optional().describe("number of the user it runs as; default: 65532"),
    group: numericId.optional().describe("number of its group, which owns its volumes; default: that of the user"),
    readOnly: z
      .boolean()
      .default(true)
      .describe("false: it may write anywhere in its own file system, and what it writes is lost with the container"),
  })
  .prefault({})
  .describe("the image of this role alone, and its user; default: mes:images.overrides.mes");

/** Where the image tells of itself: health, and metrics. */
export const management = z
  .union(
    [
      z.strictObject({
        port: port
          .optional()
          .describe(
            `port of health and metrics, which may be that of http; default: ${PORTS.management}, which it is told as MES_MANAGEMENT_PORT`,
          ),
        metrics: z
          .union([path, z.literal(false)], "expected the path of the metrics, or false where there are none")
          .default(PATHS.metrics)
          .describe("path of the metrics in the format of Prometheus; false: it has none"),
      }),
      z.literal(false),
    ],
    "expected {port, metrics}, or false for an image that has no such port",
  )
  .prefault({})
  .describe("port of health and metrics; false: the image has none");

/** Number of a further port, by its name. Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports (15 letters) */
export const morePorts = z
  .record(dnsLabel.max(15, "expected at most 15 characters"), port)
  .default({})
  .describe("further ports of its requests by name, beside that of http, e.g. {longpolling: 8072}; routes lead to them by name");

interface Asked {
  path?: string | undefined;
  tcp?: true | undefined;
  command?: string[] | undefined;
  port?: string | undefined;
}

const asked = {
  path: path.optional().describe("path that answers with 2xx or 3xx; default: the path of the contract"),
  tcp: z.literal(true).optional().describe("in place of a path: that the port takes a connection"),
  command: command.optional().describe("in place of a path: a command in the container that ends with 0"),
  port: z
    .string()
    .optional()
    .describe("name of the port: management, http or one of ports; default: management, or http where there is none"),
};

const oneWay = rule<Asked>(({ path: asPath, tcp, command: asCommand, port: of }, context) => {
  const ways = Object.entries({ path: asPath, tcp, command: asCommand }).flatMap(([way, value]) =>
    value === undefined ? [] : way,
  );
  if (ways.length > 1)
    context.addIssue({ code: "custom", path: [ways[1] ?? ""], message: `is one way to ask, and ${ways[0]} another: name one` });
  if (asCommand !== undefined && of !== undefined)
    context.addIssue({ code: "custom", path: ["port"], message: "is asked by no command: leave it out" });
});

const orNone = "expected how it is asked, or false where it cannot be";

export const startupProbe = z
  .union([z.strictObject(asked).check(oneWay), z.literal(false)], orNone)
  .prefault({})
  .describe("has it started? asked until startupTimeout");

export const probe = (what: string, defaults: { period: string; failures: number; timeout: string }) =>
  z
    .union(
      [
        z
          .strictObject({
            ...asked,
            period: positiveDuration.default(defaults.period).describe("time between two questions"),
            timeout: positiveDuration.default(defaults.timeout).describe("time for an answer"),
            failures: z.int().min(1).default(defaults.failures).describe("failures in a row that count"),
          })
          .check(oneWay),
        z.literal(false),
      ],
      orNone,
    )
    .prefault({})
    .describe(what);

const volume = z
  .strictObject({
    claim: objectName.optional().describe("a PersistentVolumeClaim that is there already, in the namespace of the roles"),
    size: bytes.optional().describe("a volume of this size, made with the stack and kept with its data"),
    secret: objectName.optional().describe("a Secret that is there already, e.g. with a licence"),
    configMap: objectName.optional().describe("a ConfigMap that is there already"),
    key: objectKey
      .optional()
      .describe("of secret or configMap: this key alone, as the file at the path; default: all keys, in a folder"),
    storageClass: objectName.optional().describe("of size: its storage class; default: mes:cluster.storageClass"),
    shared: z
      .boolean()
      .default(false)
      .describe("of claim and size: pods on several nodes may use it at once (ReadWriteMany), as NFS, EFS or CephFS can"),
    readOnly: z.boolean().default(false).describe("of claim: it is only read"),
  })
  .check(
    rule((given, context) => {
      const kinds = (["claim", "size", "secret", "configMap"] as const).filter((kind) => given[kind] !== undefined);
      const [kind] = kinds;
      if (kind === undefined || kinds.length > 1) {
        context.addIssue({ code: "custom", path: [], message: "expected one of claim, size, secret and configMap" });
        return;
      }
      const isObject = kind === "secret" || kind === "configMap";
      const wrong = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      if (given.key !== undefined && !isObject) wrong("key", `belongs to a secret or a configMap, and this is a ${kind}`);
      if (given.storageClass !== undefined && kind !== "size") wrong("storageClass", `belongs to size, and this is a ${kind}`);
      if (given.shared && isObject) wrong("shared", `belongs to claim and size, and a ${kind} is always shared`);
      if (given.readOnly && kind !== "claim") wrong("readOnly", `belongs to claim, and this is a ${kind}`);
    }),
  );

export type RoleVolume = z.infer<typeof volume>;

export const volumes = z
  .record(directory, volume)
  .default({})
  .describe("what is mounted, by the path in the container: uploads, licences, certificates");

export const files = z
  .record(directory, z.string().max(500_000, "expected at most 500000 characters"))
  .default({})
  .describe(
    "configuration files by path, with $(NAME) for any variable of the role; one with a secret in it is kept in a Secret (docs/adoption.md)",
  );

/** Source: https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/ */
export const hostAliases = z
  .record(
    z.union([z.ipv4(), z.ipv6()], "expected an address, e.g. 10.1.2.3"),
    z
      .array(
        z
          .string()
          .max(253, "expected at most 253 characters")
          .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, "expected a host name, e.g. erp or erp.factory.example"),
      )
      .min(1),
  )
  .default({})
  .describe("names of hosts that no DNS knows, by their address; the network opens with egress");

export const lifecycle = z
  .strictObject({
    afterStart: command.optional().describe("command that is run in the container once it has started"),
    beforeStop: command
      .optional()
      .describe(
        "command that is run before SIGTERM, in place of the pause; it has shutdown.preStop to end, and the gateway to learn of it",
      ),
  })
  .prefault({})
  .describe("commands of the image at its start and end");

export const initContainers = z
  .array(
    z.strictObject({
      name: dnsLabel.describe("short name, e.g. migrate"),
      command: command.optional().describe("default: the image's own"),
      args: z.array(z.string()).min(1).optional().describe("default: the image's own"),
    }),
  )
  .max(8)
  .default([])
  .describe("what the same image does before it starts, one after the other, with the same variables and volumes");
