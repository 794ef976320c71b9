import type { AnchorHTMLAttributes, ComponentChildren } from 'preact';
import { navigate } from './location.js';

/** A link within the page; with a modifier key it is the browser's. */
export function Link({
  href,
  children,
  ...rest
}: { readonly href: string; readonly children: ComponentChildren } & AnchorHTMLAttributes) {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}
