import { ParentBasedSampler, TracerProvider, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alwaysRecord } from '../core/index.js';
import { ZpagesModule, tracezProcessor } from '../index.js';
import { start } from './nest-app.spec.helper.js';
import type { MakeAdapter } from './nest-app.spec.helper.js';

const express: MakeAdapter = () => new ExpressAdapter();
const fastify: MakeAdapter = () => new FastifyAdapter();

const TEXT = { headers: { accept: 'text/plain' } };
const KEY = Symbol.for('distrace.zpages.aggregator');
const forget = () => Reflect.deleteProperty(globalThis, KEY);
beforeEach(forget);
afterEach(forget);

describe('ZpagesModule without a processor', () => {
  it('shows the spans of every provider that tracezProcessor() was given to, also after one was shut down', async () => {
    const first = new TracerProvider({ spanProcessors: [tracezProcessor()] });
    const second = new TracerProvider({ spanProcessors: [tracezProcessor()] });
    await using service = await start(express, { imports: [ZpagesModule.forRoot()] });
    first.getTracer('spec').startSpan('of the first');
    await first.shutdown();
    second.getTracer('spec').startSpan('of the second');
    const { text } = await service.get('/zpages/tracez', TEXT);
    expect(text).toMatch(/^of the first +1/m);
    expect(text).toMatch(/^of the second +1/m);
    expect(service.logs.ours).toEqual(['log ZpagesModule: zPages under /zpages']);
  });

  it('says in the log and on the page that it stays empty, and what to do, where none was given to any', async () => {
    await using service = await start(express, { imports: [ZpagesModule.forRoot()] });
    expect(service.logs.ours.slice(1)).toEqual([
      expect.stringMatching(/^warn .* they will stay empty\. .*spanProcessors: \[tracezProcessor\(\)\]/),
    ]);
    const { text } = await service.get('/zpages/tracez', TEXT);
    expect(text).toContain('No span processor hands spans to this page');
    expect(text).toContain('spanProcessors: [tracezProcessor()]');
  });

  it('sees spans of traces that are not sampled for export, where the sampler records them', async () => {
    const provider = new TracerProvider({
      sampler: alwaysRecord(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) })),
      spanProcessors: [tracezProcessor()],
    });
    await using service = await start(fastify, { imports: [ZpagesModule.forRoot()] });
    for (let i = 0; i < 1000; i++) provider.getTracer('spec').startSpan('rarely exported').end();
    const { rows } = JSON.parse((await service.get('/zpages/tracez?format=json')).text);
    expect(rows).toHaveLength(1);
    const latency: number[] = rows[0].latency;
    expect(latency.reduce((a, b) => a + b, 0)).toBe(1000);
  });
});
