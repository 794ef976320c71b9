import { useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 2500;

/** Says something for a moment. */
export function useToast(): readonly [text: string | undefined, say: (text: string) => void] {
  const [said, setSaid] = useState<{ readonly text: string }>();
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said?.text, (text) => setSaid({ text })];
}

/** What is said, over the page. The box is always there: only then do screen readers hear what comes into it. */
export function Toast({ text }: { readonly text: string | undefined }) {
  return (
    <div class="toasts" role="status">
      {text !== undefined && <span class="toast">{text}</span>}
    </div>
  );
}
