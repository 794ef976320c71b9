import { useState } from 'preact/hooks';
import { prettyValue } from '../../model/pretty-value.js';
import { normaliseTraceId, readSearch, writeRoute } from '../../model/route.js';
import { readSpanLinks, TAG_LINKS } from '../../model/span-links.js';
import { tagQuery } from '../../model/tag-query.js';
import { localTraces } from '../../data/local-traces.js';
import { CopyButton } from '../copy-button.js';
import { Icon } from '../icon.js';
import { Link } from '../link.js';

/** A span may have twenty thousand. */
const MOST_TAGS = 100;

/** Tags as they are written, line breaks and all. */
export function Tags({ tags }: { readonly tags: readonly (readonly [string, string])[] }) {
  const [isOpen, setOpen] = useState(false);
  const isAll = isOpen || tags.length <= MOST_TAGS;
  return (
    <section class="tags">
      <h3>Tags</h3>
      <table>
        <tbody>
          {(isAll ? tags : tags.slice(0, MOST_TAGS)).map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td>
                {key === TAG_LINKS ? <Linked value={value} /> : <pre>{prettyValue(value)}</pre>}
                <span class="tag-buttons">
                  <FindAlike name={key} value={value} />
                  <CopyButton text={value} title="Copy the value" />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!isAll && (
        <button type="button" class="plain" onClick={() => setOpen(true)}>
          {tags.length - MOST_TAGS} more
        </button>
      )}
    </section>
  );
}

function FindAlike({ name, value }: { readonly name: string; readonly value: string }) {
  const annotationQuery = tagQuery(name, value);
  if (annotationQuery === undefined || name === TAG_LINKS) return null;
  return (
    <Link
      class="find"
      href={writeRoute({ page: 'list' }, new URLSearchParams({ annotationQuery }))}
      title="Traces with this tag"
      aria-label={`Traces with ${name} of this value`}
    >
      <Icon name="search" />
    </Link>
  );
}

/** Spans that this one is linked with, to go to. */
function Linked({ value }: { readonly value: string }) {
  const { links, rest } = readSpanLinks(value);
  return (
    <ul class="linked">
      {links.map(({ traceId, spanId }, index) => (
        <li key={index}>
          <Link
            href={addressOf(normaliseTraceId(traceId), spanId)}
            title={`Span ${spanId} of trace ${traceId}`}
          >
            <code>
              {traceId}-{spanId}
            </code>
          </Link>
        </li>
      ))}
      {rest !== '' && <li>{rest}</li>}
    </ul>
  );
}

/** In the same file where the trace is there too, else on the server. */
function addressOf(traceId: string, span: string): string {
  const file = readSearch(location).get('file') ?? undefined;
  const isThere = localTraces().some((trace) => trace.traceId === traceId && trace.fileName === file);
  return writeRoute(
    { page: 'trace', traceId, ...(isThere && file !== undefined && { file }) },
    new URLSearchParams({ span }),
  );
}
