import { readdirSync } from "node:fs";
import * as path from "node:path";
import tseslint from "typescript-eslint";

/**
 * The floors of components/, from the ground up: a folder imports values from the floors below its own only, so no two folders ever need each
 * other. What they declare to each other is types, which may come from everywhere. docs/architecture.md says what is on which floor.
 */
const FLOORS = [
  ["schema", "objects", "observability"],
  ["images", "network", "credentials", "certificates"],
  ["workload", "foundation", "operators", "autoscaling"],
  ["postgres", "broker", "cache", "storage", "gateway", "monitoring", "collector"],
  ["outbox", "mes", "tracing", "logging"],
  ["agents"],
];

const folders = readdirSync(path.join(import.meta.dirname, "components"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const floorless = folders.filter((folder) => !FLOORS.flat().includes(folder));
if (floorless.length > 0) throw new Error(`${floorless.join(", ")} of components/ is on no floor: add it to FLOORS`);

/** Forbids to import values from some folders, however deep the importing file is in its own. */
function imports(files, folders, message) {
  const regex = `^\\.{1,2}/(?:\\.\\./)*(?:${folders.join("|")})/`;
  const rule = ["error", { patterns: [{ regex, message, allowTypeImports: true }] }];
  return { files, rules: { "@typescript-eslint/no-restricted-imports": rule } };
}

const OUTSIDE = ["stacks", "review", "test", "docs", "tools"];

const ARROWS = [
  ...FLOORS.flatMap((floor, n) =>
    floor.map((folder) => {
      const others = FLOORS.slice(n)
        .flat()
        .filter((other) => other !== folder);
      const message = `components/${folder} imports values of the floors below its own only (FLOORS in eslint.config.mjs)`;
      return imports([`components/${folder}/**/*.ts`], [...others, ...OUTSIDE], message);
    }),
  ),
  imports(["components/*.ts"], [...FLOORS.flat(), ...OUTSIDE], "the ground below all floors imports nothing of them"),
  imports(["stacks/**/*.ts"], ["review", "test", "docs", "tools"], "stacks import components, and nothing imports tests"),
  imports(["review/**/*.ts"], ["test", "docs"], "review imports stacks and components, and nothing imports tests"),
];

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "tools/bin/",
      "tools/crds/",
      "tools/nodes/",
      "**/*.js",
      "**/*.mjs",
      "!eslint.config.mjs",
      "!knip.js",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // An Output in a template literal prints "Calling [toString] on an [Output<T>]…" into a resource: use pulumi.interpolate.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/restrict-plus-operands": ["error", { allowNumberAndString: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  ...ARROWS,
  {
    // Both do less than they seem to: zod runs these not at all beside another mistake in the same object, or on values of the wrong form.
    files: ["components/**/*.ts", "stacks/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: ":matches(CallExpression[optional=true]) > :matches(CallExpression, NewExpression).arguments",
          message: "not evaluated where nobody is called: what it declares would be missing; call it in a line of its own",
        },
        {
          selector: "CallExpression[callee.property.name=/^(refine|superRefine)$/][callee.object.name!='z']",
          message: "use .check(rule(…)) or .check(holds(…)) of components/schema: they run beside other mistakes too",
        },
      ],
    },
  },
  {
    // A longer body has parts with names of their own: rows of a dashboard, steps of a constructor.
    files: ["components/**/*.ts", "stacks/**/*.ts", "review/**/*.ts"],
    rules: { "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    // Tests look into recorded objects, whose shape the assertion itself states.
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  { ...tseslint.configs.disableTypeChecked, files: ["**/*.mjs", "knip.js"] },
);
