import type { Endpoint, Span } from '@distrace/zipkin';
import type { ComponentChildren } from 'preact';
import { dateTime } from '../../model/when.js';
import { CopyButton } from '../copy-button.js';

/** Ids and places as they came. */
export function Ids({
  span,
  remote,
  onGo,
}: {
  readonly span: Span;
  readonly remote: Endpoint | undefined;
  /** Goes to the parent; absent when it is not there. */
  readonly onGo: (() => void) | undefined;
}) {
  const { traceId, id, parentId, timestamp, localEndpoint } = span;
  return (
    <section class="tags ids">
      <h3>Ids and places</h3>
      <table>
        <tbody>
          {line('Trace id', traceId)}
          {line('Span id', id)}
          {line(
            'Parent id',
            parentId,
            onGo && (
              <button type="button" class="plain" onClick={onGo}>
                go to
              </button>
            ),
          )}
          {line('Recorded by', endpointText(localEndpoint))}
          {line('Other side', endpointText(remote))}
          {timestamp !== undefined && line('Start', `${dateTime(timestamp)}`)}
          {timestamp !== undefined && line('Timestamp', String(timestamp))}
        </tbody>
      </table>
    </section>
  );
}

function line(name: string, value: string | undefined, extra?: ComponentChildren) {
  if (value === undefined) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <code>{value}</code>
        {extra}
        <CopyButton text={value} title={`Copy ${name.toLowerCase()}`} />
      </td>
    </tr>
  );
}

function endpointText(endpoint: Endpoint | undefined): string | undefined {
  if (!endpoint) return undefined;
  const { serviceName, ipv4, ipv6, port } = endpoint;
  const host = ipv4 ?? (ipv6 === undefined ? undefined : `[${ipv6}]`);
  const place = [host, port].filter((part) => part !== undefined).join(':');
  return [serviceName, place].filter(Boolean).join(' at ') || undefined;
}
