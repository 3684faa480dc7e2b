/** What a resource is found by. */
export interface Searched {
  /** Kind, name, namespace, part: all in small letters. */
  readonly title: string;
  /** Its inputs, in small letters; asked for only where the title does not say it. */
  readonly content: () => string;
}

/** Words of a search, in small letters. */
export function wordsOf(search: string): string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Whether each word is in the title or the content of a resource. */
export function isFound({ title, content }: Searched, words: readonly string[]): boolean {
  return words.every((word) => title.includes(word) || content().includes(word));
}
