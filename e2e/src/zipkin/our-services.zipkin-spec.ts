import { checkTrace } from '@distrace/start';
import { decodeSpans, mergeSpans } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { describe, expect, inject, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import { runOnce } from '../support/runner.ts';
import { ask } from './talk.ts';

const zipkinUrl = inject('zipkinUrl');

describe.skipIf(zipkinUrl === '')('the reference services', () => {
  it('leave the whole trace of a task in the real Zipkin', async () => {
    await using deployment = await startDeployment(inject('amqpUrl'), {
      DISTRACE_EXPORTER: `directZipkin(${zipkinUrl})`,
    });
    const response = await fetch(`${deployment.url('client')}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'one task for the real Zipkin, and the real Zipkin for one task',
    });
    expect(response.status).toBe(201);
    const { result } = (await response.json()) as { readonly result: { readonly chunks: number } };
    const spans = await vi.waitFor(
      async () => {
        const { text } = await ask(zipkinUrl, {
          path: '/api/v2/traces?serviceName=client&spanName=send+tasks',
        });
        const [trace] = JSON.parse(text) as Span[][];
        const merged = mergeSpans(trace ?? []);
        expect(checkTrace(merged, { chunks: result.chunks, fromZipkin: true })).toEqual({ complete: true });
        return trace!;
      },
      { timeout: 30_000, interval: 200 },
    );
    // Zipkin read nothing into them that our own decoder does not.
    expect(decodeSpans(JSON.stringify(spans))).toEqual(spans);
    const links = JSON.parse(
      (await ask(zipkinUrl, { path: `/api/v2/dependencies?endTs=${Date.now()}&lookback=3600000` })).text,
    ) as { readonly parent: string; readonly child: string }[];
    expect(links.map(({ parent, child }) => `${parent} > ${child}`)).toEqual(
      expect.arrayContaining(['client > rabbitmq', 'rabbitmq > executor', 'rabbitmq > exporter']),
    );
  });

  it('run by npm start find it, and the whole trace in it', async () => {
    const { code, output } = await runOnce(['--zipkin', zipkinUrl], { AMQP_URL: inject('amqpUrl') });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/using Zipkin [\d.]+ on /);
    expect(output).toContain(`${zipkinUrl}/zipkin/traces/`);
  });
});
