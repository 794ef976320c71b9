import { useEffect, useState } from 'preact/hooks';
import { keep, readKept } from '../data/browser.js';

/** Dark, light, or as the system has it. */
export type Theme = 'system' | 'dark' | 'light';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'dark', dark: 'light', light: 'system' };

export function readTheme(): Theme {
  const kept = readKept('theme');
  return kept === 'dark' || kept === 'light' ? kept : 'system';
}

/** Shows the page in a theme. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new Event('themechange'));
}

/** The theme, and how to go on to the next one. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(readTheme);
  const next = (): void => {
    const chosen = NEXT[theme];
    keep('theme', chosen);
    applyTheme(chosen);
    setTheme(chosen);
  };
  return [theme, next];
}

/** Calls back when colours have changed, for what is painted and not styled. */
export function useColoursChanged(callback: () => void): void {
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('themechange', callback);
    scheme.addEventListener('change', callback);
    return () => {
      removeEventListener('themechange', callback);
      scheme.removeEventListener('change', callback);
    };
  }, [callback]);
}
