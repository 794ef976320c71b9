import { formatDuration } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { isStackTag, stacksOf } from '../../model/stacks-of.js';
import { NO_SERVICE } from '../../model/row-services.js';
import { serviceClass } from '../colours.js';
import { CopyButton } from '../copy-button.js';
import { Icon } from '../icon.js';
import { AnnotationAxis } from './annotation-axis.js';
import { StackTrace } from './stack-trace.js';
import { Tags } from './tags.js';

/** What one side recorded of a span: what went wrong first, then where in the code, when, and with what. */
export function Half({
  half,
  title,
  traceStart,
}: {
  readonly half: Span;
  readonly title: string | undefined;
  readonly traceStart: number;
}) {
  const stacks = stacksOf(half);
  const { tags = {} } = half;
  const { error } = tags;
  const rest = Object.entries(tags).filter(([key]) => key !== 'error' && !isStackTag(key));
  return (
    <section class={`half ${serviceClass(half.localEndpoint?.serviceName ?? NO_SERVICE)}`}>
      {title !== undefined && (
        <h3 class="half-title">
          {title} <b class="service-name">{half.localEndpoint?.serviceName ?? NO_SERVICE}</b>
          {half.duration !== undefined && <small>{formatDuration(half.duration)}</small>}
        </h3>
      )}
      {error !== undefined && (
        <div class="error-message" role="note">
          <Icon name="error" />
          <pre>{error === '' || error === 'true' ? 'This span failed.' : error}</pre>
          <CopyButton text={error} title="Copy the error" />
        </div>
      )}
      {stacks.length > 0 && (
        <section class="stacks">
          <h3>
            Stack traces <small>from the span’s start</small>
          </h3>
          {stacks.map((stack, index) => (
            <StackTrace key={index} stack={stack} spanStart={half.timestamp} traceStart={traceStart} />
          ))}
        </section>
      )}
      <AnnotationAxis half={half} traceStart={traceStart} />
      {rest.length > 0 && <Tags tags={rest} />}
    </section>
  );
}
