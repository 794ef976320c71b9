/** The string form of an exporter: the thesis has `directZipkin(host:port)`, where ours takes a URL. */
export function exporterText(text: string): string {
  return text.replace(
    /^(\s*(?:directZipkin|zipkin)\s*\(\s*)((?:\[[\da-f:.]+\]|[\w.-]+):\d{1,5})(?=\s*[,)])/i,
    '$1http://$2',
  );
}
