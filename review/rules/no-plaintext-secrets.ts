import { inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { containersIn } from "../kubernetes/containers";
import { at, formatPath, leaves, listAt, recordAt, textAt, textsIn } from "../kubernetes/value";
import { SECRET, UNKNOWN, type Plan } from "../plan/plan";
import { keyIn } from "./exposure/keys";
import { reporter, type Finding, type Rule } from "./rule";

const name = "no-plaintext-secrets";
const { error } = reporter(name);

export const noPlaintextSecrets: Rule = {
  name,
  title:
    "No secret is in plain text: not in a Secret's data, not in variables, arguments, annotations, addresses, headers, ConfigMaps or outputs.",
  why: "What is in the plan in plain text is in the state, in the history of the repository and in everybody's terminal.",
  check: (plan) => {
    const secrets = secretNames(plan);
    return [
      ...inventory(plan).objects.flatMap((object) => [
        ...(object.kind === "Secret" ? openSecret(object) : []),
        ...(object.kind === "ConfigMap" ? openConfigMap(object) : []),
        ...openVariables(object, secrets),
        ...openMetadata(object),
        ...openHeaders(object),
        ...openSettings(object),
      ]),
      ...plan.resources.flatMap((resource) =>
        textsIn(resource.inputs, (text) => keyIn(text) !== undefined).map(([path, text]) =>
          error(resource, path, `holds ${keyIn(text) ?? "a credential"}; ${ADVICE}`),
        ),
      ),
      ...openOutputs(plan),
    ];
  },
};

const ADVICE = "put it in a Secret, made of a Pulumi secret, and refer to it";

/** Whether nobody can read it from the plan. */
function hidden(value: unknown): boolean {
  return value === SECRET || value === UNKNOWN || value === undefined || value === null || value === "";
}

function openSecret({ resource }: KubeObject): Finding[] {
  const texts = new Set(resource.secretTexts);
  return ["data", "stringData"].flatMap((field) =>
    leaves(resource.inputs[field], [field])
      .filter(([path, value]) => !hidden(value) && !texts.has(formatPath(path)))
      .map(([path]) =>
        error(resource, path, "is not secret to Pulumi, and so in plain text in the state; make it a Pulumi secret"),
      ),
  );
}

/** Names of settings whose value is a credential. What names a file, a Secret or a key's name is none. */
const CREDENTIAL =
  /(?:^|[._-])(?:pass(?:word|wd|phrase)?|secret|token|api[._-]?key|(?:secret[._-]?)?access[._-]?key|private[._-]?key|client[._-]?secret|credentials?)$/i;

/** Values that only point to a credential, or are none. */
const REFERENCE = /^(?:\$\(.+\)|\$\{.+\}|\$__\w+\{.+\}|\{\{.*\}\}|<.*>|\/[\w./-]*|true|false|null|none|\d+[smhd]?)$/i;

/** What each of them has in it: most names are done with at once. */
const CREDENTIAL_PART = /pass|secret|token|key|credential/i;

function isCredential(key: string, value: unknown): boolean {
  if (!CREDENTIAL_PART.test(key)) return false;
  const words = key.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2");
  return CREDENTIAL.test(words) && typeof value === "string" && !hidden(value) && !REFERENCE.test(value.trim());
}

/** Names of the Secrets of a plan, and of those that are said to be there: a variable may hold one. */
function secretNames(plan: Plan): string[] {
  const own = inventory(plan)
    .ofKind("Secret")
    .map(({ name: secret }) => secret);
  return [...own, ...(plan.facts?.existing ?? []).map((existing) => existing.replace(/^Secret\//, ""))];
}

function openVariables(object: KubeObject, secrets: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  for (const [path, container] of containersIn(object.spec, ["spec"])) {
    for (const [i, env] of listAt(container, "env").entries()) {
      const variable = textAt(env, "name") ?? "";
      const value = textAt(env, "value");
      const at = [...path, "env", i, "value"];
      if (isCredential(variable, value) && !secrets.includes(value ?? "")) {
        findings.push(error(object.resource, at, `${variable} is in plain text; use valueFrom.secretKeyRef`));
      } else if (value !== undefined && holdsRandom(value)) {
        findings.push(error(object.resource, at, `${variable} holds a text as random as a password; use valueFrom.secretKeyRef`));
      }
    }
    for (const field of ["args", "command"]) {
      for (const [i, argument] of listAt(container, field).entries()) {
        const option = typeof argument === "string" ? /^--?([\w.-]+)=(.+)$/s.exec(argument) : null;
        const [, named] = /^--?([\w.-]+)$/.exec(String(listAt(container, field)[i - 1])) ?? [];
        const name = option?.[1] ?? named ?? "";
        const given = option?.[2] ?? (String(argument).startsWith("-") ? "" : argument);
        if (isCredential(name, given)) {
          findings.push(error(object.resource, [...path, field, i], `--${name} gives a credential in plain text; ${ADVICE}`));
        } else if (typeof argument === "string" && holdsRandom(argument)) {
          findings.push(error(object.resource, [...path, field, i], `holds a text as random as a password; ${ADVICE}`));
        }
      }
    }
  }
  return findings;
}

/** Annotations and labels: everybody who may read an object reads them. */
function openMetadata({ resource }: KubeObject): Finding[] {
  return ["annotations", "labels"].flatMap((field) =>
    Object.entries(recordAt(resource.inputs, "metadata", field)).flatMap(([key, value]) => {
      const isOpen = isCredential(key.slice(key.indexOf("/") + 1), value) || (typeof value === "string" && holdsRandom(value));
      return isOpen ? [error(resource, ["metadata", field, key], `looks like a credential, in plain text; ${ADVICE}`)] : [];
    }),
  );
}

/** Lists of a name and a value, as the headers that a route adds. */
function openHeaders({ resource, kind, spec }: KubeObject): Finding[] {
  if (kind !== "HTTPRoute" && kind !== "GRPCRoute") return [];
  return leaves(spec, ["spec"]).flatMap(([path, value]) => {
    if (path.at(-1) !== "value" || typeof value !== "string") return [];
    const name = textAt(at(resource.inputs, ...path.slice(0, -1)), "name") ?? "";
    const isOpen = /^(?:proxy-)?authorization$|^cookie$/i.test(name) || isCredential(name, value) || holdsRandom(value);
    return isOpen ? [error(resource, path, `${name} is in plain text; let the program add it, from a Secret`)] : [];
  });
}

function openConfigMap({ resource }: KubeObject): Finding[] {
  return Object.entries(recordAt(resource.inputs, "data")).flatMap(([key, content]) => {
    if (typeof content !== "string") return [];
    if (isCredential(key, content)) return [error(resource, ["data", key], `is in plain text; ${ADVICE}`)];
    return content.split("\n").flatMap((line, i) => {
      const [setting, value] = settingIn(line);
      if (
        line.length > SHORTEST_RANDOM &&
        /[=:]\s*["']?[\w+/=-]{20,}["']?\s*$/.test(line) &&
        looksRandom(/([\w+/=-]{20,})["']?\s*$/.exec(line)?.[1] ?? "")
      ) {
        return [error(resource, ["data", key], `line ${i + 1} ends with a text as random as a password; ${ADVICE}`)];
      }
      if (setting === undefined || !isCredential(setting, value)) return [];
      return [error(resource, ["data", key], `line ${i + 1}: ${setting} is in plain text; ${ADVICE}`)];
    });
  });
}

/** Groups of custom resources that hold whole configurations of a program as a text. */
const WITH_SETTINGS = ["rabbitmq.com", "postgresql.cnpg.io"];

/** Configurations in a custom resource, e.g. `additionalConfig` of a broker. */
function openSettings({ resource, group, spec }: KubeObject): Finding[] {
  if (!WITH_SETTINGS.includes(group)) return [];
  return textsIn(spec, (text) => CREDENTIAL_PART.test(text) && text.includes("=")).flatMap(([path, text]) =>
    text.split("\n").flatMap((line) => {
      const [setting, value] = settingIn(line);
      if (setting === undefined || !isCredential(setting, value)) return [];
      return [error(resource, ["spec", ...path], `${setting} is in plain text; ${ADVICE}`)];
    }),
  );
}

/** A setting and its value, as YAML, JSON, INI or properties write them. */
function settingIn(line: string): readonly (string | undefined)[] {
  if (!CREDENTIAL_PART.test(line)) return [];
  return /^[\s"'-]*([\w.-]+)["']?\s*[:=]\s*["']?([^"'#,\s][^"',]*?)["']?,?\s*$/.exec(line)?.slice(1) ?? [];
}

function openOutputs(plan: Plan): Finding[] {
  const [stack] = plan.resources;
  if (stack === undefined) return [];
  return leaves(plan.outputs)
    .filter(([path, value]) => isCredential(String(path.at(-1)), value) || (typeof value === "string" && keyIn(value)))
    .map(([path]) =>
      error(stack, ["outputs", ...path], "an output in plain text that looks like a credential; make it a Pulumi secret"),
    );
}

/** Whether one of the words of a text is long and random: those between blanks, and between the signs of an address or a list. */
function holdsRandom(text: string): boolean {
  return (
    text.length >= SHORTEST_RANDOM &&
    text.length < 2000 &&
    text.split(/[\s,;:&?"'@|]+|=(?=.)/).some((word) => looksRandom(word) || word.split("/").some(looksRandom))
  );
}

/** Characters of the shortest password that is told from a word. */
const SHORTEST_RANDOM = 20;

/** Bits a character above which a word is not written by people. Words of a language and names have about 3, random base64 about 5. */
const RANDOM = 3.9;

/**
 * Whether a word is long and random, as generated passwords and tokens are: of 20 to 200 letters, digits and `+/=_-`, of three kinds. Hashes are
 * none, as they are hexadecimal, nor are names, which are of words.
 * Source: C. E. Shannon, "A Mathematical Theory of Communication" (1948), for the entropy
 */
export function looksRandom(word: string): boolean {
  if (!/^[\w+/=-]{20,200}$/.test(word) || !/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return false;
  // Names, in camel case or with hyphens, are of words; paths have parts.
  const inWords = [...word.matchAll(/[A-Z]?[a-z]{3,}/g)].reduce((sum, [letters]) => sum + letters.length, 0);
  if (inWords > word.length / 2 || word.startsWith("/")) return false;
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const entropy = [...counts.values()].reduce((sum, n) => sum - (n / word.length) * Math.log2(n / word.length), 0);
  return entropy >= Math.min(RANDOM, Math.log2(word.length) - 0.6);
}
