/** How many columns a terminal gives to a text: East Asian wide characters and emoji take two, combining marks
 * none. Good enough to keep columns straight; terminals themselves disagree on the rest. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Pads or cuts a text to exactly `width` columns; a cut ends in `mark`. */
export function fitText(text: string, width: number, mark: string): string {
  const own = displayWidth(text);
  if (own <= width) return text + ' '.repeat(width - own);
  const room = width - displayWidth(mark);
  if (room < 0) return ' '.repeat(width);
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > room) break;
    kept += character;
    used += next;
  }
  return kept + mark + ' '.repeat(room - used);
}

/** The text on one line and harmless to a terminal: control characters (escape sequences, line ends) and marks
 * that reorder or hide text become `substitute`. Span names and services are other people's input. */
export function harmlessText(text: string, substitute: string): string {
  return text.replaceAll(HARMFUL, substitute);
}

const PLAIN = /^[\x20-\x7e]*$/;
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const ZERO = /^[\p{Mn}\p{Me}]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u;

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
