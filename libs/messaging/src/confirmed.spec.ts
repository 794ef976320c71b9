import type { ClientProxy } from '@nestjs/microservices';
import { EMPTY } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { notifyFailure } from './confirmed.js';

it('a failed task says why without a path of this machine', async () => {
  const emit = vi.fn<(pattern: string, message: unknown) => typeof EMPTY>(() => EMPTY);
  const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
  const error = new Error("ENOSPC: no space left on device, write '/srv/results/x.json'\n    at /srv/app.js");
  await notifyFailure({ emit } as unknown as Pick<ClientProxy, 'emit'>)({ id }, error);
  expect(emit).toHaveBeenCalledExactlyOnceWith('notifications', {
    id,
    status: 'failed',
    error: "ENOSPC: no space left on device, write 'x.json'",
  });
});
