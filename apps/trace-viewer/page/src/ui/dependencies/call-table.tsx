import { useState } from 'preact/hooks';
import type { DependencyLink } from '@distrace/zipkin';
import { sortLinks } from '../../model/sort-links.js';
import type { LinkColumn } from '../../model/sort-links.js';
import { serviceClass } from '../colours.js';
import { Link } from '../link.js';
import { isMeant } from './focus.js';
import type { Focus } from './focus.js';

const HEADS: readonly (readonly [LinkColumn, string])[] = [
  ['parent', 'Caller'],
  ['child', 'Called'],
  ['callCount', 'Calls'],
  ['errorCount', 'Failed'],
];

/** The same calls as lines, to sort and to read where the picture is too small. */
export function CallTable({
  links,
  addressOf,
  focus,
  onFocus,
}: {
  readonly links: readonly DependencyLink[];
  readonly addressOf: (service: string) => string;
  readonly focus: Focus | undefined;
  readonly onFocus: (focus: Focus | undefined) => void;
}) {
  const [order, setOrder] = useState<{ readonly column: LinkColumn; readonly isReversed: boolean }>({
    column: 'callCount',
    isReversed: false,
  });
  const sort = (column: LinkColumn): void =>
    setOrder({ column, isReversed: order.column === column && !order.isReversed });
  const ariaSort = (column: LinkColumn): 'none' | 'ascending' | 'descending' => {
    if (order.column !== column) return 'none';
    const isAscending = (column === 'parent' || column === 'child') !== order.isReversed;
    return isAscending ? 'ascending' : 'descending';
  };
  const cell = (name: string) => (
    <td>
      <Link href={addressOf(name)} class={serviceClass(name)} title={`Traces of ${name}`}>
        {name}
      </Link>
    </td>
  );
  return (
    <div class="call-table">
      <table aria-label="Calls">
        <thead>
          <tr>
            {HEADS.map(([column, text]) => (
              <th key={column} scope="col" aria-sort={ariaSort(column)}>
                <button type="button" class="plain" onClick={() => sort(column)}>
                  {text}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortLinks(links, order.column, order).map((link) => (
            <tr
              key={`${link.parent}\n${link.child}`}
              class={focus && !isMeant(link, focus) ? 'dim' : ''}
              onMouseEnter={() => onFocus({ link })}
              onMouseLeave={() => onFocus(undefined)}
            >
              {cell(link.parent)}
              {cell(link.child)}
              <td class="number">{link.callCount.toLocaleString('en')}</td>
              <td class={`number ${link.errorCount ? 'failed' : ''}`}>
                {(link.errorCount ?? 0).toLocaleString('en')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
