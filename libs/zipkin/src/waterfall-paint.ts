import type { Span } from './span.js';
import type { HalfNode } from './trace/walk-halves.js';

/** Puts ANSI colours around texts, or leaves them alone. */
export interface Painter {
  service(span: Span, text: string): string;
  error(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
  note(text: string): string;
}

/** Services take colours in the order of their first row, so neighbours differ and a trace always looks the same. */
export function painter(nodes: readonly HalfNode[], colors: boolean): Painter {
  if (!colors) return { service: (_, text) => text, error: plain, faint: plain, strong: plain, note: plain };
  const colorOf = new Map<string | undefined, number>();
  for (const { span } of nodes) {
    const name = span.localEndpoint?.serviceName;
    if (!colorOf.has(name)) colorOf.set(name, SERVICE_COLORS[colorOf.size % SERVICE_COLORS.length]!);
  }
  return {
    service: (span, text) => paint(colorOf.get(span.localEndpoint?.serviceName) ?? 0, text),
    error: (text) => paint(31, text),
    faint: (text) => paint(90, text),
    strong: (text) => paint(1, text),
    note: (text) => paint(33, text),
  };
}

// Cyan, yellow, magenta, green, blue and their bright forms: red is kept for errors.
const SERVICE_COLORS = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94];

const plain = (text: string): string => text;
const paint = (code: number, text: string): string => (text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`);
