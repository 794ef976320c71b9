import { describe, expect, it } from 'vitest';
import { BINDINGS, commandOf, keyLabel } from './keys.js';

describe('keys', () => {
  it('mean one thing in each place', () => {
    for (const scope of ['list', 'trace'] as const) {
      const keys = BINDINGS.filter(
        ({ scopes }) => scopes.includes(scope) || scopes.includes('anywhere'),
      ).flatMap((binding) => binding.keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('run their command where they are known, and are the browser’s with Ctrl, Alt and Meta', () => {
    expect(commandOf({ key: 'n' }, 'trace')).toBe('nextError');
    expect(commandOf({ key: 'n' }, 'list')).toBeUndefined();
    expect(commandOf({ key: '?', shiftKey: true }, 'anywhere')).toBe('help');
    expect(commandOf({ key: 'E', shiftKey: true }, 'trace')).toBe('expandLevel');
    expect(commandOf({ key: 'ArrowLeft', shiftKey: true }, 'trace')).toBe('panLeft');
    expect(commandOf({ key: 'ArrowLeft' }, 'trace')).toBe('left');
    for (const held of ['ctrlKey', 'altKey', 'metaKey']) {
      expect(commandOf({ key: 'f', [held]: true }, 'trace')).toBeUndefined();
    }
  });

  it('are written so that people find them', () => {
    expect(['ArrowDown', 'Shift+ArrowLeft', ' ', 'Escape', 'j'].map(keyLabel)).toEqual([
      '↓',
      '⇧ ←',
      'Space',
      'Esc',
      'j',
    ]);
  });
});
