/** A text with one slip of the keyboard in it: a character left out, twice, or another; two that changed places; a word left out. */
export function slipsOf(text: string, count: number, random: { next: () => number }): string[] {
  const at = () => Math.floor(random.next() * text.length);
  return Array.from({ length: count }, (_, kind) => {
    const i = at();
    const char = text.charAt(i);
    switch (kind % 5) {
      case 0:
        return text.slice(0, i) + text.slice(i + 1);
      case 1:
        return text.slice(0, i) + char + text.slice(i);
      case 2:
        return text.slice(0, i) + text.charAt(i + 1) + char + text.slice(i + 2);
      case 3:
        return text.slice(0, i) + OTHERS.charAt(Math.floor(random.next() * OTHERS.length)) + text.slice(i + 1);
      default: {
        const words = text.split(/\b/);
        words.splice(Math.floor(random.next() * words.length), 1);
        return words.join("");
      }
    }
  }).filter((one) => one !== text);
}

const OTHERS = `aZ0_.:,;|-+*/%^=!~<>(){}[]"'\`$@ \\`;
