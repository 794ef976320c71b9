/** Name of the instrumentation scope. */
export const LIBRARY_NAME = '@distrace/tracing';
/** Version of the instrumentation scope; a test holds it to package.json. */
export const LIBRARY_VERSION = '0.1.0';
