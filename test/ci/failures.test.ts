import { failuresOf } from "./failures";

const FAILED = {
  name: `${process.cwd()}/test/some.test.ts`,
  status: "failed",
  message: "",
  assertionResults: [
    { status: "passed", fullName: "the stack is planned", failureMessages: [] },
    {
      status: "failed",
      fullName: "the stack comes up",
      failureMessages: [
        [
          "Error: \u001b[31mDeployment order-api\u001b[39m is not ready: pod order-api-1: quota exceeded",
          "",
          "\u001b[90m 76 |\u001b[39m",
          "\u001b[31m\u001b[1m>\u001b[22m\u001b[39m\u001b[90m 78 |\u001b[39m     await up();",
          "    at Object.<anonymous> (test/some.test.ts:78:33)",
          "    at new Promise (<anonymous>)",
        ].join("\n"),
      ],
    },
  ],
};

it("says which test failed and why, without code, stack and colours", () => {
  expect(failuresOf({ testResults: [FAILED] })).toEqual([
    "✗ test/some.test.ts › the stack comes up",
    "    Error: Deployment order-api is not ready: pod order-api-1: quota exceeded",
  ]);
});

it("keeps the beginning and the end of what is long", () => {
  const long = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n");
  const [title, ...lines] = failuresOf({
    testResults: [{ ...FAILED, assertionResults: [{ status: "failed", fullName: "long", failureMessages: [long] }] }],
  });
  expect(title).toBe("✗ test/some.test.ts › long");
  expect([lines[0], lines[20], lines.at(-1)]).toEqual(["    line 0", "    [60 lines]", "    line 99"]);
});

it("says why a file could not be run at all", () => {
  const unrunnable = { ...FAILED, message: "Cannot find module './nowhere'", assertionResults: [] };
  expect(failuresOf({ testResults: [unrunnable] })).toEqual(["✗ test/some.test.ts", "    Cannot find module './nowhere'"]);
});
