import { z } from "zod";

/** An RFC 1123 label: the name of a Kubernetes object that becomes part of a DNS name. */
export const dnsLabel = z
  .string()
  .max(63, "expected at most 63 characters")
  .regex(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/, "expected lower-case letters, digits and dashes, beginning with a letter");

/** A DNS name, as `mes.example.com`. */
export const hostname = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/, "expected a DNS name, as mes.example.com");

/** A block of addresses, as `10.0.0.0/16`. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], "expected a CIDR block, as 10.0.0.0/16");

/** A five-field cron schedule. */
export const cron = z
  .string()
  .regex(/^(?:@(?:hourly|daily|weekly|monthly)|(?:[\d*,/-]+\s+){4}[\d*,/A-Za-z-]+)$/, "expected a cron schedule, as 0 2 * * *");
