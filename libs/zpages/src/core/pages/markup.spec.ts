import { describe, expect, it } from 'vitest';
import { markup, trusted } from './markup.js';
import { oneLine, visible } from './visible.js';

describe('markup', () => {
  it('T47: shows the name Weird "\' & 1 < 3 " with each space kept', () => {
    expect(markup`${`Weird "' & 1 < 3 "`}`.text).toBe('Weird &quot;&#39; &amp; 1 &lt; 3 &quot;');
    expect(markup`${'List<String>'}`.text).toBe('List&lt;String&gt;');
    expect(markup`${'<lambda>'}`.text).toBe('&lt;lambda&gt;');
  });

  it('escapes text and joins lists, and leaves markup and nothing as they are', () => {
    const inner = markup`<b>${'<'}</b>`;
    expect(markup`${inner}${[inner, 'x', 1]}${undefined}${false}${trusted('<hr>')}`.text).toBe(
      '<b>&lt;</b><b>&lt;</b>x1<hr>',
    );
  });

  it('shows what would not be seen, would turn text around or steer a terminal', () => {
    expect(visible('a\u0000\u001b[2J\u202etxt\u200b\ufeff\ud800 😀\n\t')).toBe(
      'a\\u0000\\u001b[2J\\u202etxt\\u200b\\ufeff\\ud800 😀\n\t',
    );
    expect(oneLine('a\nb\tc\r')).toBe('a\\nb\\tc\\u000d');
  });
});
