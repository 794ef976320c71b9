/** The form in which every text is sent on: no byte order mark, lines end in `\n`. */
export function preprocess(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}
