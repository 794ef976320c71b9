import type { FunctionFacts } from '../weaver/facts.js';

/** Facts of a method `run` of a class `Shop`, changed by `over`. */
export function facts(over: Partial<FunctionFacts> = {}): FunctionFacts {
  return {
    kind: 'method',
    name: 'run',
    flow: 'sync',
    classNames: ['Shop'],
    superClasses: [],
    isStatic: false,
    isPrivate: false,
    decorators: [],
    classDecorators: [],
    exported: true,
    line: 1,
    ...over,
  };
}
