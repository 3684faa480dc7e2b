import fc from "fast-check";
import { embeddedJson, html } from "../../../review/page/html";

/** Reads back what a browser would. */
function read(text: string): string {
  const characters: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? "");
}

describe("a template of HTML", () => {
  test.each([
    ["</script><script>alert(1)</script>", "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"],
    [`" onmouseover="x`, "&quot; onmouseover=&quot;x"],
    ["a & b", "a &amp; b"],
    ["nothing\u0000\u0007 of control", "nothing\ufffd\ufffd of control"],
    ["half a pair \ud800", "half a pair \ufffd"],
    ["a whole one \u{1f680}", "a whole one \u{1f680}"],
  ])("escapes %j", (text, escaped) => {
    expect(html`${text}`.text).toBe(escaped);
  });

  it("keeps any text as content and as attribute, and lets none of it out", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const inside = html`${text}`.text;
        expect(inside).not.toMatch(/[<>"']/);
        expect(read(inside)).toBe(text.replace(/[\0-\b\v\f\x0e-\x1f\x7f-\x9f]/g, "\ufffd"));
      }),
    );
  });

  it("takes other templates, lists and numbers as they are, and leaves out what is not there", () => {
    const items = ["<", ">"].map((text) => html`<li>${text}</li>`);
    expect(html`<b>${items}${3}${undefined}${false}</b>`.text).toBe("<b><li>&lt;</li><li>&gt;</li>3</b>");
  });
});

describe("JSON in a page", () => {
  it("is the same value, and ends no element", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { text } = embeddedJson({ value, hostile: "</script><!--<script>\u2028\u2029&" });
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(text)).toEqual({
          value: JSON.parse(JSON.stringify(value)),
          hostile: "</script><!--<script>\u2028\u2029&",
        });
      }),
    );
  });
});
