import type { Rule } from "./rule";

/** `docs/rules.md`: every rule, what it wants and why. Written by `npm run docs`. @param score how many harmful changes they catch */
export function rulesDocument(rules: readonly Rule[], score: string): string {
  const contents = rules.map(({ name, title }) => `- [${name}](#${name}): ${title}`);
  const sections = rules.map(({ name, title, why }) => `## ${name}\n\n${title}\n\n${why}`);
  return `# Rules

What \`mes plan\` checks in every plan. A rule reads the recorded resources of the whole stack and knows no component by name, so
that a part which is added tomorrow is checked as well. Findings of severity \`error\` make the exit code 1; a \`warning\` is
for people to weigh. Each rule is a pure function in \`review/rules/\`, with fixtures that pass and fail in
\`test/review/rules/\`. This page is written by \`npm run docs\`.

Under each finding is the setting of the stack file that it is about, with its line. One that is known and borne for a time is put aside there, with a
reason and a last day; it is counted in every plan, and is an error again when the day is over:

\`\`\`yaml
config:
  mes:suppressions:
    - rule: images-pinned
      object: Cluster mes-data/postgres # as the plan tells it; Deployment mes/order-* means all that begin so
      reason: digests come with the mirror
      until: "2027-01-31"
\`\`\`

## What they catch

${score}

## The rules

${contents.join("\n")}

${sections.join("\n\n")}
`;
}
