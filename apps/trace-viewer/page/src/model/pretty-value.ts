/** Longer texts stay as they are: nobody reads them line by line. */
const MAX_LENGTH = 100_000;
/** Deeper ones stay as they are, too: every level indents all that is in it. */
const MAX_DEPTH = 30;

/** JSON objects and lists with line breaks; any other text as it is. */
export function prettyValue(text: string): string {
  if (text.length > MAX_LENGTH || !/^\s*[{[]/.test(text) || isDeep(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** Brackets in strings count as well: at worst such a text stays as it is. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[{}[\]]/g)) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
