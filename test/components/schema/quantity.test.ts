import * as fc from "fast-check";
import { bytes, cpu, formatBytes, formatCpu, parseBytes, parseCpu, resources } from "../../../components/schema";

describe("a quantity of CPU", () => {
  it.each([
    ["2", 2],
    ["0.5", 0.5],
    ["500m", 0.5],
    ["1m", 0.001],
    ["1.25", 1.25],
    ["0", 0],
  ])("%s is %d cores", (quantity, cores) => {
    expect(cpu.parse(quantity)).toBe(quantity);
    expect(parseCpu(quantity)).toBe(cores);
  });

  it.each([
    [2, "2"],
    [0.5, "0.5"],
    [16, "16"],
  ])("may be written as a number: %d", (number, quantity) => {
    expect(cpu.parse(number)).toBe(quantity);
  });

  it.each([
    "",
    " ",
    "500 m",
    "m",
    "-1",
    "1,5",
    "1e3",
    "0.0001",
    "4 cores",
    "500M",
    "+1",
    "1.",
    ".5",
    "1.5m",
    -1,
    1e-7,
    NaN,
    null,
    true,
    [4],
  ])("is not %p", (value) => {
    expect(cpu.safeParse(value).success).toBe(false);
  });

  it("is refused when it is not one, rather than taken for nothing", () => {
    expect(() => parseCpu("lots")).toThrow("not a CPU quantity: lots");
  });

  it("is the same after it was written and read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (millis) => {
        expect(parseCpu(formatCpu(millis / 1000))).toBeCloseTo(millis / 1000, 9);
      }),
    );
  });
});

describe("a quantity of bytes", () => {
  it.each([
    ["1", 1],
    ["1k", 1000],
    ["1Ki", 1024],
    ["512Mi", 536_870_912],
    ["1.5Gi", 1_610_612_736],
    ["500M", 500_000_000],
    ["2Ti", 2_199_023_255_552],
  ])("%s is %d bytes", (quantity, number) => {
    expect(bytes.parse(quantity)).toBe(quantity);
    expect(parseBytes(quantity)).toBe(number);
  });

  it.each(["", "Gi", "1 Gi", "1GB", "1gi", "1KI", "1,5Gi", "-1Gi", "1e3Mi", "lots", "9".repeat(400), 1024, 16, null, ["1Gi"]])(
    "is not %p",
    (value) => {
      expect(bytes.safeParse(value).success).toBe(false);
    },
  );

  it.each(["constructor", "1toString", "1__proto__"])("is not a name that JavaScript knows: %s", (value) => {
    expect(() => parseBytes(value)).toThrow(RangeError);
  });

  it.each([
    [0, "0"],
    [1000, "1000"],
    [1024, "1Ki"],
    [1_610_612_736, "1.5Gi"],
    [2 ** 40, "1Ti"],
  ])("%d bytes are shown as %s", (number, quantity) => {
    expect(formatBytes(number)).toBe(quantity);
  });

  it("is nearly the same after it was shown and read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (number) => {
        expect(parseBytes(formatBytes(number)) / number).toBeCloseTo(1, 1);
      }),
    );
  });
});

describe("the resources of a container", () => {
  it("are a CPU request, a memory request that is the limit too, and a CPU limit where one is wanted", () => {
    expect(resources.parse({ cpu: 0.5, memory: "1Gi" })).toEqual({ cpu: "0.5", memory: "1Gi" });
    expect(resources.parse({ cpu: "500m", memory: "1Gi", cpuLimit: 2 })).toEqual({ cpu: "500m", memory: "1Gi", cpuLimit: "2" });
  });

  it.each([{}, { cpu: 1 }, { memory: "1Gi" }, { cpu: 1, memory: "1Gi", memoryLimit: "2Gi" }])("are not %p", (value) => {
    expect(resources.safeParse(value).success).toBe(false);
  });
});
