import { ask } from './serve.spec.helper.js';

/** Follows every link and asset from `start` on, as a browser would, and returns what each answered. */
export async function crawl(port: number, start: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const todo = [start];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (seen.has(path)) continue;
    const { status, text, headers } = await ask(port, path);
    seen.set(path, status);
    if (!String(headers['content-type']).startsWith('text/html')) continue;
    for (const [, link = ''] of text.matchAll(/(?:href|src|action)="([^"#]+)"/g)) {
      const { pathname, search } = new URL(link.replaceAll('&amp;', '&'), `http://localhost${path}`);
      todo.push(pathname + search);
    }
  }
  return seen;
}
