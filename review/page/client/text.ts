/** Inputs as people read them: like YAML, texts of several lines as they are. It is for reading only, and quotes what could be mistaken. */
export function readable(value: unknown, indent = ""): string {
  if (Array.isArray(value))
    return value.length === 0 ? "[]" : value.map((item) => `${indent}- ${itemText(item, indent)}`).join("\n");
  if (!isRecord(value)) return scalar(value, indent);
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return entries.map(([key, part]) => `${indent}${keyText(key)}:${after(part, indent)}`).join("\n");
}

/** An item of a list begins on the line of its dash. */
function itemText(item: unknown, indent: string): string {
  return isNested(item) ? readable(item, `${indent}  `).trimStart() : scalar(item, `${indent}  `);
}

function after(part: unknown, indent: string): string {
  if (!isNested(part)) return ` ${scalar(part, `${indent}  `)}`;
  return `\n${readable(part, `${indent}  `)}`;
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isRecord(value) && Object.keys(value).length > 0;
}

function scalar(value: unknown, indent: string): string {
  if (Array.isArray(value)) return "[]";
  if (typeof value !== "string") return isRecord(value) ? "{}" : (JSON.stringify(value) ?? "null");
  if (value.includes("\n")) {
    return `|\n${value
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => (line === "" ? "" : indent + line))
      .join("\n")}`;
  }
  return isPlain(value) ? value : JSON.stringify(value);
}

/** Nobody takes it for a number, a word of YAML, or the beginning of something else. */
function isPlain(text: string): boolean {
  const number = /^[-+]?(?:\.?\d[\d._eE+-]*|\.inf|\.nan|0[xo][\da-f]+)$/i;
  const word = /^(?:true|false|null|yes|no|on|off)$/i;
  return (
    /^[A-Za-z\d_./$<(+=][^\t]*$/.test(text) && !number.test(text) && !word.test(text) && !/: |:$| #|\s$|^---|^\.\.\./.test(text)
  );
}

function keyText(key: string): string {
  return isPlain(key) && /^[\w./@$-]+$/.test(key) ? key : JSON.stringify(key);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
