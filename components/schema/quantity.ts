import { z } from "zod";
import { holds } from "./rule";

/**
 * Kubernetes quantities.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
const CPU = /^(?:\d{1,9}(?:\.\d{1,3})?|\d{1,12}m)$/;
const BYTES = /^\d{1,15}(?:\.\d{1,9})?(?:Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/;

const BYTE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Cores of a CPU quantity: `"500m"` → 0.5, `"2"` → 2. Throws on anything else. */
export function parseCpu(quantity: string): number {
  if (!CPU.test(quantity)) throw new RangeError(`not a CPU quantity: ${quantity}`);
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}

/** Bytes of a memory or storage quantity: `"1.5Gi"` → 1610612736. Throws on anything else. */
export function parseBytes(quantity: string): number {
  const unit = /[A-Za-z]*$/.exec(quantity)?.[0] ?? "";
  const factor = BYTE_UNITS[unit];
  if (!BYTES.test(quantity) || factor === undefined) throw new RangeError(`not a quantity of bytes: ${quantity}`);
  return Number(quantity.slice(0, quantity.length - unit.length)) * factor;
}

/** `0.5` → `"500m"`, `2` → `"2"`. */
export function formatCpu(cores: number): string {
  const millis = Math.round(cores * 1000);
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** Bytes in the largest binary unit that keeps at most one decimal: `1610612736` → `"1.5Gi"`. */
export function formatBytes(bytes: number): string {
  for (const unit of ["Pi", "Ti", "Gi", "Mi", "Ki"]) {
    const value = bytes / (BYTE_UNITS[unit] ?? 1);
    if (value >= 1) return `${Math.round(value * 10) / 10}${unit}`;
  }
  return String(bytes);
}

const CORES = "expected CPU cores, e.g. 500m, 2 or 1.5";
const QUANTITY_OF_BYTES = "expected a quantity of bytes, e.g. 512Mi or 1.5Gi";

/** A CPU quantity, written as a number of cores (`2`, `0.5`) or in thousandths (`500m`). Always a string once parsed. */
export const cpu = z
  .union([z.number(CORES).nonnegative(CORES).transform(String), z.string(CORES).regex(CPU, CORES)], CORES)
  .pipe(z.string().regex(CPU, CORES))
  .meta({ title: "CPU cores", examples: ["500m", 2] });

/** A quantity of bytes (`512Mi`, `1.5Gi`). */
export const bytes = z
  .string(QUANTITY_OF_BYTES)
  .regex(BYTES, QUANTITY_OF_BYTES)
  .check(holds((quantity) => !/^[0.]+[A-Za-z]*$/.test(quantity), "expected more than nothing"))
  .meta({ title: "Bytes", examples: ["512Mi", "1.5Gi"] });

/** CPU cores, and not none of them. */
export const someCpu = cpu.check(holds((quantity) => !/^[0.]+m?$/.test(quantity), "expected more than nothing"));

const request = {
  cpu: cpu.describe("CPU request of one container"),
  memory: bytes.describe("memory request and limit of one container"),
  cpuLimit: someCpu.optional().describe("CPU limit; without it a container may use idle cores (no throttling)"),
};

const LIMIT = {
  path: ["cpuLimit"],
  message: "is below the request (cpu): a container is given at least what it requests",
};

function limitHolds({ cpu: requested, cpuLimit }: { cpu: string; cpuLimit?: string | undefined }): boolean {
  return cpuLimit === undefined || parseCpu(cpuLimit) >= parseCpu(requested);
}

/** Requests of a container; the memory limit equals the request, because memory that is not there kills the pod. */
export const resources = z.strictObject(request).check(holds(limitHolds, LIMIT));

/** The same with a default for the CPU request. */
export const resourcesWithCpu = (fallback: string) =>
  z.strictObject({ ...request, cpu: request.cpu.default(fallback) }).check(holds(limitHolds, LIMIT));

export type Resources = z.infer<typeof resources>;

/** Requests and limits as a container has them. @param memoryLimit default: the request */
export function requirements({ cpu, cpuLimit, memory, memoryLimit = memory }: Resources & { readonly memoryLimit?: string }) {
  return {
    requests: { cpu, memory },
    limits: { memory: memoryLimit, ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }) },
  };
}
