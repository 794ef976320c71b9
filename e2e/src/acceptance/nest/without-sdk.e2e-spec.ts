import { expect, inject, it } from 'vitest';
import { newQueue } from '../support/app.ts';
import { runProgram } from './run-program.ts';

it.each([
  ['not installed', 'not-installed', {}],
  ['switched off', 'installed', { OTEL_SDK_DISABLED: 'true' }],
])(
  '31: with an SDK that is %s the application works, makes no span, sends no header and prints nothing',
  async (_, variant, env) => {
    const { stdout, stderr } = await runProgram('without-sdk', [inject('amqpUrl'), newQueue(), variant], env);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      answer: [200, 'answer 7'],
      recording: [false, false],
      headers: [[]],
    });
  },
);
