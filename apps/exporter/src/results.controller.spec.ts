import 'reflect-metadata';
import { ContractError, type NotificationMessage } from '@distrace/messaging';
import { RmqContext, type ClientProxy } from '@nestjs/microservices';
import { EMPTY } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ResultsController } from './results.controller.js';
import type { ResultArchive } from './storage/result-archive.js';

const result = {
  id: '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d',
  words: 2,
  uniqueWords: 2,
  longestWord: 'to',
  chunks: 2,
};
const context = () => new RmqContext([{}, {}, 'results']);

function controller(archive: Partial<ResultArchive> = {}) {
  const events: string[] = [];
  const emit = vi.fn<(pattern: string, notification: NotificationMessage) => typeof EMPTY>(() => {
    events.push('notified');
    return EMPTY;
  });
  const storage = {
    insert: (saved: typeof result) => {
      events.push('inserted');
      return saved;
    },
    writeFile: async () => {
      events.push('written');
    },
    ...archive,
  } as unknown as ResultArchive;
  const client = { emit } as unknown as Pick<ClientProxy, 'emit'>;
  return { controller: new ResultsController(client, storage), emit, events };
}

describe('ResultsController', () => {
  it('notifies the client once row and file are saved', async () => {
    const { controller: results, emit, events } = controller();
    await results.export(result, context());
    expect(events).toEqual(['inserted', 'written', 'notified']);
    expect(emit).toHaveBeenCalledExactlyOnceWith('notifications', { id: result.id, status: 'done', result });
  });

  it('notifies with the result that is saved, also when another one came again', async () => {
    const { controller: results, emit } = controller({ insert: () => result });
    await results.export({ ...result, words: 99 }, context());
    expect(emit.mock.calls[0]?.[1]).toMatchObject({ result: { words: 2 } });
  });

  it('tells no one about a result that was not saved', async () => {
    const { controller: results, emit } = controller({
      writeFile: () => Promise.reject(new Error('disk full')),
    });
    await expect(results.export(result, context())).rejects.toThrow('disk full');
    expect(emit).not.toHaveBeenCalled();
  });

  it('refuses what is no result', async () => {
    const { controller: results } = controller();
    await expect(results.export({ ...result, words: -1 }, context())).rejects.toThrow(ContractError);
  });
});
