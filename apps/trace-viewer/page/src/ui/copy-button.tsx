import { useEffect, useState } from 'preact/hooks';
import { copyText } from '../data/browser.js';
import { Icon } from './icon.js';

/** Copies a text, and says so. */
export function CopyButton({
  text,
  label,
  title = 'Copy',
}: {
  readonly text: string | (() => string);
  readonly label?: string;
  readonly title?: string;
}) {
  const [said, setSaid] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), 1500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (event: Event): Promise<void> => {
    event.stopPropagation();
    setSaid((await copyText(typeof text === 'string' ? text : text())) ? 'copied' : 'failed');
  };
  const saying = said === 'failed' ? 'Not allowed' : 'Copied';
  return (
    <button
      type="button"
      class={`copy ${said ?? ''}`}
      title={said ? saying : title}
      aria-label={said ? saying : title}
      onClick={copy}
    >
      <Icon name={said === 'copied' ? 'check' : 'copy'} />
      {label !== undefined && <span>{said ? saying : label}</span>}
    </button>
  );
}
