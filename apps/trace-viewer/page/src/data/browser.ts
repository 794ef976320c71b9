/** Small things that a browser does for the page, and may refuse. */

/** What was kept under a key; undefined when nothing was or the browser keeps nothing. */
export function readKept(key: string): string | undefined {
  try {
    return localStorage.getItem(`distrace.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`distrace.${key}`, value);
  } catch {
    // Storage that is full or forbidden costs a preference, no more.
  }
}

/** The same for as long as the tab is open, and for this tab only. */
export function readTabKept(key: string): string | undefined {
  try {
    return sessionStorage.getItem(`distrace.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepInTab(key: string, value: string): void {
  try {
    sessionStorage.setItem(`distrace.${key}`, value);
  } catch {
    // As above.
  }
}

/** Puts text on the clipboard; false when the browser does not allow that. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Offers text as a file. */
export function downloadText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Where the page is not served over TLS or from this machine there is no clipboard to write to. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'off-screen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
