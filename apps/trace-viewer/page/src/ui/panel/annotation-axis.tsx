import type { Span } from '@distrace/zipkin';
import { markGradient } from '../../model/bar.js';
import { inTraceText, offsetText } from '../../model/offset-text.js';
import { momentsOf } from '../../model/moments.js';

/** What happened during a span, on a line and one below the other. */
export function AnnotationAxis({ half, traceStart }: { readonly half: Span; readonly traceStart: number }) {
  const { moments, from, to, own } = momentsOf(half);
  if (own === 0) return null;
  const percent = (at: number): number => ((at - from) / (to - from || 1)) * 100;
  return (
    <section class="annotations">
      <h3>
        Annotations <small>from the span’s start</small>
      </h3>
      <div class="mini-axis">
        <i class="mini-line" />
        <i
          class="mini-marks"
          style={{
            backgroundImage: markGradient(
              moments.filter(({ isOwn }) => isOwn).map(({ timestamp }) => percent(timestamp)),
              'var(--mark)',
            ),
          }}
        />
      </div>
      <ol>
        {moments.map(({ timestamp, text, isOwn }, index) => (
          <li key={index} class={isOwn ? 'own' : 'edge'}>
            <time title={inTraceText(timestamp, traceStart)}>
              {offsetText(timestamp, half.timestamp ?? from)}
            </time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
