/** Rules as a person edits them: JSON text on the way to a document, with a message that points at the place. */
export type Parsed = { kind: "fine"; document: unknown } | { kind: "broken"; message: string };

export function parseRulesText(text: string): Parsed {
  try {
    return { kind: "fine", document: JSON.parse(text) as unknown };
  } catch (error) {
    const message = (error as SyntaxError).message;
    const at = /position (\d+)/.exec(message);
    if (!at) return { kind: "broken", message: `This is no JSON: ${message}` };
    const before = text.slice(0, Number(at[1])).split("\n");
    return { kind: "broken", message: `This is no JSON: line ${before.length}, column ${before.at(-1)!.length + 1}` };
  }
}

/** "/rules/when/of/0/value" of a problem as the path within the rules. */
export function pathWords(pointer: string): string {
  const parts = pointer.split("/").filter((part) => part !== "" && part !== "body" && part !== "command" && part !== "rules");
  return parts.map((part) => (/^\d+$/.test(part) ? `[${Number(part) + 1}]` : part)).join(" › ").replaceAll(" › [", " [");
}
