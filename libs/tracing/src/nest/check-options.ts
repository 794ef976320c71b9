import { DistraceError } from '../core/index.js';
import type { TracingOptions } from './tracing-options.js';

const CONSUMER = ['parent', 'link', 'both'] as const;

/** Throws a {@link DistraceError} for an option that no type checker has seen: a wrong one would be silent for ever. */
export function checkOptions({ http, messaging, errors, recordUnsampled }: TracingOptions): void {
  checkBoolean('recordUnsampled', recordUnsampled);
  if (messaging) {
    check('messaging.consumer', messaging.consumer, {
      isRight: (value) => CONSUMER.includes(value as never),
      rule: `one of ${CONSUMER.join(', ')}`,
    });
    checkFunction('messaging.destinationTemplate', messaging.destinationTemplate);
    checkBoolean('messaging.publishTime', messaging.publishTime);
  }
  if (http) {
    checkFunction('http.ignore', http.ignore);
    checkBoolean('http.trustCarried', http.trustCarried);
  }
  checkFunction('errors.classify', errors?.classify);
}

function checkFunction(name: string, value: unknown): void {
  check(name, value, { isRight: (one) => typeof one === 'function', rule: 'a function' });
}

function checkBoolean(name: string, value: unknown): void {
  check(name, value, { isRight: (one) => typeof one === 'boolean', rule: 'true or false' });
}

function check(
  name: string,
  value: unknown,
  { isRight, rule }: { readonly isRight: (value: unknown) => boolean; readonly rule: string },
): void {
  if (value === undefined || isRight(value)) return;
  const came = typeof value === 'string' ? `'${value.slice(0, 60)}'` : typeof value;
  throw new DistraceError(
    'DT_ERR_TRACING_OPTION',
    `${name} is ${rule}, got ${came}. Correct it, or leave it out for the default.`,
    { fields: { [name]: value } },
  );
}
