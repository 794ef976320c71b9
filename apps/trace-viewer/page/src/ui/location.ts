import { useEffect, useState } from 'preact/hooks';

/** The part of an address that the page reads. */
export interface PageLocation {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

const listeners = new Set<() => void>();

/** Goes to an address of the page. */
export function navigate(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  for (const listener of listeners) listener();
}

/** Changes the address without anybody acting on it: it says what is shown already. */
export function rewriteAddress(address: string): void {
  if (address !== location.pathname + location.search) history.replaceState(null, '', address);
}

/** The address, whenever somebody goes somewhere. */
export function useLocation(): PageLocation {
  const [current, setCurrent] = useState(read);
  useEffect(() => {
    const update = (): void => setCurrent(read());
    listeners.add(update);
    addEventListener('popstate', update);
    addEventListener('hashchange', update);
    return () => {
      listeners.delete(update);
      removeEventListener('popstate', update);
      removeEventListener('hashchange', update);
    };
  }, []);
  return current;
}

function read(): PageLocation {
  const { pathname, search, hash } = location;
  return { pathname, search, hash };
}
