import { encodeV2 } from '@distrace/zipkin';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { span } from '../model/sample.spec.helper.js';
import { addLocalTraces, clearLocalTraces, listenLocalTraces, localTraces } from './local-traces.js';

const one = encodeV2([span(1, undefined)]);
const two = encodeV2([span(1, undefined), { ...span(2, undefined), traceId: '00000000000000bb' }]);

afterEach(clearLocalTraces);

describe('traces from files', () => {
  it('tell whoever listens that there are more, also from one file with several', () => {
    const heard = vi.fn<() => void>();
    const stop = listenLocalTraces(heard);
    expect(addLocalTraces(two, 'two.json')).toHaveLength(2);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(localTraces()).toHaveLength(2);
    clearLocalTraces();
    expect(heard).toHaveBeenCalledTimes(2);
    stop();
    addLocalTraces(one, 'one.json');
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('are apart by file, and a file that is opened again replaces what it had', () => {
    addLocalTraces(one, 'a.json');
    addLocalTraces(one, 'b.json');
    const [, first] = localTraces();
    addLocalTraces(one, 'a.json');
    expect(localTraces().map(({ fileName }) => fileName)).toEqual(['a.json', 'b.json']);
    expect(localTraces()[0]!.number).not.toBe(first!.number);
    expect(localTraces()[0]!.summary).toMatchObject({ fileName: 'a.json', spanCount: 1 });
  });
});
