/**
 * A configuration file as its settings, in order: `[section]`, `key = value`, `key value`, `key: value` lines, without comments and blank lines. A
 * key that is there several times is told apart by its number.
 * @throws where a line is neither
 */
export function settingsOf(text: string): readonly Setting[] {
  let section = "";
  const seen = new Map<string, number>();
  return text.split("\n").flatMap((whole): Setting[] => {
    const line = whole.trim();
    if (line === "" || /^(?:[#;]|%%)/.test(line)) return [];
    const header = /^\[([^\]]+)\]$/.exec(line);
    if (header !== null) {
      section = header[1] ?? "";
      return [];
    }
    const [, key, value = ""] = /^([^\s=:]+)(?:\s*[=:]\s*|\s+|$)(.*)$/.exec(line) ?? [];
    if (key === undefined) throw new SyntaxError(`no setting: ${line}`);
    const place = section === "" ? key : `${section}.${key}`;
    const number = (seen.get(place) ?? 0) + 1;
    seen.set(place, number);
    return [{ key: number === 1 ? place : `${place}#${number}`, value }];
  });
}

interface Setting {
  readonly key: string;
  readonly value: string;
}
