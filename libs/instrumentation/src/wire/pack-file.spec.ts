import { describe, expect, it } from 'vitest';
import { packFileText, readPackFile } from './pack-file.js';

describe('a pack file', () => {
  it('gives back what it was made of', () => {
    const parts = {
      manifest: '{"v":1}\n{}',
      pack: '{"v":1}\n{"files":{}}',
      bundle: 'module.exports = "ü";\n',
    };
    expect(readPackFile(packFileText(parts))).toEqual(parts);
  });

  it('has the form of a handshake answer', () => {
    const parts = { manifest: 'm', pack: 'p', bundle: 'b' };
    expect(JSON.parse(packFileText(parts))).toEqual({ protocol: 1, ...parts });
  });

  it.each([
    '',
    'null',
    '[]',
    '{"protocol":2,"manifest":"","bundle":"","pack":""}',
    '{"protocol":1,"manifest":""}',
  ])('is refused as %s', (text) => {
    expect(() => readPackFile(text)).toThrow(expect.objectContaining({ code: 'DT_ERR_PACK_FILE' }));
  });
});
