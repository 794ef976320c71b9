import { describe, expect, it } from 'vitest';
import { ByteBuffer, SpareBuffer } from './byte-buffer.js';

const textOf = (buffer: ByteBuffer): string => buffer.view(0, buffer.length).toString();

describe('ByteBuffer', () => {
  it('puts text, bytes and digits one behind the other and grows as it must', () => {
    const buffer = new ByteBuffer();
    const long = 'é'.repeat(buffer.capacity);
    buffer.putText('a');
    buffer.putBytes(Buffer.from('b'));
    buffer.put(99);
    for (const number of [0, 7, 10, 99, 100, 999_999_999]) buffer.putDigits(number);
    buffer.putText(long);
    expect(textOf(buffer)).toBe(`abc071099100999999999${long}`);
  });

  it.each(['put', 'putBytes', 'putText', 'putPlain', 'putDigits'] as const)(
    'grows within %s at any fill',
    (way) => {
      for (let free = 0; free < 12; free++) {
        const buffer = new ByteBuffer();
        const fill = 'x'.repeat(buffer.capacity - free);
        buffer.putBytes(Buffer.from(fill));
        if (way === 'put') buffer.put(33);
        else if (way === 'putBytes') buffer.putBytes(Buffer.from('!'));
        else if (way === 'putDigits') buffer.putDigits(123_456_789);
        else buffer[way]('!!!');
        const came = { put: '!', putBytes: '!', putText: '!!!', putPlain: '!!!"', putDigits: '123456789' }[
          way
        ];
        expect(textOf(buffer).slice(fill.length)).toBe(came);
      }
    },
  );

  it.each(['', 'plain text', '~ }'])('puts "%s" with the quote behind it', (text) => {
    const buffer = new ByteBuffer();
    expect(buffer.putPlain(text)).toBe(true);
    expect(textOf(buffer)).toBe(`${text}"`);
  });

  it.each(['"', '\\', '\n', '\u001f', '\u007f', 'é', '\ud800'])(
    'puts nothing for %j, which needs more',
    (text) => {
      const buffer = new ByteBuffer();
      expect(buffer.putPlain(`a${text}`)).toBe(false);
      expect(buffer.length).toBe(0);
    },
  );

  it('puts hexadecimal digits over what is there, and says when they are none', () => {
    const buffer = new ByteBuffer();
    buffer.putText('<____>');
    expect(buffer.replaceHex(1, '0af9', 4)).toBe(true);
    expect(textOf(buffer)).toBe('<0af9>');
    for (const wrong of ['0000', 'ABCD', '12', '12345', 'ıııı', '12 4', 'gggg']) {
      expect(buffer.replaceHex(1, wrong, 4)).toBe(false);
    }
  });

  it('drops what is before and beyond', () => {
    const buffer = new ByteBuffer();
    buffer.putText('one,two,three');
    buffer.truncate('one,two'.length);
    buffer.dropBefore('one,'.length);
    buffer.putText('!');
    expect(textOf(buffer)).toBe('two!');
  });
});

describe('SpareBuffer', () => {
  it('hands the same buffer out again, empty, but never to two at a time', () => {
    const buffers = new SpareBuffer();
    const first = buffers.take();
    const second = buffers.take();
    expect(second).not.toBe(first);
    first.putText('x');
    buffers.giveBack(first);
    expect(buffers.take()).toBe(first);
    expect(first.length).toBe(0);
    expect(buffers.take()).not.toBe(first);
  });

  it('does not keep what has grown beyond a megabyte', () => {
    const buffers = new SpareBuffer();
    const buffer = buffers.take();
    buffer.putText('x'.repeat(500_000));
    buffers.giveBack(buffer);
    expect(buffers.take()).not.toBe(buffer);
  });
});
