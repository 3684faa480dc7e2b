/** A piece of HTML that may be put into a page as it is: whatever was not written here was escaped on its way in. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A template of HTML: texts in it are escaped, for content and for attributes in quotes; lists are joined; what is undefined or false is nothing. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(literals.reduce((text, literal, i) => `${text}${written(parts[i - 1])}${literal}`));
}

function written(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return part.map(written).join("");
}

/** Characters that have no place in a page, and halves of surrogate pairs, which have none in a file. */
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/gu;

function escaped(text: string): string {
  return text.replace(UNFIT, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** JSON for a `script` element: nothing in it can end the element, or begin a comment in it. */
export function embeddedJson(value: unknown): Html {
  const code = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return new Html(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, code));
}
