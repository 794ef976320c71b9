export { Span } from './span.decorator.js';
export type { SpanDecoratorOptions, SpanOptionsFromArguments } from './span.decorator.js';
export { Traceable } from './traceable.decorator.js';
export { isNoSpan, NoSpan } from './no-span.js';
export { isTraced } from './span.decorator.js';
export { Baggage, CurrentSpan } from './params.decorator.js';
