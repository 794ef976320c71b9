import { createHash } from 'node:crypto';
import { create } from '@apm-js-collab/code-transformer';
import { template, transformSync, types } from '@babel/core';
import type { NodePath } from '@babel/core';
import { weave } from '@distrace/instrumentation';
import type { MarkedFile } from './files.ts';

/** Weaves the marked function of a file; everything but the text is made ready before. */
export type Weaver = (file: MarkedFile) => () => string;

export const hash: Weaver =
  ({ source }) =>
  () =>
    createHash('sha256').update(source).digest('hex');

/** Hash, parse, facts of all functions, edits, text. */
export const distrace: Weaver = ({ source, name, format, className, methodName }) => {
  const rule = {
    name: 'bench',
    replaces: false,
    matches: (fn: { readonly name: string; readonly classNames: readonly string[] }) =>
      fn.name === methodName && fn.classNames.includes(className),
  };
  return () => weave(source, { path: name, format, rules: [rule] }).code;
};

/** Parse, query, change of the tree, and the whole file written anew. No source map. */
export const orchestrion: Weaver = ({ source, format, className, methodName, shape }) => {
  const module = { name: 'bench', versionRange: '*', filePath: 'a.js' };
  const functionQuery =
    shape === 'method'
      ? { className, methodName, kind: 'Auto' as const }
      : { expressionName: methodName, kind: 'Auto' as const };
  const transformer = create([{ channelName: 'bench', module, functionQuery }]).getTransformer(
    'bench',
    '1.0.0',
    'a.js',
  );
  if (transformer === undefined) throw new Error('orchestrion found no transformer');
  return () => transformer.transform(source, format).code;
};

/** A plugin that does what ours does to the one function; the file is written anew. No source map. */
export const babel: Weaver = ({ source, format, className, methodName, shape }) => {
  const build = template.statement('return __distrace.run(0, this, arguments, () => BODY);', {
    syntacticPlaceholders: false,
    placeholderPattern: /^BODY$/,
  });
  const wrap = (body: types.BlockStatement) => types.blockStatement([build({ BODY: body })], body.directives);
  const plugin = {
    visitor: {
      ClassMethod(path: NodePath<types.ClassMethod>) {
        const { node, parentPath } = path;
        const owner = parentPath.parent as types.Class;
        if (
          shape === 'method' &&
          owner.id?.name === className &&
          types.isIdentifier(node.key, { name: methodName })
        ) {
          node.body = wrap(node.body);
          path.skip();
        }
      },
      AssignmentExpression({ node }: NodePath<types.AssignmentExpression>) {
        const wanted =
          shape === 'prototype' && types.matchesPattern(node.left, `${className}.prototype.${methodName}`);
        if (wanted && types.isFunctionExpression(node.right)) node.right.body = wrap(node.right.body);
      },
    },
  };
  return () => {
    const result = transformSync(source, {
      plugins: [() => plugin],
      configFile: false,
      babelrc: false,
      sourceMaps: false,
      compact: false,
      sourceType: format === 'esm' ? 'module' : 'script',
      parserOpts: { allowReturnOutsideFunction: true },
    });
    return result?.code ?? '';
  };
};
