import { expect, it } from 'vitest';
import { endOf, startProcess } from './far.ts';

const runWith = (exporter: string) => endOf(startProcess('named-exporter', [exporter]));

it('42: an exporter of the application’s own is found by its name, with its arguments', async () => {
  expect(await runWith('shouting(loud, and clear)')).toEqual({
    code: 0,
    stdout: 'WORK LOUD AND CLEAR\n',
    stderr: '',
  });
});

it('42: OTEL_TRACES_EXPORTER may name it, too', async () => {
  const { code, stdout } = await endOf(
    startProcess('named-exporter', [], { OTEL_TRACES_EXPORTER: 'shouting' }),
  );
  expect([code, stdout]).toEqual([0, 'WORK\n']);
});

it('42: an unknown name stops the service at its start and says which names there are', async () => {
  const { code, stdout, stderr } = await runWith('whispering(softly)');
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('DT_ERR_EXPORTER_UNKNOWN');
  expect(stderr).toContain(
    'No exporter is called "whispering(softly)"; write name(arguments) with one of: console, directZipkin, disk, otlp, shouting, zipkin; or none',
  );
});

it('42: so does a name in OTEL_TRACES_EXPORTER', async () => {
  const { code, stderr } = await endOf(
    startProcess('named-exporter', [], { OTEL_TRACES_EXPORTER: 'whispering' }),
  );
  expect(code).toBe(1);
  expect(stderr).toContain('No exporter is called "whispering"');
});
