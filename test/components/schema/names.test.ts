import type { z } from "zod";
import { cidr, cron, dnsLabel, fiveFieldCron, hostname } from "../../../components/schema";

const CASES: readonly { what: string; schema: z.ZodType; accepts: readonly unknown[]; rejects: readonly unknown[] }[] = [
  {
    what: "a name that becomes part of a DNS name",
    schema: dnsLabel,
    accepts: ["a", "mes", "order-intake", "a1", `a${"b".repeat(62)}`],
    rejects: ["", "A", "1a", "-a", "a-", "a.b", "a_b", "a b", `a${"b".repeat(63)}`, "ä", 1, null],
  },
  {
    what: "a host name",
    schema: hostname,
    accepts: ["mes.example.com", "mes.localhost", "a.b", "1.example.com", "xn--bcher-kva.example", "a-b.c-d"],
    rejects: [
      "",
      "localhost",
      "10.0.0.1",
      "mes.example.com.",
      ".example.com",
      "mes..com",
      "https://mes.example.com",
      "MES.example.com",
      "a_b.c",
    ],
  },
  {
    what: "a block of addresses",
    schema: cidr,
    accepts: ["10.0.0.0/16", "0.0.0.0/0", "192.168.1.1/32", "fd00::/64", "::/0"],
    rejects: ["", "10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/8", "fd00::/129", "localhost", 10],
  },
  {
    what: "a schedule",
    schema: cron,
    accepts: [
      "0 2 * * *",
      "*/5 * * * *",
      "0-30/10,45 8-18 1 JAN-mar 0",
      "0 0 1,15 * 1-5",
      "30 6 * * MON",
      "0 2 * * SUN",
      "@daily",
    ],
    rejects: [
      "",
      "daily",
      "0 2 * *",
      "0 2 * * * *",
      "every day",
      "@never",
      "0 2 * * * ; rm",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
      "* * * 13 *",
      "* * * * 7",
      "5-1 * * * *",
      "*/0 * * * *",
      "1-2-3 * * * *",
      "a * * * *",
      ", * * * *",
      "MON * * * *",
      "-1 * * * *",
    ],
  },
  {
    what: "a schedule of five fields",
    schema: fiveFieldCron,
    accepts: ["0 6 * * 1-5", "*/5 8-18 * * MON-FRI"],
    rejects: ["@daily", "0 6 * *", "60 6 * * *", 6],
  },
];

describe.each(CASES)("$what", ({ schema, accepts, rejects }) => {
  it.each(accepts)("may be %p", (value) => {
    expect(schema.safeParse(value).success).toBe(true);
  });

  it.each(rejects)("is not %p", (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
