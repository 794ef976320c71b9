// What OpenTelemetry's own documentation has people import: all instrumentations, with the hook for ESM.
import { register } from 'node:module';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
await import('@opentelemetry/auto-instrumentations-node/register');
