import { ExpressAdapter } from '@nestjs/platform-express';
import { describe, expect, it } from 'vitest';
import { SpanAggregator, TracezSpanProcessor, ZpagesError, ZpagesModule } from '../index.js';
import type { ZpagesModuleOptions } from '../index.js';
import { checkOptions } from './check-options.js';
import { start } from './nest-app.spec.helper.js';
import type { MakeAdapter } from './nest-app.spec.helper.js';

const express: MakeAdapter = () => new ExpressAdapter();

const untyped = (options: object) => () => checkOptions(options as ZpagesModuleOptions);

describe('checkOptions', () => {
  it.each([
    [
      { path: '' },
      'path is one or more segments of letters, digits, ".", "_", "~" and "-", such as /zpages, got ""; pages at the root need a port of their own',
    ],
    [{ path: '/' }, 'got "/"'],
    [{ path: '/a/../b' }, 'got "/a/../b"'],
    [{ path: '/:id' }, 'got "/:id"'],
    [{ path: '/a?b' }, 'got "/a?b"'],
    [{ path: 7 }, 'got 7'],
    [{ port: -1 }, 'port is a whole number from 0 to 65535, got -1; correct it or leave it out'],
    [{ port: 65_536 }, 'got 65536'],
    [{ port: '9464' }, 'got "9464"'],
    [
      { host: '0.0.0.0' },
      "host is that of a port of the pages' own, got 0.0.0.0 without port; give port too, 0 for a free one",
    ],
    [{ host: '', port: 0 }, 'host is an address or a host name, got ""'],
    [{ processor: null }, 'processor is a TracezSpanProcessor, got null'],
    [{ processor: new SpanAggregator() }, 'processor is a TracezSpanProcessor, got SpanAggregator'],
    [{ processor: () => undefined }, 'got function'],
    [
      { maxNames: 5 },
      'apiSamples, got maxNames; what is counted and kept is for the processor: new TracezSpanProcessor(new SpanAggregator({ … }))',
    ],
    [{ pathh: '/z' }, 'got pathh'],
  ])('refuses %o with the rule, what came and what to do', (options, message) => {
    expect(untyped(options)).toThrow(ZpagesError);
    expect(untyped(options)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_ZPAGES_OPTION', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    [{}, '/zpages'],
    [{ path: 'z' }, '/z'],
    [{ path: '/internal/z_1.~x/' }, '/internal/z_1.~x'],
    [{ port: 0, host: '::1', path: undefined, maxNames: undefined }, '/zpages'],
    [{ processor: new TracezSpanProcessor() }, '/zpages'],
  ])('takes %o', (options, path) => {
    expect(untyped(options)()).toMatchObject({ path });
  });

  it.each([
    [{ path: '/' }, 'path is'],
    [{ traceUrl: 'javascript:alert(1)' }, 'traceUrl is'],
    [{ maxAnswerBytes: 1 }, 'maxAnswerBytes is'],
    [{ allowedHosts: ['http://x/'] }, 'allowedHosts holds'],
    [{ authorize: true }, 'authorize is a function'],
  ])('makes the start of an application fail for %o', async (options, message) => {
    const imports = [ZpagesModule.forRoot(options as ZpagesModuleOptions)];
    await expect(start(express, { imports })).rejects.toMatchObject({
      code: 'DT_ERR_ZPAGES_OPTION',
      message: expect.stringContaining(message),
    });
  });
});
