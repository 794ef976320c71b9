import { prettyValue } from '../../model/pretty-value.js';
import { CopyButton } from '../copy-button.js';

/** Tags as they are written, line breaks and all. */
export function Tags({ tags }: { readonly tags: readonly (readonly [string, string])[] }) {
  return (
    <section class="tags">
      <h3>Tags</h3>
      <table>
        <tbody>
          {tags.map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td>
                <pre>{prettyValue(value)}</pre>
                <CopyButton text={value} title={`Copy the value`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
