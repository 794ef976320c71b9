/** A moment of an address, as a date field has it: in the time of the place, to the second. Empty for none. */
export function toDateField(epochMs: string): string {
  const ms = Number(epochMs);
  if (epochMs === '' || Number.isNaN(ms)) return '';
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The epoch milliseconds of a date field; empty for none. */
export function fromDateField(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? '' : String(ms);
}

/** The range of an address: as this page writes it, or a time to look back from an end, as Zipkin's API has it. */
export function readRange(search: URLSearchParams): { readonly startTs: string; readonly endTs: string } {
  const [startTs, endTs, lookback] = ['startTs', 'endTs', 'lookback'].map((name) => {
    const text = search.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? text : '';
  }) as [string, string, string];
  const isFromEnd = startTs === '' && endTs !== '' && lookback !== '';
  return { startTs: isFromEnd ? String(Math.max(0, Number(endTs) - Number(lookback))) : startTs, endTs };
}
