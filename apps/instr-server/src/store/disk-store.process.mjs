// A process of its own for disk-store.spec.ts: writes, reads and clears what another one writes, reads and clears.
const [script, folder, seed] = process.argv.slice(2);
const { DiskStore } = await import(script);
const store = new DiskStore(folder, { maxBytes: 20_000, maxAgeMs: 1e9, now: Date.now, warn: () => {} });
for (let round = 0; round < 200; round++) {
  const i = (round * 7 + Number(seed) * 13) % 40;
  await store.put(`key ${i}`, Buffer.from(`value ${i}`.repeat(100)));
  const j = (round * 11) % 40;
  const found = await store.get(`key ${j}`);
  if (found !== undefined && String(found) !== `value ${j}`.repeat(100)) process.exit(2);
}
await store.settled();
process.exit(store.counts.failures > 0 || store.counts.corrupted > 0 ? 3 : 0);
