import type { AnyNode, ArrayExpression } from 'acorn';
import { tailName } from '../wire/names.js';

/** Beside decorators, their list holds what compilers say of types and parameters. */
const NO_DECORATOR = /^(?:__metadata|_ts_metadata|__param|_ts_param|__decorateParam)\d*$/;

/** The decorators of a list as compilers write it: `Get` of `Get`, `Get('/x')`, `nest.Get()`, `(0, nest.Get)()`. */
export function decoratorNames({ elements }: ArrayExpression): string[] {
  return elements.map(decoratorName).filter((name) => name !== '' && !NO_DECORATOR.test(name));
}

function decoratorName(node: AnyNode | null): string {
  return tailName(node?.type === 'CallExpression' ? node.callee : node);
}
