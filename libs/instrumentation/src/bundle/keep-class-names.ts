import { parse } from 'acorn';
import type { ClassDeclaration, Program } from 'acorn';

/**
 * Adds, after the last line, what gives each class at the top of a JavaScript file its own name back: an interceptor
 * goes by it, and esbuild changes it where two classes of a bundle share one. What cannot be parsed stays as it is, for
 * esbuild to complain about. (esbuild's `keepNames` does it for every function there is, each time it is made.)
 */
export function keepClassNames(source: string): string {
  if (!/\bclass\b/.test(source)) return source;
  const names = topLevelClasses(source)
    .filter(hasNameOfItsOwn)
    .map(({ id }) => id.name);
  if (names.length === 0) return source;
  const lines = names.map(
    (name) => `Object.defineProperty(${name}, 'name', { value: '${name}', configurable: true });`,
  );
  return `${source}\n;${lines.join(' ')}\n`;
}

function topLevelClasses(source: string): ClassDeclaration[] {
  return parseEither(source).flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    const exported = statement.type === 'ExportDefaultDeclaration' ? statement.declaration : declared;
    return exported?.type === 'ClassDeclaration' && exported.id !== null
      ? [exported as ClassDeclaration]
      : [];
  });
}

function parseEither(source: string): Program['body'] {
  for (const sourceType of ['module', 'commonjs'] as const) {
    try {
      return parse(source, { sourceType, ecmaVersion: 'latest', allowHashBang: true }).body;
    } catch {
      // The other one, or none.
    }
  }
  return [];
}

/** A static member called `name` says another one. */
function hasNameOfItsOwn({ body }: ClassDeclaration): boolean {
  return !body.body.some(
    (member) =>
      member.type !== 'StaticBlock' &&
      member.static &&
      (member.computed || ('name' in member.key && member.key.name === 'name')),
  );
}
