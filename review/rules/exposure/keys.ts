/** Beginning of a reference to a secret in place of it. */
const NOT_A_REFERENCE = String.raw`(?!\$|\[secret\]|<|\{)`;

/**
 * Shapes that only keys have: a part that each has, in small letters, by which most texts are done with at once, and the whole.
 * Sources: the pages of each vendor on its tokens, as https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
 */
const KEYS: readonly (readonly [part: string, shape: RegExp, message: string])[] = [
  ["private key-----", /-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  ["akia", /\bAKIA[0-9A-Z]{16}\b/, "an AWS access key"],
  ["asia", /\bASIA[0-9A-Z]{16}\b/, "an AWS access key"],
  ["gh", /\bgh[pousr]_[A-Za-z0-9]{36}\b/, "a GitHub token"],
  ["glpat-", /\bglpat-[\w-]{20}\b/, "a GitLab token"],
  ["xox", /\bxox[abprs]-[\w-]{10,}\b/, "a Slack token"],
  ["aiza", /\bAIza[\w-]{35}\b/, "a Google API key"],
  ["_live_", /\b(?:sk|rk)_live_[A-Za-z0-9]{16,}\b/, "a Stripe key"],
  ["npm_", /\bnpm_[A-Za-z0-9]{36}\b/, "an npm token"],
  ["dckr_pat_", /\bdckr_pat_[\w-]{20,}\b/, "a Docker token"],
  ["hvs.", /\bhvs\.[\w-]{24,}\b/, "a Vault token"],
  ["eyj", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, "a JSON Web Token"],
  ["https://hooks.", chat(String.raw`hooks\.[\w.-]+\/(?:services|workflows|triggers)`), "the address of a chat's webhook"],
  ["/api/webhooks/", chat(String.raw`(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks`), "the address of a chat's webhook"],
  ["/bot", chat(String.raw`api\.telegram\.org\/bot\d+`), "the address of a chat's bot"],
  ["/webhookb2/", chat(String.raw`[\w.-]+\.webhook\.office\.com\/webhookb2`), "the address of a chat's webhook"],
  ["/hooks/", chat(String.raw`[\w.:-]+\/hooks`), "the address of a chat's webhook"],
  [
    "https://",
    /\bhttps:\/\/(?:hc-ping\.com|events\.pagerduty\.com\/integration|api\.opsgenie\.com)\/[\w-]{16,}/,
    "the address of an alerting service with its key",
  ],
  [
    "=",
    new RegExp(
      String.raw`[?&](?:token|access_token|api_?key|key|secret|sig|signature|password)=${NOT_A_REFERENCE}[^&\s"']{8,}`,
      "i",
    ),
    "an address with a credential in it",
  ],
  ["bearer", authorization("Bearer"), "a header with a credential"],
  ["basic", authorization("Basic"), "a header with a credential"],
  ...["password", "pwd", "accountkey", "sharedaccesskey"].map(
    (word) =>
      [
        word,
        new RegExp(String.raw`\b${word}\s*=\s*${NOT_A_REFERENCE}(?!['"]?\s*(?:$|[;,]))[^\s;,'"]{6,}[^;\n]*;`, "i"),
        "a connection string with a password",
      ] as const,
  ),
  ["password", /\bpassword\s+'(?![$[%<{]|SCRAM-SHA-256\$)[^'\n]{4,}'/i, "SQL with a password in it"],
  ["host=", new RegExp(String.raw`\bhost=\S+.*\bpassword=${NOT_A_REFERENCE}\S{4,}`, "i"), "a connection string with a password"],
  [
    "://",
    /\b[a-z][a-z\d+.-]*:\/\/[^\s/:@"'<>{}$()]+:(?!\$[({]|\[secret\]|<)[^\s/@"'<>{}$()]+@[\w.-]+/,
    "an address with a password in it",
  ],
];

/** An address under which whoever knows it may write. */
function chat(place: string): RegExp {
  return new RegExp(String.raw`\bhttps:\/\/${place}[\w/@:-]{16,}`);
}

function authorization(scheme: string): RegExp {
  return new RegExp(String.raw`\b${scheme}(?: |%20|=)${NOT_A_REFERENCE}(?=\S*\d)[\w+/.~-]{16,}=*`);
}

/** Shorter than any of them: `a://b:c@d`. */
const SHORTEST = 9;
/** One look for a part of any of them: most texts have none. */
const ANY_PART = new RegExp(KEYS.map(([part]) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join("|"), "i");

/** What kind of key a text has in it. Never the key itself: it is printed. */
export function keyIn(text: string): string | undefined {
  if (text.length < SHORTEST || !ANY_PART.test(text)) return undefined;
  const small = text.toLowerCase();
  return KEYS.find(([part, shape]) => small.includes(part) && shape.test(text))?.[2];
}
