import { summarise } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { hex, SMALL, span, START, treeOf } from './sample.spec.helper.js';
import { NO_SERVICE } from './row-services.js';
import { ancestorsOf, buildModel, failedBelow, rowsBelow } from './trace-model.js';

describe('buildModel', () => {
  it('counts services, rows below and errors below', () => {
    const model = buildModel(treeOf(...SMALL));
    expect(model.services).toEqual([
      { name: 'front', spans: 3 },
      { name: 'back', spans: 1 },
    ]);
    expect([0, 1, 2, 3].map((row) => failedBelow(model, row))).toEqual([1, 1, 0, 0]);
    expect([0, 1, 2, 3].map((row) => rowsBelow(model, row))).toEqual([3, 1, 0, 0]);
    expect(ancestorsOf(model, 2)).toEqual([1, 0]);
    expect(model.rowOfId.get(hex(3))).toBe(3);
  });

  it('counts services as the list does: by who recorded, not by who was called', () => {
    const spans = [
      span(1, undefined, { kind: 'CLIENT', remoteEndpoint: { serviceName: 'back' } }),
      span(1, undefined, { kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'back' } }),
      span(2, 1, { kind: 'CLIENT', remoteEndpoint: { serviceName: 'sqlite' } }),
    ];
    const { services, facts } = buildModel(treeOf(...spans));
    expect(services.map(({ name, spans: count }) => ({ name, count }))).toEqual(summarise(spans).services);
    expect(facts.map(({ serviceName, calledName }) => [serviceName, calledName])).toEqual([
      ['back', undefined],
      ['front', 'sqlite'],
    ]);
  });

  it('spans the time of the whole trace where the tree is a part of it', () => {
    const range = { from: START - 50, to: START + 5000 };
    const { tree } = buildModel(treeOf(...SMALL), { range });
    expect([tree.start, tree.end]).toEqual([range.from, range.to]);
  });

  it('lets a row last from its first half’s start to its last half’s end', () => {
    const model = buildModel(
      treeOf(
        span(1, undefined, { at: 10, took: 50, kind: 'CLIENT' }),
        span(1, undefined, {
          at: 0,
          took: 100,
          kind: 'SERVER',
          shared: true,
          localEndpoint: { serviceName: 'back' },
        }),
      ),
    );
    expect([model.start[0], model.end[0]]).toEqual([START, START + 100]);
  });

  it('knows open spans, orphans and spans without a service or a time', () => {
    const model = buildModel(
      treeOf(
        span(1, undefined, { took: 0, annotations: [{ timestamp: START + 40, value: 'half way' }] }),
        span(3, 2, { at: 60 }),
        { traceId: '00000000000000aa', id: hex(4), parentId: hex(1) },
      ),
    );
    expect(model.openCount).toBe(1);
    expect(model.end[0]).toBe(START + 40);
    expect([...model.orphans]).toEqual([model.rowOfId.get(hex(3))]);
    expect(model.services).toContainEqual({ name: NO_SERVICE, spans: 1 });
    expect(model.start[model.rowOfId.get(hex(4))!]).toBeNaN();
  });

  it('shows clocks as they were unless asked to make them agree', () => {
    const tree = treeOf(
      span(1, undefined, {
        took: 100,
        kind: 'CLIENT',
        localEndpoint: { serviceName: 'a', ipv4: '10.0.0.1' },
      }),
      span(1, undefined, {
        at: -1000,
        took: 40,
        kind: 'SERVER',
        shared: true,
        localEndpoint: { serviceName: 'b', ipv4: '10.0.0.2' },
      }),
    );
    const raw = buildModel(tree);
    expect([raw.movable, raw.movedMicros.size, raw.start[0]]).toEqual([1, 0, START - 1000]);
    const moved = buildModel(tree, { skew: true });
    expect([...moved.movedMicros.values()]).toEqual([1030]);
    expect(moved.start[0]).toBe(START);
  });
});
