import { createExporter } from '@distrace/tracing/core';
import { describe, expect, it } from 'vitest';
import { exporterText } from './exporter-text.js';

describe('exporterText', () => {
  it('I40: makes a URL of the host and port that the thesis gives Zipkin’s exporter', () => {
    const texts = ['directZipkin(localhost:9411)', 'directZipkin( 10.0.0.1:80, v1)', 'zipkin([::1]:9411)'];
    expect(texts.map(exporterText)).toEqual([
      'directZipkin(http://localhost:9411)',
      'directZipkin( http://10.0.0.1:80, v1)',
      'zipkin(http://[::1]:9411)',
    ]);
    for (const text of texts) expect(() => createExporter(exporterText(text))).not.toThrow();
  });

  it('I40: leaves everything else as it is, for the exporters to judge', () => {
    for (const text of [
      'directZipkin',
      'directZipkin(https://z:1/api)',
      'directZipkin(no port)',
      'disk(a:1)',
    ]) {
      expect(exporterText(text)).toBe(text);
    }
    expect(() => createExporter(exporterText('directZipkin(no port)'))).toThrow('http or https URL');
    expect(() => createExporter(exporterText('disk()'))).toThrow('disk');
  });
});
