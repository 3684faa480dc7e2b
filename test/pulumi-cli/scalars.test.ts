import * as fc from "fast-check";
import { plainScalar, UnclearScalar, type Scalar } from "../../stacks/config/scalars";
import { configCli, type ConfigCli } from "./cli";

/** Texts that are something else than text for one YAML parser or another, and their neighbours. */
const WELL_KNOWN = [
  ..."yes Yes YES no No NO on On ON off Off OFF y Y n N true True TRUE tRUE false False FALSE null Null NULL nUll ~".split(" "),
  ..."0 00 010 089 0o10 0O10 0o8 0x1F 0X1f 0xg 0b101 0B11 0b2 1_000 1__0 _1 1_ 0_1 0x_1 +5 -5 -0 +0x1 -0b1 -0o7 -010".split(" "),
  ..."1.5 1. .5 -.5 +.5 . .. 1..2 1.2.3 1e3 1E3 1e+3 1e 1.5e-3 e3 .e3 .5e3 .5_0 1_0.5 0x1p2 1e400 -1e400 1e-400".split(" "),
  ..."9007199254740993 9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616 -9223372036854775809".split(
    " ",
  ),
  ..."0xFFFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFFF 0777777777777777777777777 -0xFFFFFFFFFFFFFFFF 123456789012345678901234567890".split(
    " ",
  ),
  ..."1:30 190:20:30 12Gi 500m 1.5Gi 30s 1h30m 2026 2026-1 2026-11 12-2026 20261122 2026-11-22x 2026-11-22T10:00 v1 1.10 1,5 1/2".split(
    " ",
  ),
  ..."sha256:00 /16 10.0.0.0/16 ::1 a:b nan NaN inf Inf .in .Nan +.in <<x = == =x"
    .split(" ")
    .filter((text) => !text.startsWith("*")),
];

const alphabet = fc.constantFrom(..."0123456789abexoBEXOyYnNtTfF._+-~:TZ ");
const odd = fc
  .string({ unit: alphabet, minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() === text && !/^[-:?](?: |$)|: |:$| #|^---|^\.\.\.$/.test(text));

describe("plain scalars", () => {
  let cli: ConfigCli;
  beforeAll(async () => {
    cli = await configCli();
  });
  afterAll(() => {
    cli.stop();
  });

  /** What the engine makes of the texts, all in one file. */
  async function asEngine(texts: readonly string[]): Promise<Scalar[]> {
    cli.write(`config:\n  mes:x:\n    all:\n${texts.map((text) => `      - ${text}\n`).join("")}`);
    const values = await cli.engineValues();
    return (JSON.parse(values?.["mes:x"] ?? "{}") as { all: Scalar[] }).all;
  }

  const readable = (texts: readonly string[]) =>
    texts.filter((text) => {
      try {
        plainScalar(text);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(UnclearScalar);
        return false;
      }
    });

  it("have the type and value that the engine gives them", async () => {
    const texts = readable(WELL_KNOWN);
    const engine = await asEngine(texts);
    expect(Object.fromEntries(texts.map((text) => [text, plainScalar(text)]))).toEqual(
      Object.fromEntries(texts.map((text, index) => [text, engine[index]])),
    );
  });

  it("have the type and value that the engine gives them, whatever they are", async () => {
    // What differs is named by the failure itself, so no seed is needed to find it again.
    const texts = readable([...new Set(fc.sample(odd, 10_000))]);
    const engine = await asEngine(texts);
    expect(texts.filter((text, index) => !Object.is(plainScalar(text), engine[index]))).toEqual([]);
  });

  it("are refused where the engine fails or changes them", async () => {
    for (const text of [".inf", "-.Inf", "+.INF", ".nan"]) {
      expect(() => plainScalar(text)).toThrow(UnclearScalar);
      cli.write(`config:\n  mes:x:\n    all: [${text}]\n`);
      expect(await cli.engineValues()).toBeUndefined();
    }
    for (const text of ["2026-11-22", "2026-1-2", "2026-11-22 10:00:00", "2026-11-22T10:00:00Z", "2026-11-22t10:00:00.5+01:00"]) {
      expect(() => plainScalar(text)).toThrow(UnclearScalar);
      expect(await asEngine([text])).not.toEqual([text]);
      expect(await asEngine([JSON.stringify(text)])).toEqual([text]);
    }
  });
});
