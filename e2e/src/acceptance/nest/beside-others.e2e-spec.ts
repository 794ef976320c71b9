import { expect, inject, it } from 'vitest';
import { newQueue } from '../support/app.ts';
import { runProgram } from './run-program.ts';

it('29: beside @nestjs/observe and OpenTelemetry’s instrumentations of HTTP and amqplib each works, and is said once', async () => {
  const queue = newQueue();
  const { stdout } = await runProgram('beside-others', [inject('amqpUrl'), queue]);
  const result = {
    answer: [200, 'answer 7'],
    // Its own trace id is there in both handlers: its hooks run, in whichever order the modules come.
    observed: ['http', 'rpc'],
    tree: ['SERVER GET /questions/:id', `  PRODUCER send ${queue}`, `    CONSUMER process ${queue}`],
    traces: 1,
    // The HTTP span is joined, and given the route that its instrumentation cannot know.
    serverScope: '@opentelemetry/instrumentation-http',
    route: '/questions/:id',
  };
  expect(JSON.parse(stdout)).toEqual({ observeLast: result, observeFirst: result, warnings: 1 });
});
