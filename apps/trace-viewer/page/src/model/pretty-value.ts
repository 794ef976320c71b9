/** JSON objects and lists with line breaks; any other text as it is. */
export function prettyValue(text: string): string {
  if (!/^\s*[{[]/.test(text) || text.length > 100_000) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
