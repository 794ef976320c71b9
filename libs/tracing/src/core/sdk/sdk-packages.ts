import { createRequire } from 'node:module';

const requireHere = createRequire(import.meta.url);

/**
 * A package of the OpenTelemetry SDK as `@opentelemetry/sdk-node` sees it, or undefined when the app has no
 * sdk-node. Found from there because that is the one optional peer an app installs: a strict package manager
 * shows us nothing else of the SDK, and a second copy would be a second SDK. Loaded synchronously, so that
 * tracing runs before the next line of the app does.
 */
export function findSdkPackage<T>(name: string): T | undefined {
  try {
    const sdkNode = requireHere.resolve('@opentelemetry/sdk-node');
    return createRequire(sdkNode)(name) as T;
  } catch {
    return undefined;
  }
}
