import { plainScalar, UnclearScalar } from "../../../stacks/config/scalars";

/** What the engine makes of plain scalars; test/pulumi-cli holds the whole of it against the engine itself. */
describe("a plain scalar", () => {
  it.each([
    ["true", true],
    ["FALSE", false],
    ["yes", "yes"],
    ["off", "off"],
    ["y", "y"],
    ["~", null],
    ["", null],
    ["null", null],
    ["12", 12],
    ["+5", 5],
    ["-0", 0],
    ["1.10", 1.1],
    ["1e3", 1000],
    [".5", 0.5],
    ["1e400", "1e400"],
    ["1:30", "1:30"],
    ["1.2.3", "1.2.3"],
    ["12Gi", "12Gi"],
    ["2026-11", "2026-11"],
    ["::1", "::1"],
    ["_1", "_1"],
    ["0x1G", "0x1G"],
    ["1_000Gi", "1_000Gi"],
  ])("%p is read as %p", (source, value) => {
    expect(plainScalar(source)).toBe(value);
  });

  it.each(["010", "089", "-0o17", "0x1F", "0b101", "1_000", "1_0.5", ".5_0", "0x_1"])(
    "%s is refused: readers of YAML differ",
    (source) => {
      expect(() => plainScalar(source)).toThrow(/write a decimal number .*, or put it in quotes/);
    },
  );

  it.each([".inf", "-.INF", ".nan", "2026-11-22", "2026-11-22T10:00:00Z", "2026-1-2 3:4:5.6"])("%s is refused", (source) => {
    expect(() => plainScalar(source)).toThrow(UnclearScalar);
  });
});
