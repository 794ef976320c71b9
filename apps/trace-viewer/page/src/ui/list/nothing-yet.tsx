/** What an empty list says. */
export function NothingYet({
  isFiltered,
  onReset,
}: {
  readonly isFiltered: boolean;
  readonly onReset: () => void;
}) {
  if (isFiltered) {
    return (
      <div class="empty">
        <h2>No trace fits</h2>
        <p>Traces that fit appear here as they arrive.</p>
        <button type="button" onClick={onReset}>
          Show all traces
        </button>
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>Waiting for spans</h2>
      <p>Send them here, in any of these formats. They appear as they arrive.</p>
      <dl class="addresses">
        <div>
          <dt>Zipkin</dt>
          <dd>{location.origin}/api/v2/spans</dd>
        </div>
        <div>
          <dt>Zipkin v1</dt>
          <dd>{location.origin}/api/v1/spans</dd>
        </div>
        <div>
          <dt>OTLP/HTTP JSON</dt>
          <dd>{location.origin}/v1/traces</dd>
        </div>
      </dl>
      <p>Or drop a JSON file of spans anywhere on this page.</p>
    </div>
  );
}
